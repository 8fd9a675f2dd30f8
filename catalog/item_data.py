"""The shape of an item's data file under `catalog/data/items/`: every field, its type, and nothing else."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Optional = Annotated[str, StringConstraints(strip_whitespace=True)]
Count = Annotated[int, Field(ge=0, strict=True)]
Positive = Annotated[int, Field(ge=1, strict=True)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class LimitData(Part):
    n: Positive
    unit: Literal["workday", "calendar_day", "month"]


class LimitsData(Part):
    statutory: LimitData | None
    practice: bool = False
    statutory_reason: Optional = ""
    promised: LimitData | None
    note: Optional = ""


class SituationData(Part):
    code: Text
    name: Text
    statutory: LimitData | None
    promised: LimitData | None


class ExtensionData(Part):
    allowed: bool
    max: Count


class ProcedureData(Part):
    """A special procedure with a legal basis of its own, beside the eight of 行政许可法 45."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")]
    name: Text
    basis: Text


class BasisData(Part):
    law: Text
    article: Text
    rank: Literal["law", "regulation", "local", "rule"]
    text: Optional = ""


class MaterialData(Part):
    code: Annotated[str, StringConstraints(pattern=r"^M\d{2}$")]
    name: Text
    source: Literal["applicant", "government", "intermediary", "other"]
    issuer: Text
    necessity: Literal["required", "conditional", "deferrable"]
    condition: Optional = ""
    form: Literal["paper", "electronic", "both"]
    originals: Count
    copies: Count
    note: Optional = ""
    acceptance_standard: Optional = ""
    basis: Optional = ""
    blank_form: bool = False


class LinkData(Part):
    link: Literal["receive", "review", "approve", "conclude"]
    name: Text
    role: Text
    office: Text
    limit: LimitData | None
    note: Optional = ""


class FeeData(Part):
    charged: bool
    name: Optional = ""
    standard: Optional = ""
    basis: Optional = ""
    basis_rank: Literal["", "law", "regulation", "local", "rule"] = ""
    online_payment: bool = False


class ResultData(Part):
    name: Optional
    type: Literal["license", "approval", "document"]
    validity: Optional = ""
    sample: Optional = ""


class VisitsData(Part):
    count: Count
    reason: Optional = ""


class FormFieldData(Part):
    """A field that the application form asks beside the applicant; only what the permit needs (APP-1)."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    label: Text
    type: Literal["text", "textarea", "integer", "date", "choice", "money"]
    required: bool
    help: Optional = ""
    max_length: Positive | None = None
    choices: tuple[Text, ...] = ()
    # Masked on staff's pages until somebody says why the whole is needed (个人信息保护法 28).
    sensitive: bool = False


class QuestionData(Part):
    q: Text
    a: Text


class ItemData(Part):
    """One item as its data file gives it (GB/T 39046—2020 table 4 and the plan's nine elements)."""

    number: Positive | None
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    basic_code: Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
    department: Annotated[str, StringConstraints(pattern=r"^\d{3}$")]
    co_departments: tuple[str, ...] = ()
    level: Literal["1", "2", "3", "4", "5", "6", "7"]
    kind: Literal["approval", "supervision", "annual", "other"]
    type: Annotated[str, StringConstraints(pattern=r"^\d{2}$")]
    power_source: Text
    service_objects: tuple[Literal["1", "2", "3", "4", "5", "6"], ...]
    themes_person: tuple[str, ...] = ()
    themes_firm: tuple[str, ...] = ()
    handling: Literal["immediate", "promised"]
    situations: tuple[SituationData, ...] = ()
    limits: LimitsData
    extension: ExtensionData
    correction_days: Positive
    special_procedures: tuple[
        Literal[
            "hearing",
            "tender",
            "auction",
            "inspection",
            "testing",
            "quarantine",
            "appraisal",
            "expert_review",
        ],
        ...,
    ] = ()
    extra_procedures: tuple[ProcedureData, ...] = ()
    basis: tuple[BasisData, ...]
    authority: Optional = ""
    conditions: tuple[Text, ...] = ()
    exclusions: tuple[Text, ...] = ()
    materials: tuple[MaterialData, ...] = ()
    flow: tuple[LinkData, ...]
    fee: FeeData
    quantity_limit: Text
    result: ResultData
    visits: VisitsData
    channels: tuple[Literal["1", "2", "3", "4", "9"], ...] = ()
    online_depth: Literal["1", "2", "3", "4"]
    place: Text
    hours: Text
    consultation_phone: Text
    supervision_phone: Text
    complaint_note: Optional = ""
    form_fields: tuple[FormFieldData, ...] = ()
    application_subject: Optional = ""
    faq: tuple[QuestionData, ...] = ()
    sample: Optional = ""
    keywords: tuple[Text, ...] = ()
    renewal_note: Optional = ""
    publicity: Literal["full", "masked", "none"]
    exercise: Literal["application", "ex_officio"] = "application"
    in_person_required: bool = False
    demo_fields: tuple[str, ...] = ()
