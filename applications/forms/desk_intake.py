"""Forms of hall intake: find or register the applicant, then the application itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from applications.attachments import INTAKE_KIND
from applications.forms.details import form_field, kept_value
from applications.links import preview_url
from applications.models import Delivery
from applications.people import may_act_for
from applications.services.checking import DELIVERY_CHOICES
from applications.uploads import place
from catalog.models import ItemEdition, MaterialRequirement, Situation
from portal.accounts.models import LegalPerson, Person
from portal.accounts.queries import find_person
from portal.accounts.rules import person_name_fault
from portal.accounts.services import CHANGE_REASONS, PHONE_REASONS
from portal.clock import today
from portal.files.models import StoredFile
from portal.privacy.identifiers import (
    credit_code_fault,
    identity_number_fault,
    mobile_fault,
    normalise,
    normalise_mobile,
)
from portal.web.forms import PortalForm, speak_chinese
from portal.web.keys import uuid7

MOST: Final = 999
AGENT_FIELDS: Final = ("agent_identity", "agent_authorised")


def _text(label: str, longest: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, **more)


def _identity(value: str) -> str:
    number = normalise(value)
    if fault := identity_number_fault(number, today=today()):
        raise ValidationError(fault)
    return number


def _mobile(value: str) -> str:
    number = normalise_mobile(value)
    if fault := mobile_fault(number):
        raise ValidationError(fault)
    return number


def _name(value: str) -> str:
    if fault := person_name_fault(value.strip()):
        raise ValidationError(fault)
    return value.strip()


class ApplicantLookupForm(PortalForm):
    """One field for whatever the applicant hands over."""

    q = _text(
        "身份证号码、信用代码、手机号码或姓名",
        100,
        help_text="号码要写全。只按完整的号码和姓名查找。",
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )

    def clean_q(self) -> str:
        """Eighteen characters are a number: one that cannot be is a slip of the pen, not somebody unknown."""
        question: str = self.cleaned_data["q"]
        number = normalise(question)
        is_number = len(number) == 18 and number.isascii()
        if is_number and identity_number_fault(number, today=today()) and credit_code_fault(number):
            raise forms.ValidationError("号码的校验位不对，请核对证件再输入。")
        return question


def _reason(label: str, reasons: Mapping[str, str]) -> forms.ChoiceField:
    """Asked of whom changes what the hall has recorded."""
    return forms.ChoiceField(
        label=label, choices=[("", "大厅没有登记过，或者没有变"), *reasons.items()], required=False
    )


class PersonForm(PortalForm):
    """A person whose document the clerk holds."""

    name = _text("姓名", 50)
    identity_number = _text("身份证号码", 30, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    phone = _text("手机号码", 20, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}))
    phone_reason = _reason("为什么改大厅登记的手机号码", PHONE_REASONS)
    address = _text("住址", 200, required=False)

    def clean_name(self) -> str:
        return _name(self.cleaned_data["name"])

    def clean_identity_number(self) -> str:
        return _identity(self.cleaned_data["identity_number"])

    def clean_phone(self) -> str:
        return _mobile(self.cleaned_data["phone"])


class FirmForm(PortalForm):
    """A firm by its licence, with its legal representative."""

    name = _text("单位名称", 200, help_text="与营业执照一致；个体工商户填执照上的名称（字号）。")
    uscc = _text("统一社会信用代码", 30, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    address = _text("住所", 200, required=False)
    representative_name = _text("法定代表人姓名", 50, help_text="个体工商户填经营者。")
    representative_identity = _text("法定代表人身份证号码", 30, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    representative_phone = _text("法定代表人手机号码", 20, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    phone_reason = _reason("为什么改大厅登记的手机号码", PHONE_REASONS)
    change_reason = _reason("为什么改大厅登记的法定代表人", CHANGE_REASONS)
    licence_seen = forms.BooleanField(label="改法定代表人的，我看过新的营业执照，复印件收下了", required=False)

    def clean_uscc(self) -> str:
        code = normalise(self.cleaned_data["uscc"])
        if fault := credit_code_fault(code):
            raise ValidationError(fault)
        return code

    def clean_representative_name(self) -> str:
        return _name(self.cleaned_data["representative_name"])

    def clean_representative_identity(self) -> str:
        return _identity(self.cleaned_data["representative_identity"])

    def clean_representative_phone(self) -> str:
        return _mobile(self.cleaned_data["representative_phone"])


class ItemSearchForm(PortalForm):
    q = _text(
        "事项名称、编码或者拼音首字母",
        100,
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )


def _scan(file: StoredFile) -> dict[str, Any]:
    """A scan as `files/_row.html` shows it; deleting it names the file itself."""
    return {"given": {"pk": file.pk}, "file": file, "url": preview_url(file)}


class HallApplicationForm(PortalForm):
    """The application in the hall: situation, contact, the edition's fields, materials received, declaration."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        edition: ItemEdition,
        materials: list[MaterialRequirement],
        situations: list[Situation],
        phone: str,
        principal: Person,
        firm: LegalPerson | None,
        **kwargs: Any,
    ) -> None:
        self.edition, self.materials = edition, materials
        self.principal, self.firm = principal, firm
        self.agent: Person | None = None
        self.scans: Mapping[UUID, list[StoredFile]] = {}
        self.scan_errors: dict[UUID, list[str]] = {}
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid7()
        if situations:
            self.fields["situation"] = forms.ChoiceField(
                label="情形",
                choices=[(str(situation.pk), situation.name) for situation in situations],
                widget=forms.RadioSelect,
            )
        self.fields["contact_phone"] = _text(
            "联系电话", 20, initial=phone, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
        )
        if not edition.in_person_required:
            self.fields["agent_identity"] = _text(
                "代理人身份证号码", 30, required=False, help_text="代理人来办的填写，并查验授权委托书。"
            )
            self.fields["agent_authorised"] = forms.BooleanField(
                label="已查验代理人的身份证和授权委托书", required=False
            )
        self._kinds: dict[str, str] = {}
        for spec in edition.form_fields:
            name = str(spec["name"])
            self._kinds[name] = str(spec.get("type", "text"))
            self.fields[f"d_{name}"] = form_field(spec)
        for requirement in materials:
            label = requirement.name
            prefix = f"m_{requirement.pk.hex}"
            # Stored by the view as soon as it comes; the field gives errors their place.
            self.fields[f"{prefix}_scan"] = forms.FileField(label=f"{label}，扫描件", required=False)
            self.fields[f"{prefix}_seen"] = forms.BooleanField(label=f"{label}，原件已核", required=False)
            for kind, word, asked in (
                ("originals", "原件", requirement.originals),
                ("copies", "复印件", requirement.copies),
            ):
                if asked or (kind == "copies" and not requirement.originals):
                    self.fields[f"{prefix}_{kind}"] = forms.IntegerField(
                        label=f"{label}，收到{word}", min_value=0, max_value=MOST, required=False, initial=0
                    )
        self.fields["delivery_method"] = forms.ChoiceField(
            label="领取方式",
            choices=[(method.value, method.label) for method in DELIVERY_CHOICES],
            widget=forms.RadioSelect,
            initial=Delivery.Method.DIRECT.value,
        )
        self.fields["address"] = _text("收件地址", 200, required=False, help_text="选邮寄的必须填写。")
        self.fields["declared"] = forms.BooleanField(
            label="申请人已在申请书上签名，承诺材料真实",
            error_messages={"required": "请申请人在申请书上签名承诺材料真实，再勾选（行政许可法第三十一条）。"},
        )
        for name, field in self.fields.items():
            speak_chinese(field, str(field.label or name))

    def add_scan_errors(self) -> None:
        """Say in the summary which scans were not taken."""
        for requirement_id, errors in self.scan_errors.items():
            for error in errors:
                self.add_error(f"m_{requirement_id.hex}_scan", error)

    @property
    def intake_key(self) -> UUID | None:
        """The key of this form, whatever else is wrong with it: scans hang on it."""
        try:
            return UUID(str(self["key"].value()))
        except ValueError:
            return None

    @property
    def lead_fields(self) -> list[Any]:
        return [self[name] for name in ("situation", "contact_phone") if name in self.fields]

    @property
    def agent_fields(self) -> list[Any]:
        return [self[name] for name in AGENT_FIELDS if name in self.fields]

    def check_agent_only(self) -> bool:
        """Look at the agent before the rest is filled in: of all faults only those of the agent are told."""
        for name in [name for name in self.errors if name not in AGENT_FIELDS]:
            del self.errors[name]
        if not self.errors and self.agent is None:
            self.add_error("agent_identity", "请先填写代理人身份证号码，再核对。")
        return not self.errors

    @property
    def detail_fields(self) -> list[Any]:
        return [self[f"d_{name}"] for name in self._kinds]

    @property
    def end_fields(self) -> list[Any]:
        return [self[name] for name in ("delivery_method", "address")]

    @property
    def material_rows(self) -> list[dict[str, Any]]:
        """Each material with its inputs, as the table shows them."""
        rows = []
        for requirement in self.materials:
            prefix = f"m_{requirement.pk.hex}"
            counts = [
                self[f"{prefix}_{kind}"] for kind in ("originals", "copies") if f"{prefix}_{kind}" in self.fields
            ]
            key = self.intake_key
            rows.append(
                {
                    "requirement": requirement,
                    "seen": self[f"{prefix}_seen"],
                    "counts": counts,
                    "scan": self[f"{prefix}_scan"],
                    "scans": [_scan(file) for file in self.scans.get(requirement.pk, [])],
                    "scan_errors": self.scan_errors.get(requirement.pk, []),
                    "place": place(INTAKE_KIND, key, requirement.pk) if key is not None else "",
                }
            )
        return rows

    def clean_contact_phone(self) -> str:
        value = str(self.cleaned_data["contact_phone"]).strip()
        if sum(character.isdigit() for character in value) < 7:
            raise ValidationError("联系电话应是手机，或者带区号的座机。")
        return value

    def clean_agent_identity(self) -> str:
        value = self.cleaned_data.get("agent_identity") or ""
        if not value.strip():
            return ""
        number = _identity(value)
        if number == self.principal.identity_number:
            who = "法定代表人" if self.firm is not None else "申请人"
            raise ValidationError(f"这是{who}本人的号码，本人来办的不用填写代理人。")
        self.agent = find_person(number)
        if self.agent is None:
            raise ValidationError("大厅没有登记过这位代理人，请先登记个人。")
        return number

    def clean_agent_authorised(self) -> bool:
        """APP-2: an agent has an authorisation on paper, or a mandate of the firm on record."""
        seen = bool(self.cleaned_data["agent_authorised"])
        if self.agent is None or seen:
            return seen
        if self.firm is not None and may_act_for(self.agent.pk, self.firm.pk, today()):
            return seen
        raise ValidationError("请查验授权委托书后勾选；没有授权委托书的，不能代理。")

    def add_domain_error(self, error: Any) -> None:
        """The edition's own fields and the agent stand here under other names."""
        name = {"agent": "agent_identity"}.get(error.field, error.field)
        if name not in self.fields and f"d_{name}" in self.fields:
            name = f"d_{name}"
        self.add_error(name if name in self.fields else None, error.message)

    @property
    def details(self) -> dict[str, Any]:
        """What the case stores: money in fen, dates as ISO text."""
        values = {name: kept_value(kind, self.cleaned_data.get(f"d_{name}")) for name, kind in self._kinds.items()}
        return {name: value for name, value in values.items() if value is not None and value != ""}

    @property
    def received(self) -> list[Mapping[str, Any]]:
        """The materials as the service takes them."""
        rows: list[Mapping[str, Any]] = []
        for requirement in self.materials:
            prefix = f"m_{requirement.pk.hex}"
            rows.append(
                {
                    "requirement": str(requirement.pk),
                    "originals": self.cleaned_data.get(f"{prefix}_originals") or 0,
                    "copies": self.cleaned_data.get(f"{prefix}_copies") or 0,
                    "original_seen": bool(self.cleaned_data.get(f"{prefix}_seen")),
                    "files": [str(file.pk) for file in self.scans.get(requirement.pk, [])],
                }
            )
        return rows
