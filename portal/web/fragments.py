"""Pieces of pages that depend on nothing but their values: drawn once for equal values in each process.

A list shows the same rows to many readers and again and again to one; drawing them is most of what a page costs.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.core.signals import setting_changed
from django.template import Context
from django.template.loader import get_template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString

from portal.web.context_processors import SITE

KEPT: Final = 4096
#: Of pieces of many kilobytes: whole tables, clock strips.
KEPT_LARGE: Final = 256


def fragment(template_name: str, *, large: bool = False, **values: Hashable) -> SafeString:
    """The template with these values and what every page knows (`site`, `demonstration`, `elder`); no request.

    Values are compared by equality and type: texts, numbers, dates, and frozen dataclasses of such. Inside of those no
    text may be marked as safe, since it is equal to the same text that is not.
    """
    if settings.DEBUG:
        return _draw(template_name, get_script_prefix(), settings.DEMONSTRATION, values)
    known = tuple((name, type(value), value) for name, value in values.items())
    return (_kept_large if large else _kept)(template_name, get_script_prefix(), settings.DEMONSTRATION, known)


Known = tuple[tuple[str, type, Hashable], ...]


@lru_cache(maxsize=KEPT)
def _kept(template_name: str, prefix: str, demonstration: bool, known: Known) -> SafeString:
    return _draw(template_name, prefix, demonstration, {name: value for name, _, value in known})


@lru_cache(maxsize=KEPT_LARGE)
def _kept_large(template_name: str, prefix: str, demonstration: bool, known: Known) -> SafeString:
    return _draw(template_name, prefix, demonstration, {name: value for name, _, value in known})


def _draw(template_name: str, prefix: str, demonstration: bool, values: dict[str, Any]) -> SafeString:
    # The engine's own template: the backend's would ask the context processors, which ask the request.
    template: Any = get_template(template_name)
    known = {"site": SITE, "demonstration": demonstration, "elder": prefix.endswith("/elder/")}
    return SafeString(template.template.render(Context(known | values)))


def forget(**_signal: Any) -> None:
    """Draw everything anew: another setting may mean other addresses."""
    _kept.cache_clear()
    _kept_large.cache_clear()


setting_changed.connect(forget, dispatch_uid="portal.web.fragments")
