"""Cases (办件库). The wide case, the narrow clock and search rows beside it, and what is recorded on the way."""

from applications.models.acts import Act, CaseNumberCounter, ClockEvent
from applications.models.case import Case, CaseClock, CaseSearch
from applications.models.drafts import Draft, DraftMaterial
from applications.models.materials import CaseMaterial, CaseMaterialFile
from applications.models.proceedings import (
    CorrectionLine,
    CorrectionNotice,
    Delivery,
    DeliveryAttempt,
    Extension,
    Opinion,
    SpecialProcedure,
    Task,
)

__all__ = [
    "Act",
    "Case",
    "CaseClock",
    "CaseMaterial",
    "CaseMaterialFile",
    "CaseNumberCounter",
    "CaseSearch",
    "ClockEvent",
    "CorrectionLine",
    "CorrectionNotice",
    "Delivery",
    "DeliveryAttempt",
    "Draft",
    "DraftMaterial",
    "Extension",
    "Opinion",
    "SpecialProcedure",
    "Task",
]
