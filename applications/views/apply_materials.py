"""The step 材料: uploads per material; whatever is right stays, whatever is refused says why at its material."""

from __future__ import annotations

from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from applications import services
from applications.attachments import DRAFT_KIND, key_of
from applications.drafting import MaterialState, OpenDraft, open_draft
from applications.links import preview_url
from applications.services.drafts import MAX_REASON
from applications.uploads import place
from applications.views.apply_page import page
from portal.accounts.models import User
from portal.clock import local_date
from portal.files import services as files
from portal.files.errors import FileRefused
from portal.files.limits import ACCEPT, for_the_page
from portal.files.models import Upload
from portal.files.queries import open_uploads
from portal.web.components import ErrorLink
from portal.web.requests import PortalRequest

STEP = "materials"


def materials(request: PortalRequest, opened: OpenDraft) -> HttpResponse:
    """Every button of the page sends the whole form, so that a chosen file is never forgotten."""
    if request.method != "POST":
        return _show(request, opened)
    removed = request.POST.get("remove", "")
    if removed:
        services.detach_from_draft(draft_id=opened.draft.pk, material_id=key_of(removed), actor=request.actor)
    if given_up := request.POST.get("giveup", ""):
        files.cancel_upload(user=cast(User, request.user), upload_id=key_of(given_up), now=request.now)
    _save_choices(request, opened)
    errors = _take_uploads(request, opened)
    anchor = _touched(request, opened, removed)
    onward = "go" in request.POST
    if not errors and not onward:
        if "leave" in request.POST:
            return redirect("applications:drafts")
        return redirect(reverse("applications:draft_step", args=[opened.draft.pk, STEP]) + anchor)
    fresh = open_draft(request.actor, opened.draft.pk, request.now, local_date(request.now))
    for state in fresh.materials:
        state.errors = errors.get(state.requirement.code, [])
        if onward and not state.errors and state.fault:
            state.errors = [state.fault.removeprefix(f"{state.requirement.name}：")]
    if onward and not any(state.errors for state in fresh.materials):
        return redirect("applications:draft_step", opened.draft.pk, "delivery")
    return _show(request, fresh)


def _touched(request: PortalRequest, opened: OpenDraft, removed: str) -> str:
    """The fragment of the material that the visitor was busy with."""
    for state in opened.materials:
        if (
            request.POST.get("upload") == state.requirement.code
            or state.input_name in request.FILES
            or removed in {str(given.pk) for given in state.files}
        ):
            return f"#{state.anchor}"
    return ""


def _save_choices(request: PortalRequest, opened: OpenDraft) -> None:
    chosen = set(request.POST.getlist("not_applicable"))
    codes = [s.requirement.code for s in opened.materials if s.is_conditional and s.requirement.code in chosen]
    reasons = {
        state.requirement.code: request.POST.get(state.reason_name, "").replace("\0", "").strip()[:MAX_REASON]
        for state in opened.materials
        if state.is_conditional and state.reason_name in request.POST
    }
    services.save_draft(
        draft_id=opened.draft.pk,
        actor=request.actor,
        step=STEP,
        not_applicable=codes,
        not_applicable_reasons=opened.draft.not_applicable_reasons | reasons,
    )


def _take_uploads(request: PortalRequest, opened: OpenDraft) -> dict[str, list[str]]:
    """Store every file that came; returns the refusals by material code."""
    errors: dict[str, list[str]] = {}
    total = sum(len(state.files) for state in opened.materials)
    for state in opened.materials:
        count = len(state.files)
        for upload in request.FILES.getlist(state.input_name):
            try:
                files.check_count(of_material=count, of_case=total)
                if _take(request, opened, state, upload):
                    count, total = count + 1, total + 1
            except FileRefused as refused:
                name = f"{upload.name}：" if len(request.FILES.getlist(state.input_name)) > 1 else ""
                errors.setdefault(state.requirement.code, []).append(f"{name}{refused.message}")
    return errors


def _take(request: PortalRequest, opened: OpenDraft, state: MaterialState, upload: UploadedFile) -> bool:
    """Store one file; the same content twice under one material (a page sent again) is once."""
    stored = files.store(
        upload=upload,
        owner_kind=DRAFT_KIND,
        owner_id=opened.draft.pk,
        user=cast(User, request.user),
        now=request.now,
    )
    given = services.attach_to_draft(
        draft_id=opened.draft.pk, requirement_id=state.requirement.pk, file=stored, actor=request.actor
    )
    return given.file_id == stored.pk


def _show(request: PortalRequest, opened: OpenDraft) -> HttpResponse:
    around = page(request, opened, STEP)
    wrong = [
        ErrorLink(state.input_name, state.requirement.name, error)
        for state in opened.materials
        for error in state.errors
    ]
    asked = [state for state in opened.materials if not state.not_applicable]
    uploads = open_uploads(opened.draft.user_id, DRAFT_KIND, opened.draft.pk, request.now)
    context = {
        **around,
        "rows": [_row(state, opened, uploads) for state in opened.materials],
        "summary": wrong,
        "count": len(asked),
        "ready": sum(1 for state in asked if state.files),
        "limits": files.limits_text(),
        "quota": files.quota_text(cast(User, request.user), request.now),
        "pending": any(given.file.is_pending for state in opened.materials for given in state.files),
        "accept": ACCEPT,
        **for_the_page(),
    }
    if wrong:
        context["steps"] = [
            {**row, "state": "error", "note": f"有 {len(wrong)} 处要改"} if row["state"] == "current" else row
            for row in around["steps"]
        ]
    return render(request, "applications/apply/materials.html", context)


def _row(state: MaterialState, opened: OpenDraft, uploads: list[Upload]) -> dict[str, Any]:
    kind, word = state.tag
    return {
        "place": place(DRAFT_KIND, opened.draft.pk, state.requirement.code),
        "uploads": [upload for upload in uploads if upload.slot == state.requirement.code],
        "state": state,
        "kind": kind,
        "word": word,
        "files": [{"given": given, "file": given.file, "url": preview_url(given.file)} for given in state.files],
    }
