"""Item data files: read, checked against the schema and the rules, digested."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import yaml
from pydantic import ValidationError

from catalog.item_data import ItemData
from catalog.rules import faults
from portal.web import yaml_files
from portal.web.errors import DomainError

DATA = Path(__file__).resolve().parent / "data"


class ItemRefused(DomainError):
    """An item's data breaks the schema or a rule; the message names file, place and rule."""


def read_item(path: Path) -> ItemData:
    """The item in a YAML file.

    Raises:
        ItemRefused: not readable, not of the schema, or a rule of domain reference 2.2 or 2.3 is broken.
    """
    try:
        raw = yaml_files.read(path)
        item = ItemData.model_validate(raw)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ItemRefused(f"{path.name}：读不出来（{error}）", code="item_unreadable") from error
    except ValidationError as error:
        lines = "；".join(f"{'.'.join(str(part) for part in e['loc'])}：{e['msg']}" for e in error.errors())
        raise ItemRefused(f"{path.name}：{lines}", code="item_schema") from error
    found = faults(item)
    if found:
        raise ItemRefused(
            f"{path.name}：" + "；".join(str(fault) for fault in found),
            code="item_rules",
        )
    return item


def digest_of(item: ItemData) -> str:
    """SHA-256 over the item's canonical data; equal content, equal digest."""
    text = json.dumps(
        item.model_dump(mode="json"),
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()
