"""How stored bytes leave the portal: never as a page of our own."""

from __future__ import annotations

import re
from urllib.parse import quote

from django.http import HttpResponse

_SANDBOX = (
    "default-src 'none'; img-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox"
)
# A browser's own PDF viewer does not start inside a sandbox, and styles its page by attributes; a PDF has no origin of
# its own and runs no script of ours.
_PDF_VIEWER = _SANDBOX.removesuffix("; sandbox") + "; style-src 'unsafe-inline'"


def file_response(content: bytes, *, name: str, content_type: str, inline: bool = False) -> HttpResponse:
    """The bytes as an attachment, or inline for the browser's own viewer.

    The policy is set here and not by the page's: a stored file runs nothing, sends nothing and is nobody's frame.
    """
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = disposition(name, inline=inline)
    response["X-Content-Type-Options"] = "nosniff"
    is_viewed = inline and content_type == "application/pdf"
    response["Content-Security-Policy"] = _PDF_VIEWER if is_viewed else _SANDBOX
    response["Cache-Control"] = "no-store, private"
    return response


def disposition(name: str, *, inline: bool) -> str:
    """RFC 6266 with RFC 5987: a plain ASCII name for the old, the true one for the rest."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name).strip() or "file"
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
