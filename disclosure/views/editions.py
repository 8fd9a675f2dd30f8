"""历次版本: all editions of an item, the guide of each, two of them side by side, and what stands where none is."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.enumerations import BasisRank, Channel
from catalog.queries.history import Edition, History, differences, history_of, whole_edition
from disclosure import guide as parts
from disclosure.caching import cacheable
from disclosure.forms import CompareForm, OnDayForm
from portal import clock
from portal.web.access import public
from portal.web.errors import NotFound


@public
@require_safe
@cacheable
def editions(request: HttpRequest, code: str) -> HttpResponse:
    """Newest first; ?on=2026-05-01 says which one was in force on that day."""
    today = clock.today()
    history = history_of(code, today)
    form = OnDayForm(request.GET if "on" in request.GET else None, initial={"on": today})
    on = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    context = {
        "code": code,
        "history": history,
        "form": form,
        "on": on,
        "on_edition": history.on_day(on) if on is not None else None,
        "today": today,
    }
    return render(request, "disclosure/editions.html", context)


@public
@require_safe
@cacheable
def edition(request: HttpRequest, code: str, version: str) -> HttpResponse:
    """The guide of that very edition; nothing on it leads to an application."""
    return _reading(request, code, history_of(code, clock.today()), int(version))


@public
@require_safe
@cacheable
def comparison(request: HttpRequest, code: str) -> HttpResponse:
    """The earlier edition always stands first; without ?a= and ?b= the two newest ones are compared."""
    history = history_of(code, clock.today())
    first, second = sorted(_asked(request, history))
    before, after = history.of_version(first), history.of_version(second)
    context = {
        "code": code,
        "history": history,
        "form": CompareForm(chosen=(first, second), choices=_choices(history)),
        "before": before,
        "after": after,
        "groups": differences(before.edition, after.edition) if first != second else [],
    }
    return render(request, "disclosure/compare.html", context)


def not_in_force(request: HttpRequest, code: str) -> HttpResponse:
    """At the address of a guide that has no edition today: the guide to come, or where an ended item went (410).

    Raises NotFound where there has never been one, and for an item that is suspended.
    """
    today = clock.today()
    history = history_of(code, today)
    if (coming := history.coming) is not None:
        return cacheable(lambda request: _reading(request, code, history, coming.version))(request)
    if history.current is not None:
        raise NotFound("这个事项现在暂停办理。")
    context = {"code": code, "history": history, "edition": history.latest.edition, "change": history.ended_by}
    return render(request, "disclosure/item_ended.html", context, status=410)


def _reading(request: HttpRequest, code: str, history: History, version: int) -> HttpResponse:
    shown = history.of_version(version)
    edition = whole_edition(code, version)
    materials = list(edition.materials.all())
    situations = [
        {
            "name": each.name,
            "promised": parts.limit_text(each.promised_n, each.limit_unit),
            "statutory": parts.limit_text(each.statutory_n, each.limit_unit),
        }
        for each in edition.situations.all()
    ]
    context = {
        "code": code,
        "history": history,
        "shown": shown,
        "edition": edition,
        "invented": parts.demonstration_parts(edition),
        "lines": parts.material_lines(materials, None, frozenset()),
        "steps": parts.flow_steps(edition),
        "situation": None,
        "situation_limits": situations,
        "promised": parts.limit_text(edition.promised_n, edition.limit_unit),
        "statutory": parts.limit_text(edition.statutory_n, edition.limit_unit),
        "counting": parts.counting_text(edition, edition.promised_n, edition.limit_unit),
        "applicants": parts.applicants_text(edition),
        "channels": "、".join(Channel(each).label for each in edition.channels),
        "fee_rank": BasisRank(edition.fee_basis_rank).label if edition.fee_basis_rank else "",
        "printing": True,
        "still": True,
    }
    return render(request, "disclosure/edition.html", context)


def _asked(request: HttpRequest, history: History) -> tuple[int, int]:
    """The two versions of the address; one that is no number is unknown."""
    newest = history.latest.version
    usual = {"a": history.editions[min(1, len(history.editions) - 1)].version, "b": newest}
    found = []
    for name in ("a", "b"):
        text = request.GET.get(name, "")
        if text and not (text.isascii() and text.isdigit() and len(text) <= 4):
            raise NotFound("这个事项没有这一版。")
        found.append(int(text) if text else usual[name])
    return found[0], found[1]


def _choices(history: History) -> list[tuple[int, str]]:
    return [(each.version, f"第 {each.version} 版，{_since(each)}") for each in history.editions]


def _since(each: Edition) -> str:
    day: dt.date = each.edition.effective_from
    return f"{day:%Y-%m-%d} 起"
