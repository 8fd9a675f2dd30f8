"""Official documents hold personal data: they are given out as copies, and emptied when their term has run out."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from portal.documents.models import OfficialDocument
from portal.files.personal_data import forget_contents
from portal.privacy.masking import ERASED_TEXT


def copies(*, subject_kind: str, subject_id: UUID) -> list[dict[str, Any]]:
    """What the documents of a subject say, as they are stored."""
    found = OfficialDocument.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return [
        {
            "文书": document.get_kind_display(),
            "文号": document.number,
            "出具机关": document.issuer_name,
            "出具时间": document.issued_at.isoformat(),
            "内容": {} if document.data == ERASED_TEXT else json.loads(document.data).get("contents", {}),
        }
        for document in found.select_related("person_key").order_by("issued_at", "pk")
    ]


def forget(*, subject_kind: str, subject_id: UUID) -> None:
    """Empty the data of a subject's documents and remove their PDFs; number, dates and hash stay as evidence."""
    found = OfficialDocument.objects.select_related("person_key")
    for document in found.filter(subject_kind=subject_kind, subject_id=subject_id):
        printed = document.pdf_sha256
        if document.person_key is None or not document.person_key.is_erased:
            document.data = ERASED_TEXT
        document.pdf_sha256, document.pdf_size, document.rendered_at = "", 0, None
        document.save(update_fields=["data", "pdf_sha256", "pdf_size", "rendered_at"])
        forget_contents({printed})
