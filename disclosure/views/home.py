"""The home page: the task first."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from applications.publicity import public_line, published_cases
from catalog.models import ItemEdition
from catalog.queries import FIRM, PERSON, department_counts, editions_in_force
from disclosure.caching import cacheable
from disclosure.queries import city_figures, hall_today
from portal import clock
from portal.clock import local_date
from portal.web.access import public
from portal.workdays.queries import current_calendar

TABS: Final = ((PERSON, "个人"), (FIRM, "法人"), ("department", "部门"), ("theme", "主题"))
LATEST: Final = 6
SHOWN_PER_GROUP: Final = 3


@dataclass(slots=True)
class Group:
    """A theme or a department with the first of its items."""

    name: str
    query: str
    items: list[ItemEdition] = field(default_factory=list)
    count: int = 0

    @property
    def shown(self) -> list[ItemEdition]:
        return self.items[:SHOWN_PER_GROUP]


@public
@require_safe
@cacheable
def home(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    today = local_date(now)
    tab = request.GET.get("tab", PERSON)
    tab = tab if tab in dict(TABS) else PERSON
    editions = list(
        editions_in_force(today).only(
            "name", "themes_person", "themes_firm", "service_objects", "item__basic_code", "item__number",
            "department__number", "department__name",
        )
    )  # fmt: skip
    wanted = _data()
    by_number = {edition.item.number: edition for edition in editions}
    calendar = current_calendar()
    figures = city_figures(now)
    return render(
        request,
        "disclosure/home_elder.html" if getattr(request, "elder", False) else "disclosure/home.html",
        {
            "hot_words": wanted["hot_words"],
            "elder_matters": [by_number[number] for number in wanted["elder_matters"] if number in by_number],
            "tabs": [{"key": key, "label": label, "current": key == tab} for key, label in TABS],
            "groups": _groups(editions, tab, today),
            "items_count": len(editions),
            "hall": hall_today(today),
            "today": today,
            "hall_open": calendar.is_workday(today),
            "next_open": calendar.next_workday(today),
            "figures": figures,
            "figure_rows": _figure_rows(figures, today) if figures.received else [],
            "latest": [public_line(case) for case in published_cases({}).order_by("-received_at", "-id")[:LATEST]],
        },
    )


def _groups(editions: list[ItemEdition], tab: str, today: dt.date) -> list[Group]:
    if tab == "department":
        return [
            Group(
                entry.department.name,
                f"department={entry.department.number}",
                [e for e in editions if e.department_id == entry.department.pk],
                entry.count,
            )
            for entry in department_counts(today)
            if entry.count
        ]
    groups: dict[str, Group] = {}
    for edition in editions:
        themes = {PERSON: edition.themes_person, FIRM: edition.themes_firm}.get(
            tab, [*edition.themes_person, *edition.themes_firm]
        )
        for theme in dict.fromkeys(themes):
            audience = f"for={tab}&" if tab in (PERSON, FIRM) else ""
            group = groups.setdefault(theme, Group(theme, f"{audience}theme={theme}"))
            group.items.append(edition)
            group.count += 1
    return list(groups.values())


def _figure_rows(figures: Any, today: dt.date) -> list[dict[str, str]]:
    time = f"{today.month}月1日到现在"
    rows = [
        {"label": "本月收件", "value": f"{figures.received} 件", "note": f"{time}收到的全部办件"},
        {"label": "本月办结", "value": f"{figures.concluded} 件", "note": f"{time}作出决定并办结的"},
    ]
    if figures.decided:
        rows.append(
            {
                "label": "按时作出决定",
                "value": figures.on_time_percent,
                "note": f"承诺到期日或以前决定的 {figures.on_time} 件 ÷ 本月决定的 {figures.decided} 件",
            }
        )
    return rows


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    path = Path(__file__).resolve().parent.parent / "data" / "home.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data
