"""How stored bytes leave the portal: never as a page of our own."""

from __future__ import annotations

import re
from urllib.parse import quote

from django.http import HttpResponse

_SANDBOX = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'none'; sandbox"


def file_response(content: bytes, *, name: str, content_type: str, inline: bool = False) -> HttpResponse:
    """The bytes as an attachment, or inline for a frame of this very site.

    The policy is set here and not by the page's: a stored file runs nothing, sends nothing and is nobody's frame.
    """
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = disposition(name, inline=inline)
    response["X-Content-Type-Options"] = "nosniff"
    frame = "'self'" if inline else "'none'"
    # A browser's own PDF viewer does not start inside a sandbox; a PDF has no origin of its own, the rest still holds.
    policy = _SANDBOX.removesuffix("; sandbox") if inline and content_type == "application/pdf" else _SANDBOX
    response["Content-Security-Policy"] = f"{policy}; frame-ancestors {frame}"
    response["Cache-Control"] = "no-store, private"
    return response


def disposition(name: str, *, inline: bool) -> str:
    """RFC 6266 with RFC 5987: a plain ASCII name for the old, the true one for the rest."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name).strip() or "file"
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
