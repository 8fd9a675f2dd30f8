"""Uploads in pieces over HTTP, as the tus protocol 1.0.0 has them: creation, expiration, termination.

Departures: an upload of the same file to the same place that was begun before is found again by its creation, and the
place to go on from stands in that answer as well. A refusal is one Chinese sentence as plain text.
"""

from __future__ import annotations

import base64
import binascii
from email.utils import format_datetime
from typing import Final, cast
from uuid import UUID

from django.http import HttpResponse, UnreadablePostError
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.accounts.models import User
from portal.files import limits, services
from portal.files.errors import UploadsTooFast
from portal.files.models import Upload
from portal.files.services.receiving import checked_at_once
from portal.files.services.uploading import OffsetDiffers
from portal.web.access import signed_in
from portal.web.errors import BadInput, DomainError, NotFound
from portal.web.requests import PortalRequest

VERSION: Final = "1.0.0"
_PIECE: Final = "application/offset+octet-stream"


@signed_in
@require_http_methods(["POST", "OPTIONS"])
def create(request: PortalRequest) -> HttpResponse:
    """POST begins an upload; its metadata name the file, the place and the chosen file's fingerprint."""
    if request.method == "OPTIONS":
        return _told(HttpResponse(status=204))
    if (wrong := _wrong_version(request)) is not None:
        return wrong
    try:
        size = _number(request, "Upload-Length")
        given = metadata(request.headers.get("Upload-Metadata", ""))
        kind, target_id, slot = _place(given.get("target", ""))
        upload = services.begin_upload(
            actor=request.actor,
            user=cast(User, request.user),
            target_kind=kind,
            target_id=target_id,
            slot=slot,
            name=given.get("filename", ""),
            fingerprint=given.get("fingerprint", ""),
            size=size,
            now=request.now,
        )
    except DomainError as error:
        return _refused(error)
    response = _state(upload, 201)
    response["Location"] = reverse("files:upload", args=[upload.pk])
    return response


@signed_in
@require_http_methods(["HEAD", "PATCH", "DELETE", "OPTIONS"])
def upload(request: PortalRequest, pk: UUID) -> HttpResponse:
    """HEAD tells how far it is, PATCH brings the next piece, DELETE gives it up."""
    if request.method == "OPTIONS":
        return _told(HttpResponse(status=204))
    if (wrong := _wrong_version(request)) is not None:
        return wrong
    try:
        match request.method:
            case "PATCH":
                return _append(request, pk)
            case "DELETE":
                services.cancel_upload(user=cast(User, request.user), upload_id=pk, now=request.now)
                return _resumable(HttpResponse(status=204))
            case _:
                return _state(_own(request, pk), 200)
    except OffsetDiffers as differs:
        response = _refused(differs)
        response["Upload-Offset"] = str(differs.offset)
        return response
    except DomainError as error:
        return _refused(error)


def _append(request: PortalRequest, pk: UUID) -> HttpResponse:
    if request.content_type != _PIECE:
        return _resumable(HttpResponse("内容类型不对。", content_type="text/plain; charset=utf-8", status=415))
    offset, content = _number(request, "Upload-Offset"), _piece(request)
    done = services.append(
        actor=request.actor,
        user=cast(User, request.user),
        upload_id=pk,
        offset=offset,
        content=content,
        now=request.now,
    )
    if done.file is not None:
        checked_at_once(done.file)
    return _state(done, 204)


def _piece(request: PortalRequest) -> bytes:
    """What arrived of the piece, also when the line broke in the middle of it."""
    content = bytearray()
    try:
        while block := request.read(64 * 1024):
            content += block
            if len(content) > limits.MAX_CHUNK:
                raise BadInput("一次传的内容太大。", code="piece_too_large", field=None)
    except UnreadablePostError:
        pass
    return bytes(content)


def _own(request: PortalRequest, pk: UUID) -> Upload:
    found = Upload.objects.filter(pk=pk, user_id=str(request.actor.user_id), expires_at__gt=request.now).first()
    if found is None:
        raise NotFound("没有这个上传，可能已经放弃。请重新选择文件。")
    return found


def metadata(header: str) -> dict[str, str]:
    """`name base64,name base64` as texts; raises BadInput."""
    found = {}
    for pair in header.split(",") if header.strip() else ():
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise BadInput("上传信息不完整，请刷新页面后再试。", code="metadata") from None
        if "\0" in found[name]:
            found[name] = found[name].replace("\0", "")
    return found


def _place(text: str) -> tuple[str, UUID, str]:
    """`kind:id:slot`"""
    kind, _, rest = text.partition(":")
    target, _, slot = rest.partition(":")
    try:
        return kind, UUID(target), slot[:64]
    except ValueError:
        raise NotFound("没有这个上传位置。") from None


def _number(request: PortalRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise BadInput("上传信息不完整，请刷新页面后再试。", code="metadata")
    return int(text)


def _wrong_version(request: PortalRequest) -> HttpResponse | None:
    if request.headers.get("Tus-Resumable") == VERSION:
        return None
    response = _resumable(HttpResponse(status=412))
    response["Tus-Version"] = VERSION
    return response


def _state(upload: Upload, status: int) -> HttpResponse:
    response = _resumable(HttpResponse(status=status))
    response["Upload-Offset"] = str(upload.offset)
    response["Upload-Length"] = str(upload.size)
    response["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    return response


def _refused(error: DomainError) -> HttpResponse:
    response = HttpResponse(error.message, content_type="text/plain; charset=utf-8", status=error.http_status)
    if isinstance(error, UploadsTooFast):
        response["Retry-After"] = str(error.retry_after)
    return _resumable(response)


def _resumable(response: HttpResponse) -> HttpResponse:
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    return response


def _told(response: HttpResponse) -> HttpResponse:
    response["Tus-Version"] = VERSION
    response["Tus-Extension"] = "creation,expiration,termination"
    response["Tus-Max-Size"] = str(limits.MAX_BYTES)
    return _resumable(response)
