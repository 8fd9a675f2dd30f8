"""Meetings of 市政府常务会议: the list, one agenda with its resolution."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from catalog.forms.changes import MeetingForm, ResolutionForm
from catalog.models import Meeting
from catalog.permissions import EVERYWHERE
from catalog.permissions import CataloguePermission as May
from catalog.queries import changes as queries
from catalog.services import meetings as services
from catalog.states import ChangeState
from catalog.views.pages import desk, form_page
from portal.web.access import needs
from portal.web.errors import DomainError
from portal.web.paging import paginate
from portal.web.requests import PortalRequest


@needs(*EVERYWHERE)
@require_safe
def meeting_list(request: PortalRequest) -> HttpResponse:
    page = paginate(Meeting.objects.all(), request, order=["-held_on"])
    verified = queries.visible(request.grants).filter(state=ChangeState.VERIFIED)
    context = {"page": page, "verified": list(verified), **desk(request, "meetings")}
    return render(request, "catalogue/meetings.html", context)


@needs(May.DECIDE_ITEM)
@require_http_methods(["GET", "POST"])
def meeting_add(request: PortalRequest) -> HttpResponse:
    return form_page(
        request,
        form=MeetingForm(request.POST if request.method == "POST" else None),
        act=lambda given: services.convene(actor=request.actor, **given),
        title="新建会议",
        primary="建立",
        back=reverse("catalogue:meetings"),
        tab="meetings",
    )


@needs(*EVERYWHERE)
@require_http_methods(["GET", "POST"])
def meeting(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The agenda; after the meeting its resolution is recorded, and each item is decided by it."""
    found = get_object_or_404(Meeting, pk=pk)
    form = ResolutionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.record_resolution(
                meeting_id=pk,
                actor=request.actor,
                number=given["resolution_number"],
                text=given["resolution"],
            )
        except DomainError as error:
            if error.http_status in (403, 404):
                raise
            form.add_domain_error(error)
        else:
            return redirect("catalogue:meeting", pk)
    context = {
        "meeting": found,
        "lines": queries.agenda_of(found),
        "form": form,
        "may_decide": request.grants.has(May.DECIDE_ITEM),
        **desk(request, "meetings"),
    }
    return render(request, "catalogue/meeting.html", context, status=422 if request.method == "POST" else 200)
