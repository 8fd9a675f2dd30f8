"""What the outbox does for documents after the act's commit."""

from __future__ import annotations

from uuid import UUID

from portal.documents import contents
from portal.documents.models import OfficialDocument
from portal.documents.services.issuing import RENDER
from portal.documents.services.sealing import signed_bytes
from portal.outbox.registry import JobView, handler


@handler(RENDER, label="生成文书")
def render_job(job: JobView) -> None:
    """Make and sign the PDF; a document that is signed is left as it is."""
    document = OfficialDocument.objects.select_related("person_key").get(pk=UUID(job.payload["document"]))
    if not document.signed_sha256 and not contents.is_erased(document):
        signed_bytes(document)
