"""The legal clock as outsiders run it (contracts.md sections 1 and 6), and dates as pages write them."""

import datetime as dt
import json
import subprocess
import sys
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from portal.settings.environment import BASE_DIR
from tests.processes import Portal, environment, manage

FOOD_LIMITS = {"promised": {"n": 10, "unit": "workday"}, "statutory": {"n": 20, "unit": "workday"}}


def deadline(portal: Portal, line: dict[str, Any]) -> dict[str, Any]:
    """What `manage.py deadline` says of one line."""
    done = subprocess.run(
        [sys.executable, str(BASE_DIR / "manage.py"), "deadline"],
        env=environment(portal.data_dir),
        input=json.dumps(line, ensure_ascii=False) + "\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def exported_clock(portal: Portal, number: str) -> dict[str, Any]:
    """The line of `manage.py export_clocks` for one case."""
    done = manage(portal.data_dir, "export_clocks", **portal.variables)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    found: dict[str, Any] = next(line for line in lines if line["id"] == number)
    return found


def instant(page: Page) -> dt.datetime:
    """The portal's own time."""
    sent = parsedate_to_datetime(page.request.get("/livez").headers["date"])
    return sent.astimezone(ZoneInfo("Asia/Shanghai"))


def accepted_on(day: dt.date) -> dict[str, Any]:
    """The line of a food permit that was received and accepted on this day."""
    return {
        "id": "page",
        "kind": "single",
        **FOOD_LIMITS,
        "events": [
            {"type": "received", "at": f"{day}T09:00:00+08:00"},
            {"type": "accepted", "at": f"{day}T10:00:00+08:00"},
        ],
        "as_of": f"{day}T11:00:00+08:00",
    }


def written(day: str) -> str:
    """2026-12-07 as running text writes it: 12月7日（周一）"""
    date = dt.date.fromisoformat(day)
    return f"{short(day)}（周{'一二三四五六日'[date.weekday()]}）"


def short(day: str) -> str:
    """12月7日"""
    date = dt.date.fromisoformat(day)
    return f"{date.month}月{date.day}日"


def full(day: str) -> str:
    """2026年12月7日"""
    return f"{day[:4]}年{short(day)}"
