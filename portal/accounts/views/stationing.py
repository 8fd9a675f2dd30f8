"""派驻: whether each department keeps the plan's rules."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.accounts.permissions import AccountsPermission
from portal.accounts.queries import DepartmentStanding
from portal.accounts.queries import stationing as rows_of
from portal.web.access import needs
from portal.web.forms import PortalForm
from portal.web.grants import Everywhere


class StationingFilter(PortalForm):
    q = forms.CharField(label="部门或姓名", required=False, max_length=50)
    kind = forms.ChoiceField(
        label="部门类别",
        required=False,
        choices=[("", "全部部门"), ("approving", "有审批职能"), ("other", "无审批职能")],
    )
    state = forms.ChoiceField(
        label="情况", required=False, choices=[("", "全部情况"), ("fault", "不符合"), ("ok", "符合")]
    )


@needs(AccountsPermission.VIEW_STATIONING)
@require_safe
def stationing(request: HttpRequest) -> HttpResponse:
    """Every department with its window staff, office and head; what is missing stands in words."""
    everyone = rows_of()
    form = StationingFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = [row for row in everyone if _matches(row, wanted)]
    faulty = sum(1 for row in everyone if not row.keeps_rules)
    context = {
        "form": form,
        "rows": rows,
        "total": len(everyone),
        "faulty": faulty,
        "good": len(everyone) - faulty,
        "staff": sum(row.standing.window_staff for row in everyone),
        "is_filtered": any(wanted.values()),
        "tab": "stationing",
        "base": _base(request),
    }
    return render(request, "accounts/stationing.html", context)


def _base(request: HttpRequest) -> str:
    """The desk from which this person came: window, review, or none of them."""
    grants = request.grants  # type: ignore[attr-defined]  # put there by portal.web.middleware
    if grants.has(AccountsPermission.REGISTER_PERSON):
        return "base/intake.html"
    if isinstance(grants.departments(AccountsPermission.VIEW_STATIONING), Everywhere):
        return "base/staff.html"
    return "base/review.html"


def _matches(row: DepartmentStanding, wanted: dict[str, str]) -> bool:
    words = wanted.get("q", "").strip()
    names = [row.department.name, row.standing.head_name, *(posting.staff.name for posting in row.postings)]
    if words and not any(words in name for name in names):
        return False
    if (kind := wanted.get("kind")) and row.department.approving is not (kind == "approving"):
        return False
    state = wanted.get("state")
    return not state or row.keeps_rules is (state == "ok")
