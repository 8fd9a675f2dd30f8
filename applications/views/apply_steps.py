"""The steps of a draft: one address each; each saves and moves on, and each can be visited again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from applications import services
from applications.drafting import ORDER, STEPS, OpenDraft, edition_changes, open_draft
from applications.forms.apply import ApplicantForm, ConditionsForm, DeliveryForm, StepForm
from applications.forms.details import DetailsForm
from applications.links import guide_url
from applications.views import apply_check, apply_materials
from applications.views.apply import done_page
from applications.views.apply_page import page
from portal.clock import local_date
from portal.web.access import signed_in
from portal.web.errors import DomainError, NotFound
from portal.web.requests import PortalRequest

FORMS: dict[str, type[StepForm]] = {
    "conditions": ConditionsForm,
    "applicant": ApplicantForm,
    "details": DetailsForm,
    "delivery": DeliveryForm,
}


@signed_in
@require_http_methods(["GET", "POST"])
def draft_step(request: PortalRequest, draft_id: UUID, step: str) -> HttpResponse:
    """One step of a draft; a submitted draft leads to its case, an outdated one to what changed."""
    if step not in STEPS:
        raise NotFound("没有这个步骤。")
    opened = open_draft(request.actor, draft_id, request.now, local_date(request.now))
    if opened.draft.case_id is not None:
        return done_page(draft_id)
    if request.method == "POST" and "follow" in request.POST:
        services.follow_edition(draft_id=draft_id, actor=request.actor)
        return redirect("applications:draft_step", draft_id, "conditions")
    if not opened.is_open or (opened.current is not None and (request.method != "POST" or step == "check")):
        return _outdated(request, opened)
    if step == "materials":
        return apply_materials.materials(request, opened)
    if step == "check":
        return apply_check.check(request, opened)
    return _form_step(request, opened, step)


def _form_step(request: PortalRequest, opened: OpenDraft, step: str) -> HttpResponse:
    form: Any
    if request.method != "POST":
        form = FORMS[step](opened=opened)
        return _show(request, opened, step, form)
    form = FORMS[step](request.POST, opened=opened)
    leaving = "leave" in request.POST
    right = form.is_valid()
    if right or step == "details" or (leaving and form.only_lacks()):
        try:
            services.save_draft(
                draft_id=opened.draft.pk, actor=request.actor, step=step, **form.storable()
            )
        except DomainError as error:
            form.add_domain_error(error)
            return _show(request, opened, step, form)
    if leaving and (right or form.only_lacks()):
        return redirect("applications:drafts")
    if not right:
        return _show(request, opened, step, form)
    return redirect("applications:draft_step", opened.draft.pk, ORDER[ORDER.index(step) + 1])


def _show(request: PortalRequest, opened: OpenDraft, step: str, form: StepForm) -> HttpResponse:
    return render(request, f"applications/apply/{step}.html", {**page(request, opened, step), "form": form})


def _outdated(request: PortalRequest, opened: OpenDraft) -> HttpResponse:
    context = {
        "draft": opened.draft,
        "edition": opened.edition,
        "is_open": opened.is_open,
        "changes": edition_changes(opened.edition, opened.current) if opened.current is not None else [],
        "guide_url": guide_url(opened.edition.item.basic_code),
    }
    return render(request, "applications/apply/outdated.html", context)
