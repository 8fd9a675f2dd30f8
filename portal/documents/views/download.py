"""The signed PDF for those who may read it; made and signed on first request."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from portal.documents import policies, queries
from portal.documents.services import signed_bytes
from portal.files.responses import file_response
from portal.web.access import signed_in
from portal.web.requests import PortalRequest


@signed_in
@require_safe
def download(request: PortalRequest, pk: UUID) -> HttpResponse:
    """As an attachment, or for the browser's viewer with `?inline=1`."""
    document = queries.readable(pk, request.actor)
    if document is None:
        raise Http404
    policies.opened(request.actor, document)
    return file_response(
        signed_bytes(document),
        name=f"{document.get_kind_display()} {document.number}.pdf",
        content_type="application/pdf",
        inline=bool(request.GET.get("inline")),
    )
