"""The door of the workbenches: each role to its own."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from applications.permissions import READING
from applications.views.desk.chrome import is_reviewing, works_at_window
from portal.accounts.permissions import AccountsPermission
from portal.accounts.queries import is_staff_member
from portal.web.access import signed_in
from portal.web.errors import NotAllowed
from portal.web.requests import PortalRequest


@signed_in
@require_safe
def desk_home(request: PortalRequest) -> HttpResponse:
    """Reviewers to their list, clerks to the queue, lookers to the list; staff without a desk to their own page."""
    if is_reviewing(request.grants):
        return redirect("applications:work_list")
    if works_at_window(request.grants):
        return redirect("applications:intake_queue")
    if request.grants.has_any(*READING):
        return redirect("applications:work_list")
    if request.grants.has(AccountsPermission.VIEW_STATIONING):
        return redirect("accounts:stationing")
    if is_staff_member(request.user):
        return redirect("accounts:profile")
    raise NotAllowed("您的账号没有工作台。")
