"""Names, days for answers, and the plan's rules on stationing: pure functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from portal.privacy.identifiers import mobile_fault, normalise_mobile
from portal.workdays.calendar import WorkdayCalendar

#: 市政府 2015 年 52 号文: every department sends at least two people to the hall.
LEAST_WINDOW_STAFF: Final = 2
#: 个人信息保护法 50 says "in time"; the city promises working days for whatever a person asks about their data.
ANSWER_WITHIN_WORKDAYS: Final = 15


def looks_like_phone(text: str) -> bool:
    """Whether what was typed to sign in is meant as a phone number."""
    return mobile_fault(normalise_mobile(text)) is None


def answer_due_on(calendar: WorkdayCalendar, asked: dt.date) -> dt.date:
    """The last day for the answer to a person: the day on which they asked does not count."""
    return calendar.add(asked, ANSWER_WITHIN_WORKDAYS)


def person_name_fault(text: str) -> str:
    """What is wrong with a person's name; empty when it is right."""
    name = text.strip()
    if not 2 <= len(name) <= 50:
        return "请填写与身份证一致的姓名。"
    if any(not (c.isalpha() or c in "·. ") for c in name):
        return "姓名只能是汉字、字母和间隔号，请与身份证一致。"
    return ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a department has sent to the hall on a day."""

    approving: bool
    window_staff: int
    has_office: bool
    head_name: str


@dataclass(frozen=True, slots=True)
class StationingFault:
    """A rule of the plan (domain 0.5) that a department does not keep."""

    code: str
    sentence: str


def stationing_faults(standing: Standing) -> Sequence[StationingFault]:
    """The plan's rules: at least two window staff; an approving department has its office and a head of it."""
    faults: list[StationingFault] = []
    if standing.window_staff < LEAST_WINDOW_STAFF:
        faults.append(
            StationingFault(
                "window_staff",
                f"窗口人员 {standing.window_staff} 人，至少要 {LEAST_WINDOW_STAFF} 人，"
                f"还差 {LEAST_WINDOW_STAFF - standing.window_staff} 人",
            )
        )
    if standing.approving and not standing.has_office:
        faults.append(StationingFault("office", "没有设立行政审批服务办公室"))
    elif standing.approving and not standing.head_name:
        faults.append(StationingFault("head", "行政审批服务办公室没有主任"))
    return tuple(faults)
