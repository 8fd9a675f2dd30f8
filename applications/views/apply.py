"""申请: where an online application begins, the list of drafts, and the page after submission."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from applications import services
from applications.drafting import STEPS, open_draft
from applications.links import document_url, guide_url
from applications.models import Draft
from applications.queries import documents_of, open_drafts
from catalog.enumerations import Channel
from catalog.models import ItemEdition
from catalog.queries import edition_in_force
from portal.accounts.queries import is_staff_member
from portal.clock import local_date
from portal.documents.kinds import DocumentKind
from portal.web.access import signed_in
from portal.web.errors import NotFound
from portal.web.requests import PortalRequest

ONLINE = {Channel.COMPUTER.value, Channel.MOBILE.value}


@signed_in
@require_http_methods(["GET", "POST"])
def begin(request: PortalRequest, code: str) -> HttpResponse:
    """What lies ahead; the draft is made by the button, not by looking."""
    edition = edition_in_force(code, local_date(request.now))
    draft = open_drafts(request.actor, request.now).filter(edition__item=edition.item_id).order_by("-saved_at").first()
    obstacle = _obstacle(request, edition)
    if request.method == "POST" and not obstacle:
        if draft is not None and "anew" in request.POST:
            services.discard_draft(draft_id=draft.pk, actor=request.actor)
        begun = services.begin_draft(edition=edition, actor=request.actor)
        return redirect("applications:draft_step", begun.pk, "conditions")
    context = {
        "edition": edition,
        "obstacle": obstacle,
        "draft": draft,
        "draft_step": first_open_step(draft) if draft is not None else "",
        "steps": list(STEPS.values()),
        "guide_url": guide_url(code),
    }
    return render(request, "applications/apply/begin.html", context)


def _obstacle(request: PortalRequest, edition: ItemEdition) -> dict[str, str]:
    """Why this item is not applied for here; empty when nothing stands in the way."""
    if not edition.by_application:
        return {
            "title": "这个事项不用申请",
            "text": f"它由{edition.department.name}依职权主动开展，不收申请材料，也不收费。",
        }
    if not ONLINE & set(edition.channels):
        return {"title": "这个事项要到窗口办理", "text": f"办理地点：{edition.place}。办理时间：{edition.hours}。"}
    if is_staff_member(request.user):
        return {"title": "工作人员账号不能申请", "text": "请退出后用您自己的个人账号登录。"}
    return {}


def first_open_step(draft: Draft) -> str:
    """Where to go on: the first step that was not saved yet."""
    return next((step for step in STEPS if step not in draft.steps_done), "check")


@signed_in
@require_safe
def drafts(request: PortalRequest) -> HttpResponse:
    """What was begun and not submitted."""
    found = open_drafts(request.actor, request.now).order_by("-saved_at")
    return render(request, "applications/apply/drafts.html", {"drafts": draft_rows(list(found))})


def draft_rows(found: list[Draft]) -> list[dict[str, Any]]:
    return [{"draft": draft, "step": first_open_step(draft), "done": len(draft.steps_done)} for draft in found]


@signed_in
@require_http_methods(["GET", "POST"])
def discard(request: PortalRequest, draft_id: UUID) -> HttpResponse:
    """Asks once, then throws the draft away."""
    opened = open_draft(request.actor, draft_id, request.now, local_date(request.now))
    if opened.draft.case_id is not None:
        return done_page(draft_id)
    if request.method == "POST":
        services.discard_draft(draft_id=draft_id, actor=request.actor)
        return redirect("applications:drafts")
    return render(request, "applications/apply/discard.html", {"draft": opened.draft})


@signed_in
@require_safe
def done(request: PortalRequest, draft_id: UUID) -> HttpResponse:
    """已提交: number, query code, receipt, and what comes next."""
    draft = (
        Draft.objects.select_related("case__clock", "case__edition", "case__department")
        .filter(pk=draft_id, user_id=str(request.actor.user_id))
        .first()
    )
    if draft is None:
        raise NotFound("没有这份草稿。")
    if draft.case is None:
        return redirect("applications:draft_step", draft_id, "check")
    receipt = documents_of(draft.case).filter(kind=DocumentKind.RECEIPT).first()
    context = {
        "case": draft.case,
        "lines": [f"办件编号 {draft.case.number}", f"查询码 {draft.case.query_code}"],
        "receipt_url": document_url(receipt) if receipt is not None else "",
    }
    return render(request, "applications/apply/done.html", context)


def done_page(draft_id: UUID) -> HttpResponseRedirect:
    return redirect("applications:draft_done", draft_id)
