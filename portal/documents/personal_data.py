"""The room of official documents in the registry of personal data.

A document's row never changes: its data is unreadable once the person's key is destroyed, and its PDF goes with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from portal.documents.models import OfficialDocument
from portal.files import storage
from portal.files.personal_data import forget_contents
from portal.privacy.masking import ERASED_TEXT
from portal.privacy.rights import Data, Room, register


def _export(key_id: UUID) -> Data:
    found = OfficialDocument.objects.filter(person_key=key_id).select_related("person_key")
    return {
        "文书": [
            {
                "文书": document.get_kind_display(),
                "文号": document.number,
                "出具机关": document.issuer_name,
                "出具时间": document.issued_at.isoformat(),
                "内容": {} if document.data == ERASED_TEXT else json.loads(document.data).get("contents", {}),
            }
            for document in found.order_by("issued_at", "pk")
        ]
    }


def _files(key_id: UUID) -> Iterator[tuple[str, bytes]]:
    """The papers as they lie on disk, signed where they are; what was never opened has not been printed."""
    found = OfficialDocument.objects.filter(person_key=key_id).order_by("issued_at", "pk")
    for document in found:
        sha256 = document.signed_sha256 or document.pdf_sha256
        try:
            content = storage.get(sha256) if sha256 else b""
        except FileNotFoundError:
            continue
        if content:
            yield f"文书/{document.get_kind_display()} {document.number}.pdf", content


def _erase(key_id: UUID) -> None:
    printed = OfficialDocument.objects.filter(person_key=key_id).order_by().values_list("pdf_sha256", "signed_sha256")
    forget_contents({sha256 for both in printed for sha256 in both})


def register_all() -> None:
    """Called from AppConfig.ready()."""
    register(Room("documents", "文书", _export, _erase, files=_files))
