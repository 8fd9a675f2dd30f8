"""The door of the workbenches: each role to its own."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from portal.accounts.queries import is_staff_member
from portal.web import desks
from portal.web.access import signed_in
from portal.web.errors import NotAllowed
from portal.web.requests import PortalRequest


@signed_in
@require_safe
def desk_home(request: PortalRequest) -> HttpResponse:
    """Each to the first of the desks; staff without one to their own page."""
    if desk := desks.first_of(request.grants):
        return redirect(desk)
    if is_staff_member(request.user):
        return redirect("accounts:profile")
    raise NotAllowed("您的账号没有工作台。")
