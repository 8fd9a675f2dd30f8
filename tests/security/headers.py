"""What every answer has to carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

REQUIRED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
NOBODY = ("object-src", "base-uri", "frame-ancestors")


def policy_of(response: Any) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in response.get("Content-Security-Policy", "").split(";")]
    return {name: value for name, _, value in parts if name}


def faults(response: Any, *, viewer: bool = False) -> Iterator[str]:
    """Every header that is missing or weak; `viewer`: a PDF for the browser's own viewer, whose page has styles."""
    for name, value in REQUIRED.items():
        if response.get(name) != value:
            yield f"{name}: {response.get(name)}"
    if "camera=()" not in response.get("Permissions-Policy", ""):
        yield "Permissions-Policy"
    policy = policy_of(response)
    for directive in NOBODY:
        if policy.get(directive) != "'none'":
            yield f"{directive}: {policy.get(directive)}"
    if policy.get("default-src") not in {"'self'", "'none'"}:
        yield f"default-src: {policy.get('default-src')}"
    for directive, value in policy.items():
        if ("unsafe" in value or "*" in value) and not (viewer and directive == "style-src"):
            yield f"{directive}: {value}"
    if any(name in response for name in ("Server", "X-Powered-By")):
        yield "says what it runs on"
