"""为什么是这一天 on any page: `{% load explanation %}{% why_this_day reading %}` (template disclosure/_why.html)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template

from portal.workdays.explanation import bases, figures, sentences
from portal.workdays.month_grid import Cell, CellState, Month, months
from portal.workdays.reading import ClockReading
from portal.workdays.terms import Unit

register = template.Library()

_KINDS = {
    CellState.OUTSIDE: "plain",
    CellState.ACCEPTED: "start",
    CellState.USED: "counted",
    CellState.AHEAD: "ahead",
    CellState.WEEKEND: "plain",
    CellState.HOLIDAY: "holiday",
    CellState.PAUSED: "paused",
}
_NTH = re.compile(r"第(\d+)天")


@register.inclusion_tag("disclosure/_why.html", takes_context=True)
def why_this_day(
    context: template.Context,
    read: ClockReading,
    calculator_url: str = "",
    documents: Mapping[date, tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """Figures, month grid, sentences and legal basis of a reading.

    `documents` gives for the date on which a pause began the number and the address of the paper that told of it.
    """
    told = documents or {}
    return {
        "figures": [{"label": f.label, "value": f.value, "note": f.detail} for f in figures(read)],
        "months": [_month(month) for month in months(read)],
        "sentences": [
            {
                "lead": sentence.lead,
                "rest": sentence.rest,
                "number": told[sentence.pause.start][0] if sentence.pause and sentence.pause.start in told else "",
                "url": told[sentence.pause.start][1] if sentence.pause and sentence.pause.start in told else "",
            }
            for sentence in sentences(read)
        ],
        "bases": bases(read),
        "provisional": read.provisional,
        "in_workdays": read.unit is Unit.WORKDAY,
        "calculator_url": calculator_url,
        "supervision_phone": context["site"].supervision_phone,
    }


def _month(month: Month) -> dict[str, Any]:
    return {
        "title": month.title,
        "counted": f"计 {month.counted} 天",
        "weeks": [[_day(cell) if cell else None for cell in week] for week in month.weeks],
    }


def _day(cell: Cell) -> dict[str, Any]:
    kind = _KINDS[cell.state]
    if cell.is_promised_due:
        kind = "promised"
    elif cell.is_statutory_due:
        kind = "statutory"
    words = list(cell.words)
    nth = _NTH.fullmatch(words[0]) if words else None
    if nth:
        words = words[1:]
    return {
        "number": cell.date.day,
        "kind": kind,
        "nth": int(nth[1]) if nth else 0,
        "word": words[0] if words and not nth else "",
        "note": "".join(words if nth else words[1:]),
        "badge": "班" if cell.is_makeup else "",
        "today": cell.is_today,
    }
