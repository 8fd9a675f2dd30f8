"""Forms of the applicant's own pages."""

from __future__ import annotations

from django import forms

from portal.web.forms import PortalForm

STATES = (("", "全部状态"), ("todo", "等我办"), ("open", "在办"), ("done", "已结束"))


class MyCasesForm(PortalForm):
    """Filters of "my cases"; a value that is not offered counts as none."""

    q = forms.CharField(
        label="搜索我的办件",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "事项或者办件编号"}),
    )
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)


class WithdrawForm(PortalForm):
    """Before the decision the applicant may take the application back."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="撤回原因",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写不写都可以。",
    )


class SubmitSupplyForm(PortalForm):
    """提交补正: the key makes two clicks one act."""

    key = forms.UUIDField(widget=forms.HiddenInput)
