"""What each kind of official document must say (domain reference 3.3); a paper that lacks it is not issued."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from portal.documents import rules
from portal.documents.errors import IncompleteDocument
from portal.documents.kinds import DocumentKind

Text = Annotated[str, Field(min_length=1, max_length=5000)]
MayBeEmpty = Annotated[str, Field(max_length=5000)]
Count = Annotated[int, Field(ge=0, le=9999, strict=True)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Common(Part):
    """What every paper of a case names."""

    case_number: Text = Field(title="办件编号")
    item_name: Text = Field(title="事项")
    item_code: MayBeEmpty = Field(title="事项编码")
    situation: MayBeEmpty = Field(title="情形")
    is_license: bool = Field(title="是否行政许可")
    applicant: Text = Field(title="申请人")
    applicant_is_legal_person: bool = Field(title="申请人是否为单位")
    contact: Text = Field(title="联系人")
    contact_phone: Text = Field(title="联系电话")
    subject: MayBeEmpty = Field(title="申请内容")
    received_on: dt.date = Field(title="收件日期")
    handler: MayBeEmpty = Field(title="经办人")
    handler_phone: Text = Field(title="经办电话")
    supervision_phone: Text = Field(title="监督电话")
    place: Text = Field(title="办理地点")
    bases: list[Text] = Field(title="设定依据")


class Limits(Common):
    """The two limits in words, and the days on which they end."""

    immediate: bool = Field(title="是否即办")
    promised: Text = Field(title="承诺时限")
    statutory: MayBeEmpty = Field(title="法定时限")
    promised_due_on: dt.date = Field(title="承诺到期")
    statutory_due_on: dt.date | None = Field(title="法定到期")
    provisional: bool = Field(title="日历是否暂定")


class ReceivedMaterial(Part):
    name: Text = Field(title="材料名称")
    originals: Count = Field(title="原件份数")
    copies: Count = Field(title="复印件份数")
    files: Count = Field(title="电子文件数")
    original_seen: bool = Field(title="已核对原件")


class Receipt(Common):
    query_code: Text = Field(title="查询码")
    channel: Text = Field(title="收件渠道")
    window: MayBeEmpty = Field(title="窗口")
    receiver: Text = Field(title="收件人")
    received_at: dt.datetime = Field(title="收件时间")
    acceptance_due_on: dt.date | None = Field(title="受理决定期限")
    materials: list[ReceivedMaterial] = Field(title="收到的材料")
    delivery_method: MayBeEmpty = Field(title="结果送达方式")
    provisional: bool = Field(title="日历是否暂定")


class FaultyMaterial(Part):
    material: Text = Field(title="需要补正的材料")
    what: Text = Field(title="如何补正")
    legal_basis: MayBeEmpty = Field(title="清单外材料的法律依据")


class Correction(Common):
    lines: Annotated[list[FaultyMaterial], Field(min_length=1)] = Field(title="补正内容")
    supply_until: dt.date = Field(title="补正期限")
    correction_days: Annotated[int, Field(ge=1)] = Field(title="补正天数")
    provisional: bool = Field(title="日历是否暂定")
    asked_at: dt.datetime = Field(title="告知时间")
    legal_basis: Text = Field(title="法律依据")


class Acceptance(Limits):
    query_code: Text = Field(title="查询码")
    accepted_on: dt.date = Field(title="受理日期")
    deemed: bool = Field(title="是否视为受理")
    corrected: bool = Field(title="是否经过补正")
    fee: Text = Field(title="收费")
    excluded_procedures: list[Text] = Field(title="不计入期限的程序")
    legal_basis: Text = Field(title="法律依据")


class _WithRemedies(Common):
    remedies: Text = Field(title="救济途径")

    @model_validator(mode="after")
    def _remedies_are_whole(self) -> _WithRemedies:
        if (fault := rules.remedies_faults(self.remedies)) is not None:
            raise IncompleteDocument(fault, field="remedies", code="remedies_incomplete")
        return self


class NotRequired(_WithRemedies):
    reason: Text = Field(title="理由")
    legal_basis: Text = Field(title="法律依据")
    competent_organ: MayBeEmpty = Field(title="有权受理的机关")
    late: bool = Field(title="是否迟于当日")


class NotCompetent(NotRequired):
    competent_organ: Text = Field(title="有权受理的机关")


class SpecialProcedure(Limits):
    procedure: Text = Field(title="特别程序")
    reason: Text = Field(title="理由")
    legal_basis: Text = Field(title="法律依据")
    started_on: dt.date = Field(title="开始日期")
    until: dt.date = Field(title="预计结束日期")
    days: Annotated[int, Field(ge=1)] = Field(title="所需时间")


class Extension(Limits):
    days: Annotated[int, Field(ge=1, le=15)] = Field(title="延长的工作日")
    reason: Text = Field(title="理由")
    approved_by: Text = Field(title="批准人")
    old_due_on: dt.date = Field(title="原到期日")
    new_due_on: dt.date = Field(title="新到期日")
    legal_basis: Text = Field(title="法律依据")


class Particular(Part):
    label: Text = Field(title="名称")
    text: Text = Field(title="内容")


class Grant(Common):
    content: Text = Field(title="许可内容")
    particulars: list[Particular] = Field(title="场所和范围")
    validity: MayBeEmpty = Field(title="有效期")
    conditions: MayBeEmpty = Field(title="许可条件")
    accepted_on: dt.date = Field(title="受理日期")
    decided_on: dt.date = Field(title="决定日期")
    result_name: Text = Field(title="结果名称")
    delivery_due_on: dt.date | None = Field(title="送达期限")
    provisional: bool = Field(title="日历是否暂定")
    legal_basis: Text = Field(title="法律依据")


class Refusal(_WithRemedies):
    facts: Text = Field(title="查明的事实")
    reasons: Text = Field(title="理由")
    legal_basis: Text = Field(title="法律依据")
    accepted_on: dt.date = Field(title="受理日期")
    decided_on: dt.date = Field(title="决定日期")


class Termination(_WithRemedies):
    reason: Text = Field(title="理由")
    legal_basis: Text = Field(title="依据")
    ended_on: dt.date = Field(title="终止日期")


class DeliveredDocument(Part):
    name: Text = Field(title="文书名称")
    number: Text = Field(title="文号")


class FailedDelivery(Part):
    method: Text = Field(title="送达方式")
    failed_on: dt.date = Field(title="送达不成的日期")
    reason: Text = Field(title="送达不成的原因")


class ServiceReceipt(Common):
    documents: Annotated[list[DeliveredDocument], Field(min_length=1)] = Field(title="送达的文书")
    result_name: MayBeEmpty = Field(title="证照名称")
    result_number: MayBeEmpty = Field(title="证照编号")
    addressee: Text = Field(title="受送达人")
    method: Text = Field(title="送达方式")
    recipient: Text = Field(title="签收人")
    recipient_relation: Text = Field(title="与受送达人的关系")
    tracking: MayBeEmpty = Field(title="邮件号")
    delivered_on: dt.date = Field(title="送达日期")
    delivered_at: dt.datetime = Field(title="送达时间")
    notice_place: MayBeEmpty = Field(title="公告地点")
    notice_first_on: dt.date | None = Field(title="公告的第一天")
    attempts: list[FailedDelivery] = Field(title="没有成功的送达")
    deliverer: Text = Field(title="送达人")
    remark: MayBeEmpty = Field(title="备注")


SCHEMAS: Final[dict[DocumentKind, type[Common]]] = {
    DocumentKind.RECEIPT: Receipt,
    DocumentKind.CORRECTION: Correction,
    DocumentKind.ACCEPTANCE: Acceptance,
    DocumentKind.NOT_REQUIRED: NotRequired,
    DocumentKind.NOT_COMPETENT: NotCompetent,
    DocumentKind.SPECIAL_PROCEDURE: SpecialProcedure,
    DocumentKind.EXTENSION: Extension,
    DocumentKind.TERMINATION: Termination,
    DocumentKind.GRANT: Grant,
    DocumentKind.REFUSAL: Refusal,
    DocumentKind.SERVICE_RECEIPT: ServiceReceipt,
}


def checked(kind: DocumentKind, data: dict[str, Any]) -> dict[str, Any]:
    """The data as JSON values when it says all that this kind must say; raises IncompleteDocument."""
    schema = SCHEMAS[kind]
    try:
        return schema.model_validate(data).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise IncompleteDocument(
            f"《{kind.label}》不能出具：“{_title(schema, first['loc'])}”{_what(first['type'])}。",
            field=str(first["loc"][0]) if first["loc"] else None,
        ) from error


def _what(fault: str) -> str:
    if fault == "missing" or fault.endswith("too_short"):
        return "没有写明"
    return "不在文书的内容之内" if fault == "extra_forbidden" else "不正确"


def _title(schema: type[BaseModel], place: tuple[int | str, ...]) -> str:
    """The Chinese name of the field at fault, inner ones included; its key where there is no name."""
    title = ""
    current: type[BaseModel] | None = schema
    for step in place:
        field = current.model_fields.get(str(step)) if current is not None else None
        if field is not None:
            title = field.title or str(step)
            current = _inner(field.annotation)
        elif not isinstance(step, int):
            title = str(step)
    return title or "内容"


def _inner(annotation: Any) -> type[BaseModel] | None:
    for candidate in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None
