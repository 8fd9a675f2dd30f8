"""Forms of the steps of an online application, besides the item's own fields and the materials."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from applications.drafting import OpenDraft, contact_phone_fault
from applications.models import Delivery
from portal.privacy.masking import mask_name
from portal.web.forms import PortalForm

SELF = "self"


class StepForm(PortalForm):
    """A step: what may be stored of it, although something else is still missing."""

    def storable(self) -> dict[str, Any]:
        """The fields of the draft that are right as they stand."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.errors}

    def only_lacks(self) -> bool:
        """Whether nothing wrong was typed: what is missing can follow later."""
        return all(name in self.fields and not _typed(self[name]) for name in self.errors)


def _typed(field: BoundField) -> bool:
    value = field.data
    return bool(value.strip() if isinstance(value, str) else value)


class ConditionsForm(StepForm):
    """The applicant's own check of the conditions, and the situation where the law gives two limits."""

    def __init__(self, *args: Any, opened: OpenDraft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._situations = {situation.code: situation for situation in opened.situations}
        if self._situations:
            self.fields["situation"] = forms.ChoiceField(
                label="您属于哪种情形",
                choices=[(code, situation.name) for code, situation in self._situations.items()],
                widget=forms.RadioSelect,
                initial=opened.draft.situation.code if opened.draft.situation is not None else None,
                error_messages={"required": "请选择情形。", "invalid_choice": "请选择情形。"},
            )
        confirmed = "conditions" in opened.draft.steps_done
        for number, condition in enumerate(opened.edition.conditions, start=1):
            self.fields[f"condition_{number}"] = forms.BooleanField(
                label=str(condition),
                initial=confirmed,
                error_messages={"required": f"还没有确认：{condition}。"},
            )

    @property
    def condition_fields(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("condition_")]

    def storable(self) -> dict[str, Any]:
        code = str(self.cleaned_data.get("situation") or "")
        return {"situation": self._situations.get(code)} if self._situations else {}


class ApplicantForm(StepForm):
    """For whom the application is made, and how to reach them."""

    who = forms.ChoiceField(
        label="您为谁申请",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择申请人。", "invalid_choice": "请选择申请人。"},
    )
    contact_phone = forms.CharField(
        label="联系电话",
        max_length=20,
        help_text="窗口用这个电话联系您。手机或者带区号的座机。",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    address = forms.CharField(
        label="联系地址",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    def __init__(self, *args: Any, opened: OpenDraft, **kwargs: Any) -> None:
        draft = opened.draft
        kwargs["initial"] = {"contact_phone": draft.contact_phone, "address": draft.address}
        super().__init__(*args, **kwargs)
        self._firms = {str(firm.pk): firm for firm in opened.firms}
        choices = [(key, firm.name) for key, firm in self._firms.items()]
        if opened.edition.serves_persons and opened.person is not None:
            choices.insert(0, (SELF, f"本人（{mask_name(opened.person.name)}）"))
        self.offer("who", choices)
        chosen = str(draft.legal_person_id) if draft.legal_person_id is not None else SELF
        seen = "applicant" in draft.steps_done or draft.legal_person_id is not None
        if seen or len(choices) == 1:
            self.fields["who"].initial = chosen if seen else choices[0][0]

    def clean_contact_phone(self) -> str:
        number: str = self.cleaned_data["contact_phone"]
        fault = contact_phone_fault(number)
        if fault:
            raise ValidationError(fault)
        return number

    def storable(self) -> dict[str, Any]:
        fields = super().storable()
        if "who" in fields:
            fields["legal_person"] = self._firms.get(fields.pop("who"))
        return fields


class DeliveryForm(StepForm):
    """How the applicant wants to get the result."""

    delivery_method = forms.ChoiceField(
        label="怎样领取结果",
        choices=[
            (Delivery.Method.ELECTRONIC.value, "电子送达，在“我的”里下载"),
            (Delivery.Method.DIRECT.value, "到窗口领取"),
            (Delivery.Method.POST.value, "邮寄，邮费到付"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择领取方式。", "invalid_choice": "请选择领取方式。"},
    )
    address = forms.CharField(
        label="收件地址",
        max_length=200,
        required=False,
        help_text="选邮寄的要填。写到门牌号。",
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    def __init__(self, *args: Any, opened: OpenDraft, **kwargs: Any) -> None:
        kwargs["initial"] = {"delivery_method": opened.draft.delivery_method, "address": opened.draft.address}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("delivery_method") == Delivery.Method.POST and not cleaned.get("address"):
            self.add_error("address", "邮寄要填写收件地址。")
        return cleaned


class DeclarationForm(PortalForm):
    """行政许可法 31: the applicant answers for the truth of what he hands in (APP-6); never ticked beforehand."""

    declared = forms.BooleanField(
        label="我承诺所填内容和所交材料真实。隐瞒情况或提供虚假材料的，依照《行政许可法》第七十八条、第七十九条承担责任。",
        error_messages={"required": "请先勾选真实性承诺。"},
    )
