"""The inputs of each act on a case, by the form key of its transition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django import forms

from applications import rules, validity
from applications.effects.delivery import MAY_FAIL
from applications.identity import HOW_TO_CONFIRM, unconfirmed
from applications.models import Case, CorrectionLine, Delivery, Opinion
from applications.queries.casepage import correction_lines_of
from applications.rows import departs, open_attempt
from applications.states import Decision
from portal.documents.rules import remedies_text
from portal.web.forms import PortalForm
from portal.web.keys import uuid7

LONGEST: Final = 4000


def _words(label: str, *, rows: int = 4, required: bool = True, help_text: str = "", longest: int = LONGEST) -> Any:
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class ActForm(PortalForm):
    """The base: the key makes the same click, sent twice, one act."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)

    @property
    def act_data(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What the user has written, for a page on which the form is no longer of use."""
        return [
            (str(bound.label), str(bound.value()))
            for bound in self
            if not bound.is_hidden and bound.value() not in (None, "", [])
        ]


class ConfirmForm(ActForm):
    """Nothing to fill in."""


class AcceptForm(ActForm):
    """Nothing to fill in, but that the clerk has seen who applies where no window has yet."""

    identity_seen = forms.BooleanField(
        label="我看过申请人的身份证明（单位为营业执照），与申请的一致",
        help_text=f"受理以后，准予以前还要核验身份：{HOW_TO_CONFIRM}",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not unconfirmed(self.case):
            del self.fields["identity_seen"]


class AskCorrectionForm(ActForm):
    """The lines come from the material check; one more may be asked for with a legal basis (APP-6)."""

    extra_name = forms.CharField(label="清单以外还要的材料", required=False, max_length=200)
    extra_basis = forms.CharField(
        label="法律依据", required=False, max_length=300, help_text="清单以外的材料没有法律依据不能要。"
    )
    extra_what = _words("要补什么，怎么补", rows=2, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = [bool(cleaned.get(name)) for name in ("extra_name", "extra_basis", "extra_what")]
        if any(given) and not all(given):
            for name in ("extra_name", "extra_basis", "extra_what"):
                if not cleaned.get(name):
                    self.add_error(name, f"请填写{self.fields[name].label}，或者把这一组都清空。")
        return cleaned

    @property
    def act_data(self) -> dict[str, Any]:
        if not self.cleaned_data.get("extra_name"):
            return {}
        lines = [
            {"material": str(material.pk), "what": material.remark}
            for material in self.case.materials.filter(conclusion="incomplete").order_by("position")
        ]
        extra = {
            "name": self.cleaned_data["extra_name"],
            "legal_basis": self.cleaned_data["extra_basis"],
            "what": self.cleaned_data["extra_what"],
        }
        return {"lines": [*lines, extra]}


class SupplyForm(ActForm):
    """What the applicant has brought to the window for each line of the notice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines: list[CorrectionLine] = correction_lines_of(self.case)
        for line in self.lines:
            for kind, label in (("originals", "原件"), ("copies", "复印件")):
                self.fields[f"{kind}_{line.pk.hex}"] = forms.IntegerField(
                    label=f"{line.material.name}，收到{label}",
                    min_value=0,
                    max_value=999,
                    initial=0,
                    widget=forms.NumberInput(attrs={"class": "count-input"}),
                )
        self._speak_chinese()

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each line with its two fields."""
        return [
            {
                "line": line,
                "originals": self[f"originals_{line.pk.hex}"],
                "copies": self[f"copies_{line.pk.hex}"],
                "files": [given for given in line.material.files.all() if given.supplied],
            }
            for line in self.lines
        ]

    @property
    def act_data(self) -> dict[str, Any]:
        supplies = [
            {
                "line": str(line.pk),
                "originals": self.cleaned_data[f"originals_{line.pk.hex}"],
                "copies": self.cleaned_data[f"copies_{line.pk.hex}"],
            }
            for line in self.lines
        ]
        return {"supplies": supplies}


class EndForm(ActForm):
    """An end before acceptance: nobody looks at it after the clerk, so the clerk says that it is meant."""

    confirmed = forms.BooleanField(
        label="我已核对：作出后本件结束，不再审核，不能撤回，申请人要办只能重新申请。",
        error_messages={"required": "请核对后勾选。作出后本件结束，不能撤回。"},
    )
    field_order = ("competent_organ", "reason", "legal_basis", "remedies", "confirmed")

    @property
    def act_data(self) -> dict[str, Any]:
        return {name: value for name, value in super().act_data.items() if name != "confirmed"}


class NotRequiredForm(EndForm):
    reason = _words("不需要许可的理由")
    legal_basis = forms.CharField(
        label="依据", max_length=500, initial="《中华人民共和国行政许可法》第三十二条第一款第一项"
    )
    remedies = _words("救济途径", rows=3, help_text="写明复议 60 日、诉讼 6 个月。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remedies"].initial = remedies_text()


class NotCompetentForm(EndForm):
    competent_organ = forms.CharField(label="应当向哪个机关申请", max_length=200)
    reason = _words("不属于本机关职权的理由")
    legal_basis = forms.CharField(
        label="依据", max_length=500, initial="《中华人民共和国行政许可法》第三十二条第一款第二项"
    )
    remedies = _words("救济途径", rows=3, help_text="写明复议 60 日、诉讼 6 个月。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remedies"].initial = remedies_text()


class ReviewForm(ActForm):
    recommendation = forms.ChoiceField(
        label="审核结论",
        choices=[
            (Opinion.Recommendation.GRANT.value, "建议准予"),
            (Opinion.Recommendation.REFUSE.value, "建议不予，写明事实和条文"),
        ],
        widget=forms.RadioSelect,
    )
    opinion = _words("意见", rows=5, help_text="批准人要能只看这一段就作决定。")


class ReturnForm(ActForm):
    opinion = _words("退回的理由", help_text="写明要审核人补充什么。")


class PauseForm(ActForm):
    procedure = forms.ChoiceField(label="法定程序")
    until = forms.DateField(label="预计结束日期", widget=forms.DateInput, help_text="到这一天自动恢复计时。")
    reason = _words("理由", rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lawful = rules.procedures_of(self.case.edition)
        choice = self.fields["procedure"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", "请选择"), *[(p.code, f"{p.name}（{p.basis}）") for p in lawful]]


class ResumeForm(ActForm):
    result = _words("特别程序的结果", longest=1000)


class ExtendForm(ActForm):
    n = forms.IntegerField(label="延长几个工作日", min_value=1)
    reason = _words("延期的理由", longest=1000, help_text="理由会写进延期通知书，告诉申请人。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["n"].help_text = f"最多 {rules.longest_extension(self.case.edition)} 个工作日，只能一次。"


class DecisionForm(ActForm):
    """A decision against the reviewer's advice says why."""

    decision: ClassVar[Opinion.Recommendation]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not departs(self.case, self.decision):
            del self.fields["departure"]


def _departure() -> Any:
    return _words(
        "与审核意见不一致的理由",
        rows=2,
        longest=1000,
        help_text="审核人建议相反，写明为什么不采纳。记入办理过程，不公开。",
    )


class GrantForm(DecisionForm):
    decision = Opinion.Recommendation.GRANT

    departure = _departure()
    opinion = _words("审批意见", rows=3)
    content = _words("准予的内容", rows=2)
    validity_kind = forms.ChoiceField(label="有效期", choices=validity.ValidityKind.choices, widget=forms.RadioSelect)
    validity_years = forms.IntegerField(
        label="年数", required=False, min_value=1, max_value=validity.MOST_YEARS, help_text="选“几年”的填写。"
    )
    validity_until = forms.DateField(
        label="最后一天", required=False, widget=forms.DateInput, help_text="选“到某一天为止”的填写。"
    )
    conditions = _words("附加的条件", rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["content"].initial = self.case.edition.name
        allowed = validity.allowed_by(self.case.edition)
        kinds = [
            (kind.value, f"{kind.label}：{allowed.words}" if kind == validity.ValidityKind.ITEM else kind.label)
            for kind in validity.ValidityKind
            if kind != validity.ValidityKind.FOR_GOOD or allowed.may_be_for_good
        ]
        self.offer("validity_kind", kinds)
        self.fields["validity_kind"].initial = validity.ValidityKind.ITEM


class RefuseForm(DecisionForm):
    decision = Opinion.Recommendation.REFUSE

    departure = _departure()
    facts = _words("查明的事实", rows=3)
    reasons = _words("不予的理由", rows=3)
    legal_basis = _words("依据的条文", rows=2)
    remedies = _words("救济途径", rows=3, help_text="写明复议 60 日、诉讼 6 个月，缺一不可。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remedies"].initial = remedies_text()


class ConcludeForm(ActForm):
    result_number = forms.CharField(
        label="证照或者批文编号", required=False, max_length=100, help_text="照证照填写，同一事项不能重复。"
    )
    note = _words("备注", rows=2, required=False, longest=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.decision == Decision.REFUSED:
            del self.fields["result_number"]


def _past_day(label: str, help_text: str = "不填就是今天。") -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput, help_text=help_text)


class DeliverForm(ActForm):
    method = forms.ChoiceField(label="送达方式", choices=Delivery.Method.choices, widget=forms.RadioSelect)
    delivered_on = _past_day("送达日期", "邮寄的填签收那一天；公告送达的按公告期满的日期，不用填。不填就是今天。")
    recipient = forms.CharField(label="签收人", required=False, max_length=50, help_text="公告送达以外都要填写。")
    recipient_relation = forms.CharField(label="与受送达人的关系", required=False, max_length=50, initial="本人")
    tracking = forms.CharField(label="邮件号", required=False, max_length=50, help_text="邮寄的必须填写。")
    remark = _words("备注", rows=2, required=False, longest=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attempt = open_attempt(self.case)
        self.fields["method"].initial = attempt.method if attempt is not None else self.case.delivery_method
        self.fields["tracking"].initial = attempt.tracking if attempt is not None else ""
        if self.case.applicant_legal_id is None:
            self.fields["recipient"].initial = self.case.applicant_name


class PostForm(ActForm):
    posted_on = _past_day("交寄日期")
    tracking = forms.CharField(label="邮件号", max_length=50)


class AnnounceForm(ActForm):
    first_on = _past_day("公告的第一天", "从第二天起算三十日。不填就是今天。")
    notice_place = forms.CharField(
        label="公告的地点", max_length=200, help_text="例如：本机关公告栏、市政府网站公告页的网址。"
    )
    reason = _words("用公告送达的理由", rows=2, longest=500, help_text="写明受送达人下落不明，或者别的方式怎么送不到。")


class DeliveryFailedForm(ActForm):
    method = forms.ChoiceField(
        label="送达方式", choices=[(each.value, each.label) for each in MAY_FAIL], widget=forms.RadioSelect
    )
    failed_on = _past_day("退回或者送达不成的日期")
    tracking = forms.CharField(label="邮件号", required=False, max_length=50, help_text="邮寄的必须填写。")
    reason = _words("退回或者送达不成的原因", rows=2, longest=500, help_text="例如：地址不详，邮局退回。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if open_attempt(self.case) is not None:  # the attempt under way says how, and under which number
            del self.fields["method"], self.fields["tracking"]


class WithdrawForm(ActForm):
    reason = _words("撤回的理由", help_text="写明申请人交来的书面撤回申请。")


FORMS: Final[Mapping[str, type[ActForm]]] = {
    "confirm": ConfirmForm,
    "accept": AcceptForm,
    "ask_correction": AskCorrectionForm,
    "supply": SupplyForm,
    "not_required": NotRequiredForm,
    "not_competent": NotCompetentForm,
    "review": ReviewForm,
    "return_to_reviewer": ReturnForm,
    "pause": PauseForm,
    "resume": ResumeForm,
    "extend": ExtendForm,
    "grant": GrantForm,
    "refuse": RefuseForm,
    "conclude": ConcludeForm,
    "deliver": DeliverForm,
    "post": PostForm,
    "announce": AnnounceForm,
    "delivery_failed": DeliveryFailedForm,
    "withdraw": WithdrawForm,
}


def form_class(key: str | None) -> type[ActForm]:
    """The form of a transition; one without a key has nothing to fill in."""
    return FORMS[key or "confirm"]
