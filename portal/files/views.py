"""Files go out as attachments and their pages as pictures, after the owner's policy said yes.

Somebody else's file does not exist.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.accounts.queries import is_staff_member
from portal.files import policies, queries, storage
from portal.files.limits import WIDTHS
from portal.files.models import StoredFile
from portal.files.paging import page_view
from portal.files.responses import file_response
from portal.web.access import signed_in
from portal.web.errors import DomainError, WrongState
from portal.web.requests import PortalRequest

logger = structlog.get_logger(__name__)


class FileMissing(DomainError):
    """The row is there and the bytes are not: an operator's matter."""

    http_status = 503
    default_code = "file_missing"


@signed_in
@require_safe
def download(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The cleaned file under its own name."""
    file = _clean(_readable(request, pk))
    return file_response(_content(file), name=file.name, content_type=file.content_type)


@signed_in
@require_safe
def preview(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The pages of a file, one by one; what has no pages is for downloading, and the page says so."""
    file = _readable(request, pk)
    here = reverse("files:preview", args=[pk])
    back_url, back_name = policies.place_of(file.owner_kind, request.actor, file.owner_id)
    staff = is_staff_member(request.user)
    context = {
        "base": "base/staff.html" if staff else "base/mine.html",
        "staff": staff,
        "file": file,
        "view": page_view(
            file,
            request.GET.get("p", ""),
            request.GET.get("z", ""),
            lambda page, zoom: f"{here}?p={page}&z={zoom}#page",
        )
        if queries.has_bytes(file)
        else None,
        "back_url": back_url,
        "back_name": back_name,
    }
    return render(request, "files/preview.html", context)


@signed_in
@require_safe
def page(request: PortalRequest, pk: UUID, number: int) -> HttpResponse:
    """One page as a picture."""
    file = _clean(_readable(request, pk))
    zoom = request.GET.get("z", "1")
    if not 1 <= number <= file.pages or zoom not in {str(place + 1) for place in range(len(WIDTHS))}:
        raise Http404
    try:
        picture = queries.page_picture(file, number, int(zoom))
    except FileNotFoundError:
        raise _missing(file) from None
    return file_response(picture, name=f"{file.name}-{number}.jpg", content_type="image/jpeg", inline=True)


def _readable(request: PortalRequest, pk: UUID) -> StoredFile:
    file = queries.readable(pk, request.actor)
    if file is None:
        raise Http404
    policies.opened(request.actor, file)
    return file


def _clean(file: StoredFile) -> StoredFile:
    if file.is_refused:
        raise WrongState(f"“{file.name}”没有通过检查，不能打开。{file.refusal}", code="file_refused")
    if file.is_pending:
        raise WrongState(f"“{file.name}”正在检查，通过以后才能打开。请过一会儿再试。", code="file_pending")
    return file


def _content(file: StoredFile) -> bytes:
    try:
        return storage.get(file.sha256)
    except FileNotFoundError:
        raise _missing(file) from None


def _missing(file: StoredFile) -> FileMissing:
    logger.error("file_bytes_missing", file=str(file.pk))
    return FileMissing("文件暂时取不到，请稍后再试。一直不行的，请拨打咨询电话。")
