"""Tables of the catalogue: items with their editions, what changes them, and the meetings that decide."""

from catalog.models.changes import ChangeAct, ChangeRemark, ItemChange, Meeting, MergedItem
from catalog.models.items import (
    EditionQuerySet,
    FlowLink,
    ItemEdition,
    ItemSearch,
    LegalBasis,
    MaterialRequirement,
    ServiceItem,
    Situation,
)

__all__ = [
    "ChangeAct",
    "ChangeRemark",
    "EditionQuerySet",
    "FlowLink",
    "ItemChange",
    "ItemEdition",
    "ItemSearch",
    "LegalBasis",
    "MaterialRequirement",
    "Meeting",
    "MergedItem",
    "ServiceItem",
    "Situation",
]
