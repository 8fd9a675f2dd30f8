"""The guide (办事指南) of an edition as its page shows it: the plan's nine elements, in its order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from applications.rules import rule_of
from catalog.enumerations import LimitUnit, Necessity, ServiceObject
from catalog.models import FlowLink, ItemEdition, MaterialRequirement, Situation
from portal.web.dates import SHANGHAI
from portal.workdays.calendar import WorkdayCalendar
from portal.workdays.reading import reading
from portal.workdays.terms import ACCEPTANCE_WORKDAYS, PROCEDURES, ClockEvent, EventType

#: The plan's nine elements (朔政办发〔2015〕52号, 三(四)1): anchor and name.
ELEMENTS = (
    ("name", "项目名称"),
    ("conditions", "申报资格"),
    ("materials", "申报材料"),
    ("flow", "办理流程"),
    ("limits", "办理时限"),
    ("fee", "收费标准"),
    ("fee-basis", "收费依据"),
    ("basis", "设定依据"),
    ("phones", "监督电话"),
)
#: Which data of the item a part of the page shows: a part with an invented one bears 演示.
SHOWN = {
    "name": ("result",),
    "conditions": ("conditions", "exclusions"),
    "materials": ("materials",),
    "flow": ("flow",),
    "limits": ("limits",),
    "fee": ("fee",),
    "fee-basis": ("fee",),
    "basis": ("basis",),
    "phones": ("consultation_phone", "supervision_phone", "complaint_note"),
    "place": ("place", "hours"),
    "faq": ("faq",),
    "sample": ("sample",),
}
UNITS = {LimitUnit.WORKDAY: "个工作日", LimitUnit.CALENDAR_DAY: "天", LimitUnit.MONTH: "个月"}


def limit_text(n: int | None, unit: str) -> str:
    """10 个工作日; empty without a limit."""
    return f"{n} {UNITS[LimitUnit(unit)]}" if n else ""


def applicants_text(edition: ItemEdition) -> str:
    """Who may apply, in the standard's words; 个体工商户 are named where 其他组织 are served."""
    labels = [ServiceObject(code).label for code in edition.service_objects]
    return "、".join(f"{label}（含个体工商户）" if label == ServiceObject.OTHER.label else label for label in labels)


def demonstration_parts(edition: ItemEdition) -> frozenset[str]:
    """The parts of the page that show invented data."""
    return frozenset(part for part, keys in SHOWN.items() if set(keys) & set(edition.demo_fields))


@dataclass(frozen=True, slots=True)
class Due:
    """When an application of today is done. `late_*`: when it is accepted on the last day that the law allows."""

    immediate: bool
    accepted_on: dt.date
    due_on: dt.date | None
    late_accepted_on: dt.date | None = None
    late_due_on: dt.date | None = None

    @property
    def accepted_today(self) -> bool:
        return self.late_accepted_on is None or self.accepted_on < self.late_accepted_on


def due_today(
    edition: ItemEdition, situation: Situation | None, calendar: WorkdayCalendar, today: dt.date
) -> Due | None:
    """The due date of an application that comes today and is accepted on this, or the next, working day.

    The law gives five working days to accept (行政许可法 32); None for an item that is not applied for.
    """
    if not edition.by_application:
        return None
    accepted_on = calendar.next_workday(today)
    rule = rule_of(edition, situation)
    if rule.immediate:
        return Due(immediate=True, accepted_on=accepted_on, due_on=accepted_on)
    late = calendar.add(today, ACCEPTANCE_WORKDAYS)

    def due(accepted: dt.date) -> dt.date | None:
        received = ClockEvent(EventType.RECEIVED, _at(today, 9))
        events = (received, ClockEvent(EventType.ACCEPTED, _at(accepted, 10)))
        return reading(events, calendar, rule, _at(accepted, 11)).promised_due_on

    return Due(False, accepted_on, due(accepted_on), late, due(late))


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), SHANGHAI)


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One line of the check-list."""

    material: MaterialRequirement
    copies: str
    needed: str
    ready: bool


def material_lines(
    materials: list[MaterialRequirement], chosen: frozenset[str] | None, ready: frozenset[str]
) -> list[MaterialLine]:
    """What is to be brought: all of it with its conditions, or only what the chosen conditions need."""
    shown = [
        material
        for material in materials
        if material.necessity != Necessity.CONDITIONAL or chosen is None or material.code in chosen
    ]
    return [
        MaterialLine(material, copies_text(material), needed_text(material), material.code in ready)
        for material in shown
    ]


def copies_text(material: MaterialRequirement) -> str:
    """原件 1 份，复印件 2 份; 原件核对 when the paper is only looked at."""
    parts = []
    if material.originals:
        parts.append(f"原件 {material.originals} 份")
    if material.copies:
        parts.append(f"复印件 {material.copies} 份")
    return "，".join(parts) or "出示即可"


def needed_text(material: MaterialRequirement) -> str:
    if material.necessity == Necessity.CONDITIONAL:
        return material.condition
    return "可以先受理，后补" if material.necessity == Necessity.DEFERRABLE else ""


@dataclass(frozen=True, slots=True)
class FlowStep:
    link: FlowLink
    limit: str


def flow_steps(edition: ItemEdition) -> list[FlowStep]:
    """The links with their limits; receipt is said as a longest time."""
    return [
        FlowStep(
            link,
            ("最长 " if link.link == "receive" else "") + limit_text(link.limit_n, link.limit_unit)
            if link.limit_n
            else "当场",
        )
        for link in edition.links.all()
    ]


def procedure_names(edition: ItemEdition) -> str:
    """The special procedures that can stop the clock: 听证、检验; those with a basis of their own by name."""
    lawful = [PROCEDURES[code] for code in edition.special_procedures if code in PROCEDURES]
    return "、".join([*lawful, *(str(extra["name"]) for extra in edition.extra_procedures)])


def counting_text(edition: ItemEdition, promised_n: int | None, unit: str) -> str:
    """From when the days count and what does not count; empty where the item's own note says it."""
    if edition.limit_note.startswith("从受理"):
        return ""
    sentences = []
    if promised_n:
        workdays = "，按工作日，不含法定节假日" if unit == LimitUnit.WORKDAY else ""
        sentences.append(f"从受理的第二天起算{workdays}。")
    if procedures := procedure_names(edition):
        sentences.append(f"{procedures}的时间不计算在内，会书面告知您。")
    return "".join(sentences)
