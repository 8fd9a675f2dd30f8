"""Forms of staff, roles, postings, departments, windows and the calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal import clock
from portal.accounts.models import Posting, Staff, User
from portal.accounts.passwords import help_text
from portal.accounts.queries import staff_in_service
from portal.accounts.roles import for_staff
from portal.accounts.security_models import PasswordRecord
from portal.accounts.services import passwords
from portal.organizations import queries as organisation
from portal.organizations.models import Department
from portal.web.errors import BadInput
from portal.web.forms import PortalForm

_INITIAL = f"{help_text(PasswordRecord.Level.STAFF)}当面交给本人，本人第一次登录时要改。"


def _date(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class _Choice(forms.ModelChoiceField):
    def __init__(self, label: str, *, required: bool = True, empty: str = "请选择") -> None:
        super().__init__(queryset=Department.objects.none(), label=label, required=required, empty_label=empty)


class StaffFilter(PortalForm):
    q = forms.CharField(label="工号或姓名", required=False, max_length=50)
    department = _Choice("部门", required=False, empty="全部部门")
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "在岗"), ("left", "已离岗"), ("all", "全部")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("department", organisation.departments())


class StaffForm(PortalForm):
    number = forms.CharField(label="工号", max_length=20, help_text="字母和数字，也是登录的用户名，以后不能改。")
    name = forms.CharField(label="姓名", max_length=50)
    department = _Choice("部门")
    title = forms.CharField(label="职务", max_length=50, required=False)
    phone = forms.CharField(label="办公电话", max_length=30, required=False)
    joined_on = _date("到岗日期")
    password = forms.CharField(
        label="初始密码", max_length=128, strip=False, help_text=_INITIAL,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("department", organisation.departments())

    def clean_password(self) -> str:
        """By the rules for staff, beside all other faults; the service looks again."""
        newcomer = User(username=self.cleaned_data.get("number", ""))
        Staff(user=newcomer)  # not stored: the rules ask whose password it is
        try:
            passwords.check(user=newcomer, password=self.cleaned_data["password"], field="password")
        except BadInput as error:
            raise ValidationError(error.message) from error
        return str(self.cleaned_data["password"])


class PasswordForm(PortalForm):
    password = forms.CharField(
        label="新密码", max_length=128, strip=False, help_text=_INITIAL,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


class DayForm(PortalForm):
    """The day from which something does not hold any more."""

    on = _date("日期", help_text="从这一天起不再有效。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": clock.today()})
        super().__init__(*args, **kwargs)


class RoleForm(PortalForm):
    role = forms.ChoiceField(label="角色", choices=[("", "请选择"), *for_staff()])
    department = _Choice("部门", required=False, empty="不分部门")
    valid_from = _date("起", required=False, help_text="不填为今天；还没有到岗的，为到岗日期。")
    valid_until = _date("止", required=False, help_text="从这一天起不再持有；不填为长期。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("department", organisation.departments())


class PostingForm(PortalForm):
    window = _Choice("窗口")
    post = forms.ChoiceField(label="岗位", choices=[("", "请选择"), *Posting.Post.choices])
    stands_in_for = _Choice("替谁（A 岗）", required=False, empty="不是 AB 岗")
    valid_from = _date("起", required=False, help_text="不填为今天；还没有到岗的，为到岗日期。")
    valid_until = _date("止", required=False, help_text="从这一天起不再派驻；不填为长期。")

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["window"].queryset = organisation.windows()
        fields["stands_in_for"].queryset = (
            staff_in_service().filter(department=staff.department_id).exclude(pk=staff.pk).order_by("number")
        )


class HeadForm(PortalForm):
    head = _Choice("主任")

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["head"].queryset = staff_in_service().filter(department=department).order_by("number")


class DepartmentForm(PortalForm):
    number = forms.CharField(label="部门编号", max_length=3, help_text="3 位数字，用在办件编号里。")
    name = forms.CharField(label="名称", max_length=100)
    short_name = forms.CharField(label="简称", max_length=20, help_text="用在文书字号里。")
    uscc = forms.CharField(label="统一社会信用代码", max_length=30)
    approving = forms.BooleanField(label="有行政审批职能", required=False)
    phone = forms.CharField(label="电话", max_length=30, required=False)
    address = forms.CharField(label="地址", max_length=200, required=False)
    valid_from = _date("启用日期", required=False, help_text="不填为今天。")


class WindowForm(PortalForm):
    code = forms.CharField(label="窗口号", max_length=10)
    name = forms.CharField(label="名称", max_length=50)
    floor = forms.IntegerField(label="楼层", min_value=1, max_value=99)
    department = _Choice("部门", required=False, empty="综合受理（不分部门）")
    valid_from = _date("启用日期", required=False, help_text="不填为今天。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("department", organisation.departments())


class NoticeForm(PortalForm):
    year = forms.IntegerField(label="年份", min_value=2004, max_value=2100)
    notice = forms.CharField(label="通知名称", max_length=200)
    number = forms.CharField(label="文号", max_length=100, required=False)
    text = forms.CharField(
        label="通知内容", max_length=20_000, strip=False,
        help_text="粘贴国务院办公厅通知的放假安排，或者每行一天：2026-02-14,上班,春节。",
        widget=forms.Textarea(attrs={"rows": 10}),
    )  # fmt: skip
