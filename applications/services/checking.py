"""What an application must hold before it becomes a case; the same for the net and the hall."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from applications.models import Delivery
from applications.states import CaseChannel
from catalog.enumerations import MaterialForm
from catalog.models import ItemEdition, ServiceItem
from portal import clock
from portal.web.errors import BadInput, WrongState

if TYPE_CHECKING:
    from applications.services.submission import Application

#: How an applicant may want to get the result.
DELIVERY_CHOICES: Final = (Delivery.Method.DIRECT, Delivery.Method.POST, Delivery.Method.ELECTRONIC)


def check_application(application: Application) -> None:
    """Raise BadInput or WrongState, in the order of the form, for the first thing that is wrong."""
    edition = application.edition
    check_edition(edition, clock.today())
    _check_applicant(application)
    if (application.situation is None) == edition.situations.exists():
        raise BadInput("请选择情形。", field="situation", code="situation_required")
    if application.situation is not None and application.situation.edition_id != edition.pk:
        raise BadInput("情形不属于这个事项。", field="situation", code="situation_unknown")
    if not application.contact_phone.strip():
        raise BadInput("请填写联系电话。", field="contact_phone", code="contact_phone_required")
    if application.delivery_method not in [method.value for method in DELIVERY_CHOICES]:
        raise BadInput("请选择领取方式。", field="delivery_method", code="delivery_method_required")
    if application.delivery_method == Delivery.Method.POST and not application.address.strip():
        raise BadInput("邮寄需要填写收件地址。", field="address", code="address_required")
    faults = details_faults(edition, application.details)
    if faults:
        name, message = next(iter(faults.items()))
        raise BadInput(message, field=name, code="details_wrong")
    if application.channel == CaseChannel.ONLINE:
        _check_uploads(application)


def check_edition(edition: ItemEdition, today: dt.date) -> None:
    """The edition is in force, its item too, and it is exercised on application."""
    if not edition.by_application or edition.item.status != ServiceItem.Status.IN_FORCE:
        raise WrongState("这个事项现在不能申请。", code="item_not_open")
    until = edition.effective_until
    if edition.effective_from > today or (until is not None and until <= today):
        raise WrongState("办事指南有了新版本，请按新版本核对后再提交。", code="edition_changed")


def _check_applicant(application: Application) -> None:
    edition = application.edition
    if application.legal_person is None and application.person is None:
        raise BadInput("请选择申请人。", field="applicant", code="applicant_required")
    if application.legal_person is not None and not edition.serves_firms:
        raise BadInput("这个事项由个人申请。", field="applicant", code="applicant_kind")
    if application.legal_person is None and not edition.serves_persons:
        raise BadInput("这个事项由单位申请。", field="applicant", code="applicant_kind")
    if application.agent is not None and edition.in_person_required:
        raise BadInput("这个事项依法要本人到场，不能代理。", field="agent", code="in_person_required")


def _check_uploads(application: Application) -> None:
    given = {material.requirement.pk for material in application.materials if material.files}
    missing = [
        requirement
        for requirement in edition_materials(application.edition)
        if requirement.is_required and requirement.form != MaterialForm.PAPER and requirement.pk not in given
    ]
    if missing:
        raise BadInput(
            f"还有 {len(missing)} 份必要材料没有上传，第一份是“{missing[0].name}”。",
            field="materials",
            code="materials_missing",
        )


def edition_materials(edition: ItemEdition) -> list[Any]:
    return list(edition.materials.all())


def details_faults(edition: ItemEdition, details: Mapping[str, Any]) -> dict[str, str]:
    """Field name -> what is wrong with it; empty when the form is filled in as the edition asks."""
    faults: dict[str, str] = {}
    fields = {str(field["name"]): field for field in edition.form_fields}
    for name in details:
        if name not in fields:
            faults[name] = f"申请表没有“{name}”这一项。"
    for name, field in fields.items():
        fault = _field_fault(field, details.get(name))
        if fault:
            faults[name] = fault
    return faults


def _field_fault(field: Mapping[str, Any], value: object) -> str:
    label = str(field.get("label", field["name"]))
    if value is None or (isinstance(value, str) and not value.strip()):
        return f"请填写{label}。" if field.get("required") else ""
    match field.get("type"):
        case "integer" | "money":
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                return f"{label}应当是数字。"
        case "date":
            try:
                dt.date.fromisoformat(str(value))
            except ValueError:
                return f"{label}应当是日期。"
        case "choice":
            if value not in field.get("choices", []):
                return f"请选择{label}。"
        case _:
            longest = int(field.get("max_length") or 2000)
            if not isinstance(value, str) or "\0" in value:
                return f"{label}应当是文字。"
            if len(value) > longest:
                return f"{label}最多 {longest} 字，现在是 {len(value)} 字。"
    return ""


def subject_of(edition: ItemEdition, details: Mapping[str, Any]) -> str:
    """The one line that sums the application up: the field that the edition names."""
    for field in edition.form_fields:
        if edition.application_subject in (field.get("label"), field["name"]):
            return str(details.get(field["name"]) or "")[:200]
    return ""
