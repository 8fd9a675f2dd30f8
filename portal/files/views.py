"""Files go out as attachments, after the owner's policy said yes; somebody else's file does not exist."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import structlog
from django.http import Http404, HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from portal.files import queries, storage
from portal.files.models import StoredFile
from portal.files.responses import file_response
from portal.web.access import signed_in
from portal.web.errors import DomainError
from portal.web.requests import PortalRequest

#: What a browser shows without running anything of ours.
PREVIEWED: Final = frozenset({"application/pdf", "image/jpeg", "image/png"})

logger = structlog.get_logger(__name__)


class FileMissing(DomainError):
    """The row is there and the bytes are not: an operator's matter."""

    http_status = 503
    default_code = "file_missing"


@signed_in
@require_safe
def download(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The file under its own name."""
    file = _readable(request, pk)
    return file_response(_content(file), name=file.name, content_type=file.content_type)


@signed_in
@require_safe
@xframe_options_sameorigin
def preview(request: PortalRequest, pk: UUID) -> HttpResponse:
    """An image or a PDF inside the reader of a staff page; anything else is downloaded."""
    file = _readable(request, pk)
    if file.content_type not in PREVIEWED:
        raise Http404
    return file_response(_content(file), name=file.name, content_type=file.content_type, inline=True)


def _readable(request: PortalRequest, pk: UUID) -> StoredFile:
    file = queries.readable(pk, request.actor)
    if file is None:
        raise Http404
    return file


def _content(file: StoredFile) -> bytes:
    try:
        return storage.get(file.sha256)
    except FileNotFoundError:
        logger.error("file_bytes_missing", file=str(file.pk))
        raise FileMissing("文件暂时取不到，请稍后再试。一直不行的，请拨打咨询电话。") from None
