"""What people call an item in everyday words: a data file beside the items, searched like their keywords."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import yaml
from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from catalog.item_files import DATA
from catalog.models import ItemEdition
from catalog.services.indexing import index_item
from portal.search import text
from portal.web import yaml_files
from portal.web.errors import DomainError

FILE: Final = DATA / "synonyms.yaml"
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=30)]


class SynonymsRefused(DomainError):
    """The file is not of its form, or names an item that there is not; the message names each fault."""


class Entry(BaseModel):
    """The words for one item, which is named as its edition in force is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: str
    words: Annotated[tuple[Word, ...], Field(min_length=1)]


_ENTRIES: Final = TypeAdapter(list[Entry])


def read_synonyms(path: Path = FILE) -> list[Entry]:
    """The entries of a file. Raises SynonymsRefused."""
    try:
        entries = _ENTRIES.validate_python(yaml_files.read(path))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SynonymsRefused(f"{path.name}：读不出来（{error}）", code="synonyms_unreadable") from error
    except ValidationError as error:
        lines = "；".join(f"{'.'.join(str(part) for part in e['loc'])}：{e['msg']}" for e in error.errors())
        raise SynonymsRefused(f"{path.name}：{lines}", code="synonyms_schema") from error
    faults = _repeated("事项", [entry.item for entry in entries])
    faults += _repeated("说法", [text.normalise(word) for entry in entries for word in entry.words])
    if faults:
        raise SynonymsRefused(f"{path.name}：" + "；".join(faults), code="synonyms_repeated")
    return entries


@transaction.atomic
def load_synonyms(path: Path = FILE) -> int:
    """Bring the search to what the file says, and return how many items changed; twice changes nothing.

    Raises SynonymsRefused: nothing is loaded when an entry names an item that never was.
    """
    words = {entry.item: list(entry.words) for entry in read_synonyms(path)}
    # An item that the city has renamed or ended since is no fault of the file; one that is still to come is not found.
    if unknown := sorted(words.keys() - set(ItemEdition.objects.order_by().values_list("name", flat=True))):
        raise SynonymsRefused(f"{path.name}：没有这些事项：{'、'.join(unknown)}", code="synonyms_unknown_item")
    found = ItemEdition.objects.filter(effective_until=None, item__search__isnull=False)
    changed = 0
    for edition in found.select_related("item__search", "department").order_by("pk"):
        wanted = words.get(edition.name, [])
        if edition.item.search.synonyms != wanted:
            index_item(item=edition.item, edition=edition, synonyms=wanted)
            changed += 1
    return changed


def _repeated(what: str, values: list[str]) -> list[str]:
    found = sorted({value for value in values if values.count(value) > 1})
    return [f"{what}重复：{'、'.join(found)}"] if found else []
