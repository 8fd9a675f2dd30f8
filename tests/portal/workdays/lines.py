"""Short ways to write an input line of the clock and to read its answer."""

import json
from typing import Any

from portal.workdays.calendar import WorkdayCalendar, shipped_calendar
from portal.workdays.jsonlines import answer_line


def at(text: str) -> str:
    """'2026-09-21' or '2026-09-21T16:20' as an instant of the contract."""
    return (text if "T" in text else text + "T10:00") + ":00+08:00"


def event(kind: str, when: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "at": at(when)} | more


def pause(when: str, until: str, procedure: str = "expert_review") -> dict[str, Any]:
    return event("paused", when, procedure=procedure, until=until)


def line(
    *events: dict[str, Any],
    as_of: str,
    promised: int = 10,
    statutory: int = 20,
    unit: str = "workday",
    **more: Any,
) -> dict[str, Any]:
    return {
        "id": "t",
        "kind": "single",
        "promised": {"n": promised, "unit": unit},
        "statutory": {"n": statutory, "unit": unit},
        "events": list(events),
        "as_of": at(as_of),
    } | more


def answer(document: Any, calendar: WorkdayCalendar | None = None) -> dict[str, Any]:
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    output, right = answer_line(text, calendar or shipped_calendar())
    read: dict[str, Any] = json.loads(output)
    assert right == ("error" not in read)
    return read


def ask(*events: dict[str, Any], as_of: str, **more: Any) -> dict[str, Any]:
    """The answer, which must not be an error."""
    read = answer(line(*events, as_of=as_of, **more))
    assert "error" not in read, read
    return read


def refuse(*events: dict[str, Any], as_of: str, **more: Any) -> str:
    """The error, which must be one."""
    read = answer(line(*events, as_of=as_of, **more))
    assert set(read) == {"id", "error"}, read
    return str(read["error"])


def accepted(received: str = "2026-03-02", on: str | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Received and accepted, on the same day unless said otherwise. 2026-03-02 is a Monday without holidays near."""
    return event("received", received), event("accepted", on or received)
