"""The catalogue as reference data: loaded by `manage.py load_reference`."""

from __future__ import annotations

from catalog.item_files import DATA
from catalog.services.publishing import load_items
from catalog.services.synonyms import load_synonyms
from portal.web import yaml_files


def load() -> str:
    """Publish what the item files say; says what was done."""
    settings = yaml_files.read(DATA / "catalogue.yaml")
    loaded = load_items(first_effective_from=settings["first_effective_from"])
    reworded = load_synonyms()
    return (
        f"{loaded.created} new items, {loaded.renewed} new editions, {loaded.unchanged} unchanged, "
        f"{reworded} with other synonyms"
    )
