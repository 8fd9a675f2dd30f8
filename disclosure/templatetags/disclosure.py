"""`{% load disclosure %}`: highlights of search hits."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def highlight(text: str, terms: Iterable[str]) -> SafeString:
    """The text with every part that the question names in <mark>; all else is escaped."""
    wanted = sorted({term for term in terms if term.strip()}, key=len, reverse=True)
    if not wanted:
        return escape(text)
    pattern = re.compile("|".join(re.escape(term) for term in wanted), re.IGNORECASE)
    pieces, last = [], 0
    for hit in pattern.finditer(text):
        pieces += [escape(text[last : hit.start()]), f"<mark>{escape(hit[0])}</mark>"]
        last = hit.end()
    # Every piece is escaped above; only the <mark> tags are ours.
    return mark_safe("".join([*pieces, escape(text[last:])]))
