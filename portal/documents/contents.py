"""The one place where a document's canonical data is read from its row and written into it.

The row keeps it encrypted under the person's key; whoever changes how it is kept changes this file.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785

from portal.documents.errors import RenderingFault
from portal.documents.models import OfficialDocument
from portal.privacy.fields import ERASED_TEXT

ERASED: str = "这份文书的个人信息已经按本人请求删除，不能再生成。"


def canonical(data: dict[str, Any]) -> tuple[str, str]:
    """The text to store (RFC 8785) and its SHA-256."""
    text = rfc8785.dumps(data)
    return text.decode(), hashlib.sha256(text).hexdigest()


def is_erased(document: OfficialDocument) -> bool:
    """Whether the person's key, and with it the data, is gone."""
    return bool(document.data == ERASED_TEXT)


def text_of(document: OfficialDocument) -> str:
    """The canonical text, as it was hashed. Raises RenderingFault after erasure."""
    if is_erased(document):
        raise RenderingFault(ERASED, code="document_erased")
    return str(document.data)


def data_of(document: OfficialDocument) -> dict[str, Any]:
    """The data itself. Raises RenderingFault after erasure."""
    found: dict[str, Any] = json.loads(text_of(document))
    return found


def is_intact(document: OfficialDocument) -> bool:
    """Whether the stored text still has the hash that stands in the ledger; nothing can be said after erasure."""
    return is_erased(document) or hashlib.sha256(text_of(document).encode()).hexdigest() == document.data_hash
