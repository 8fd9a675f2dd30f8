"""The catalogue by who is served, department, theme and kind."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.enumerations import FIRM_THEMES, PERSON_THEMES, PlanKind
from catalog.models import ItemEdition
from catalog.queries import FIRM, PERSON, browse, department_counts, theme_counts
from catalog.search import CANDIDATES, find_items
from disclosure.caching import cacheable
from disclosure.forms import BrowseForm, page_number
from disclosure.queries import successors
from portal import clock
from portal.web.access import public
from portal.web.paging import PAGE_SIZE, OrderKey, paginate, query_string

TITLES = {PERSON: "个人办事", FIRM: "法人办事", "": "全部事项"}
THEMES = frozenset(PERSON_THEMES) | frozenset(FIRM_THEMES)


def _filters(request: HttpRequest) -> dict[str, str]:
    """What the address asks for; a value that does not exist is as if it were not there."""
    asked = {
        name: request.GET.get(name, "").replace("\0", "").strip()
        for name in ("for", "department", "theme", "kind", "q")
    }
    return {
        "for": asked["for"] if asked["for"] in (PERSON, FIRM) else "",
        "department": asked["department"] if re.fullmatch(r"[0-9]{3}", asked["department"]) else "",
        "theme": asked["theme"] if asked["theme"] in THEMES else "",
        "kind": asked["kind"] if asked["kind"] in PlanKind.values else "",
        "q": asked["q"],
    }


@public
@require_safe
@cacheable
def items(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    wanted = _filters(request)
    departments = [entry for entry in department_counts(today) if entry.count]
    themes = theme_counts(wanted["for"], today) if wanted["for"] else [
        *theme_counts(PERSON, today), *theme_counts(FIRM, today)
    ]  # fmt: skip
    form = BrowseForm(
        wanted,
        audience=wanted["for"],
        departments=[(entry.department.number, entry.department.name) for entry in departments],
        themes=list(dict.fromkeys(theme.name for theme in themes)),
    )
    found = browse(
        on=today,
        audience=wanted["for"],
        department=wanted["department"],
        theme=wanted["theme"],
        kind=wanted["kind"],
    )
    listed = _by_words(request, found, wanted["q"], today) if wanted["q"] else _by_number(request, found)
    title = wanted["theme"] or TITLES[wanted["for"]]
    if wanted["department"] and not wanted["theme"]:
        names = {entry.department.number: entry.department.name for entry in departments}
        title = names.get(wanted["department"], title)
    narrowed = any(wanted[name] for name in ("department", "theme", "kind", "q"))
    return render(
        request,
        "disclosure/browse.html",
        {
            "title": title,
            "audience": wanted["for"],
            "audience_title": TITLES[wanted["for"]],
            "form": form,
            "themes": themes if wanted["for"] and not narrowed else [],
            "clear_url": query_string(request, department=None, theme=None, kind=None, q=None) if narrowed else "",
            "counts": _kind_counts(request, today, wanted),
            **listed,
        },
    )


def _by_number(request: HttpRequest, found: Any) -> dict[str, Any]:
    page = paginate(found, request, order=[OrderKey("item__number", nullable=True), "item__basic_code"])
    return {
        "editions": page.rows,
        "count": found.count(),
        "previous_url": page.previous_url,
        "next_url": page.next_url,
    }


def _by_words(request: HttpRequest, found: Any, question: str, today: dt.date) -> dict[str, Any]:
    """Answers in the order of the search; there are at most `CANDIDATES` of them."""
    hits = [hit.edition.pk for hit in find_items(question, on=today, limit=CANDIDATES).hits]
    places = {pk: place for place, pk in enumerate(hits)}
    editions: list[ItemEdition] = sorted(found.filter(pk__in=hits), key=lambda edition: places[edition.pk])
    pages = max(1, -(-len(editions) // PAGE_SIZE))
    page = min(page_number(request), pages)
    return {
        "editions": editions[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        "count": len(editions),
        "previous_url": query_string(request, page=str(page - 1), parameter="_") if page > 1 else "",
        "next_url": query_string(request, page=str(page + 1), parameter="_") if page < pages else "",
    }


def _kind_counts(request: HttpRequest, today: dt.date, wanted: dict[str, str]) -> list[dict[str, Any]]:
    """The plan's kinds with how many items each has under the other filters."""
    kinds = list(
        browse(on=today, audience=wanted["for"], department=wanted["department"], theme=wanted["theme"])
        .order_by()
        .values_list("kind", flat=True)
    )
    choices = [("", "全部类别", len(kinds)), *((k.value, k.label, kinds.count(k.value)) for k in PlanKind)]
    return [
        {
            "label": label,
            "count": count,
            "current": value == wanted["kind"],
            "url": query_string(request, kind=value or None),
        }
        for value, label, count in choices
        if count or value == wanted["kind"]
    ]


@public
@require_safe
@cacheable
def departments(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    counts = department_counts(today)
    names = successors([entry.department for entry in counts], today)
    lines = [
        {"department": entry.department, "count": entry.count, "now": "、".join(names.get(entry.department.pk, []))}
        for entry in counts
    ]
    return render(
        request,
        "disclosure/departments.html",
        {
            "lines": lines,
            "with_items": sum(1 for line in lines if line["count"]),
            "total": sum(e.count for e in counts),
        },
    )
