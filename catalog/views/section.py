"""One section of a draft: edit with autosave, or read; one that somebody else has saved is shown beside one's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from catalog import contents
from catalog.comparison import compare
from catalog.forms.section import SectionForm
from catalog.models import ItemChange
from catalog.permissions import READING
from catalog.permissions import CataloguePermission as May
from catalog.queries import changes as queries
from catalog.services import changes as services
from catalog.services.changes import Overtaken
from catalog.shape import SECTIONS, Section, find_section
from catalog.states import ChangeState
from catalog.views.pages import desk
from portal.web.access import needs
from portal.web.errors import DomainError, NotAllowed, NotFound
from portal.web.requests import PortalRequest


@needs(*READING)
@require_http_methods(["GET", "POST"])
def section(request: PortalRequest, pk: UUID, code: str) -> HttpResponse:
    change, found = queries.find(pk, request.actor), find_section(code)
    if found is None or change.content is None:
        raise NotFound("没有这个页面。")
    may_edit = request.grants.has_for(May.EDIT_ITEM, change.department_id) and change.state == ChangeState.DRAFTING
    if request.method == "POST":
        if not request.grants.has_for(May.EDIT_ITEM, change.department_id):
            raise NotAllowed("只有本部门的事项管理员可以修改。")
        return _save(request, change, found)
    form = SectionForm(found, change.content, more=request.GET.get("more", ""))
    return _page(request, change, found, form, digest=services.digest_of(change, found), may_edit=may_edit)


def _save(request: PortalRequest, change: ItemChange, found: Section) -> HttpResponse:
    form = SectionForm(found, change.content or {}, request.POST)
    by_itself = "autosave" in request.POST
    digest = request.POST.get("digest", "")
    overtaken: Overtaken | None = None
    if form.is_valid():
        try:
            change = services.save_section(
                change_id=change.pk, section=found, values=form.values(), digest=digest, actor=request.actor
            )
        except Overtaken as error:
            overtaken = error
        except DomainError as error:
            form.single.add_domain_error(error)
        else:
            if by_itself:
                return _saved_by_itself(request, change, found)
            return redirect(_next(request, change, found))
    if by_itself:
        told = overtaken.message if overtaken is not None else "有内容填写不正确，没有自动保存；按保存可以看到是哪里。"
        return render(request, "catalogue/_autosaved.html", {"told": told, "digest": digest, "now": request.now})
    theirs = compare(overtaken.theirs, form.values()) if overtaken is not None else []
    response = _page(
        request,
        change,
        found,
        form,
        digest=overtaken.digest if overtaken is not None else digest,
        may_edit=True,
        overtaken=overtaken,
        theirs=theirs,
    )
    response.status_code = 409 if overtaken is not None else 422
    return response


def _saved_by_itself(request: PortalRequest, change: ItemChange, found: Section) -> HttpResponse:
    faults = [fault for fault in contents.faults_of(change.content or {}) if _belongs(fault.place, found)]
    context = {"digest": services.digest_of(change, found), "faults": faults, "now": request.now, "told": ""}
    return render(request, "catalogue/_autosaved.html", context)


def _next(request: PortalRequest, change: ItemChange, found: Section) -> str:
    """Where the pressed button leads: a new row, the next section, or the change."""
    here = reverse("catalogue:section", args=[change.pk, found.code])
    more = request.POST.get("more", "")
    if more in found.names:
        return f"{here}?more={more}#{more}-new"
    if "next" in request.POST:
        place = SECTIONS.index(found) + 1
        if place < len(SECTIONS):
            return reverse("catalogue:section", args=[change.pk, SECTIONS[place].code])
    return reverse("catalogue:change", args=[change.pk])


def _belongs(place: str, found: Section) -> bool:
    return place.split(".")[0] in found.names


def _page(
    request: PortalRequest,
    change: ItemChange,
    found: Section,
    form: SectionForm,
    *,
    digest: str,
    may_edit: bool,
    overtaken: Overtaken | None = None,
    theirs: list[Any] | None = None,
) -> HttpResponse:
    remarks: dict[str, list[Any]] = {}
    for remark in change.remarks.order_by("made_at"):
        if remark.sent or remark.author_id == request.user.pk:
            remarks.setdefault(remark.place, []).append(remark)
    faults = [fault for fault in contents.faults_of(change.content or {}) if _belongs(fault.place, found)]
    place = SECTIONS.index(found)
    context = {
        "change": change,
        "section": found,
        "form": form,
        "groups": form.groups(faults, remarks),
        "faults": faults,
        "digest": digest,
        "may_edit": may_edit,
        "overtaken": overtaken,
        "theirs": theirs or [],
        "sections": SECTIONS,
        "previous": SECTIONS[place - 1] if place else None,
        "following": SECTIONS[place + 1] if place + 1 < len(SECTIONS) else None,
    }
    return render(request, "catalogue/section.html", {**context, **desk(request, "changes")})
