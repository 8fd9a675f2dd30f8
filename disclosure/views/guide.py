"""办事指南: everything about one item on one page."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from applications.transitions import TABLE
from catalog import queries
from catalog.enumerations import BasisRank, Channel, Necessity
from catalog.models import ItemEdition, Situation
from catalog.queries.history import history_of
from disclosure import guide as parts
from disclosure.addresses import guide_address, qr_svg
from disclosure.caching import cacheable, page_of_version
from disclosure.queries import GuideVersion, guide_version
from disclosure.views.editions import not_in_force
from portal.web.access import public
from portal.workdays.queries import current_calendar


@public
@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    version = guide_version(code)
    if version is None:
        return not_in_force(request, code)
    situation = request.GET.get("situation", "")
    if set(request.GET) - {"situation"}:
        # Ticks and chosen conditions are this visitor's own: nothing to keep for others.
        return cacheable(lambda request: _page(request, code, version))(request)
    known = situation if situation.isalnum() and len(situation) <= 4 else ""
    key = (version.edition_id, version.digest, version.today, version.calendar, version.editions, known)
    return page_of_version(request, key, lambda: _page(request, code, version))


@public
@require_safe
def guide_print(request: HttpRequest, code: str) -> HttpResponse:
    version = guide_version(code)
    if version is None:
        return not_in_force(request, code)
    key = ("print", version.edition_id, version.digest, version.today, version.calendar, version.editions)
    return page_of_version(
        request, key, lambda: render(request, "disclosure/guide_print.html", _context(request, code, version))
    )


def _page(request: HttpRequest, code: str, version: GuideVersion) -> HttpResponse:
    return render(request, "disclosure/guide.html", _context(request, code, version))


def _context(request: HttpRequest, code: str, version: GuideVersion) -> dict[str, Any]:
    edition = queries.edition_in_force(code, version.today)
    situations = list(edition.situations.all())
    situation = _chosen(situations, request.GET.get("situation", ""))
    materials = list(edition.materials.all())
    conditional = [m for m in materials if m.necessity == Necessity.CONDITIONAL]
    chosen = frozenset(request.GET.getlist("need")) if "chosen" in request.GET else None
    lines = parts.material_lines(materials, chosen, frozenset(request.GET.getlist("ready")))
    limits: ItemEdition | Situation = situation or edition
    due = parts.due_today(edition, situation, current_calendar(), version.today)
    return {
        "edition": edition,
        "elements": parts.ELEMENTS,
        "invented": parts.demonstration_parts(edition),
        "today": version.today,
        "situations": situations,
        "situation": situation,
        "conditions": [{"material": m, "checked": chosen is None or m.code in chosen} for m in conditional],
        "chosen": chosen is not None,
        "lines": lines,
        "conditional_count": sum(1 for line in lines if line.material.necessity == Necessity.CONDITIONAL),
        "steps": parts.flow_steps(edition),
        "flow_chart": _flow_chart(),
        "promised": parts.limit_text(limits.promised_n, limits.limit_unit),
        "statutory": parts.limit_text(limits.statutory_n, limits.limit_unit),
        "counting": parts.counting_text(edition, limits.promised_n, limits.limit_unit),
        "due": due,
        "why_url": _why_url(edition, situation, due),
        "apply_url": _apply_url(edition),
        "applicants": parts.applicants_text(edition),
        "channels": "、".join(Channel(c).label for c in edition.channels),
        "theme": next(iter([*edition.themes_firm, *edition.themes_person]), ""),
        "audience": queries.FIRM if edition.serves_firms and edition.themes_firm else queries.PERSON,
        "fee_rank": BasisRank(edition.fee_basis_rank).label if edition.fee_basis_rank else "",
        "address": guide_address(code),
        "qr": qr_svg(guide_address(code)),
        "history": history_of(code, version.today),
    }


@lru_cache(maxsize=1)
def _flow_chart() -> SafeString:
    """The table that the cases themselves run by, drawn: the published flow chart cannot differ from it."""
    # Drawn from the program's own table; no text of a user stands in it.
    return mark_safe(TABLE.to_svg(public_only=True))


def _chosen(situations: list[Situation], code: str) -> Situation | None:
    """The situation of the address, else the first one: its limits are those that stand at the top of the edition."""
    return next((s for s in situations if s.code == code), situations[0] if situations else None)


def _why_url(edition: ItemEdition, situation: Situation | None, due: parts.Due | None) -> str:
    if due is None or due.immediate:
        return ""
    query = {"item": edition.item.basic_code, "start": "accepted", "on": due.accepted_on.isoformat()}
    if situation is not None:
        query["situation"] = situation.code
    return f"{reverse('disclosure:calculator')}?{urlencode(query)}#result"


def _apply_url(edition: ItemEdition) -> str:
    """Where an application begins; empty when the item is not applied for online."""
    if not edition.by_application or not {Channel.COMPUTER, Channel.MOBILE} & set(edition.channels):
        return ""
    try:
        return reverse("applications:apply_begin", args=[edition.item.basic_code])
    except NoReverseMatch:
        return f"{get_script_prefix()}apply/{edition.item.basic_code}/"
