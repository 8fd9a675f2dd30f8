"""Addresses of other apps' pages that a public page leads to."""

from __future__ import annotations

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe


def public_address(path: str) -> str:
    """The full address of a page in the standard mode: what stands on paper and in a QR code."""
    if path.startswith("/elder/"):
        path = path[len("/elder") :]
    return f"{settings.PUBLIC_URL}{path}"


def guide_address(basic_code: str) -> str:
    return public_address(reverse("disclosure:guide", args=[basic_code]))


def qr_svg(address: str) -> SafeString:
    """The address as a QR code, drawn in the page; no style attribute, so that the content policy holds."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        omitsize=True, border=2, svgclass="qr", lineclass=None, title="本页网址的二维码"
    )
    # segno draws it from the address alone: no text of a user stands in it.
    return mark_safe(drawn)
