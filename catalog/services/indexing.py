"""How an edition becomes findable: words, parts of words, pinyin and its initials."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.models import ItemEdition, ItemSearch, ServiceItem
from portal.search import text
from portal.search.vectors import weighted_vector


def index_item(*, item: ServiceItem, edition: ItemEdition, synonyms: Sequence[str] | None = None) -> ItemSearch:
    """Fill the search row of an item from its edition in force; without `synonyms` it keeps those that it has."""
    if synonyms is None:
        synonyms = ItemSearch.objects.filter(item=item).values_list("synonyms", flat=True).first() or []
    words = [*edition.keywords, *synonyms]
    searchable = " ".join([edition.name, *words])
    search, _ = ItemSearch.objects.update_or_create(
        item=item,
        defaults={
            "synonyms": list(synonyms),
            "name_vector": weighted_vector(
                {
                    "A": text.tokens(edition.name),
                    "B": text.tokens(" ".join(words)),
                }
            ),
            "vector": weighted_vector(
                {
                    "A": text.tokens(edition.name),
                    "B": text.tokens(" ".join(words)),
                    "C": text.tokens(" ".join([*edition.conditions, edition.result_name])),
                    "D": [
                        *text.tokens(" ".join([edition.department.name, *edition.themes_person, *edition.themes_firm])),
                        *text.letters(words),
                    ],
                }
            ),
            "bigrams": sorted(set(text.bigrams(searchable))),
            "pinyin": text.pinyin_full(edition.name)[:400],
            "initials": text.pinyin_initials(edition.name)[:100],
        },
    )
    return search


def remove_from_index(item: ServiceItem) -> None:
    """An abolished item is not found any more; its guide says so under its old address."""
    ItemSearch.objects.filter(item=item).delete()
