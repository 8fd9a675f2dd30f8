"""The calculator's form: an item or a limit, a date, pauses, an extension. By GET: an answer has an address."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from applications.rules import extension_counts, longest_extension, procedures_of, rule_of
from catalog.models import ItemEdition, Situation
from portal.web.dates import SHANGHAI
from portal.web.forms import PortalForm
from portal.workdays.calendar import WorkdayCalendar
from portal.workdays.reading import ClockReading, reading
from portal.workdays.terms import (
    ACCEPTANCE_WORKDAYS,
    LONGEST_EXTENSION,
    PROCEDURES,
    ClockError,
    ClockEvent,
    EventType,
    Kind,
    Limit,
    Rule,
    Unit,
)

UNIT_CHOICES = [(Unit.WORKDAY, "工作日"), (Unit.CALENDAR_DAY, "自然日"), (Unit.MONTH, "月")]
START_CHOICES = [("accepted", "受理那天"), ("received", "收件那天（窗口一直没有答复）")]
MOST_PAUSES = 8
LONGEST = 999
FIRST_YEAR, LAST_YEAR = 2004, 2098
#: Where a sentence of the legal clock belongs in the form.
_PLACES = {
    "promised_longer_than_statutory": "promised",
    "extended_too_late": "extension_on",
    "out_of_calendar": "on",
}


def pause_rows(query: QueryDict) -> int:
    """How many rows of pauses the page shows: those asked for, one more after 再加一段暂停."""
    text = query.get("pauses", "")
    rows = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 1
    return min(max(rows, 1) + ("add_pause" in query), MOST_PAUSES)


@dataclass(frozen=True, slots=True)
class PauseFields:
    """One row: bound fields."""

    number: int
    procedure: Any
    start: Any
    until: Any


class CalculatorForm(PortalForm):
    """What to compute. `edition` and `situation` are found by the view from the address."""

    item = forms.ChoiceField(label="事项", required=False, help_text="选了事项，时限按它的实施清单。")
    situation = forms.ChoiceField(label="情形", required=False, widget=forms.RadioSelect)
    promised = forms.IntegerField(label="承诺时限", required=False, min_value=1, max_value=LONGEST)
    statutory = forms.IntegerField(label="法定时限", required=False, min_value=1, max_value=LONGEST)
    unit = forms.ChoiceField(label="单位", required=False, choices=UNIT_CHOICES, initial=Unit.WORKDAY)
    start = forms.ChoiceField(label="从哪天算起", choices=START_CHOICES, widget=forms.RadioSelect, initial="accepted")
    on = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    extension_on = forms.DateField(
        label="批准延期的日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    extension_days = forms.IntegerField(
        label="延长几个工作日", required=False, min_value=1, max_value=LONGEST_EXTENSION[Kind.JOINT]
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        items: list[tuple[str, str]],
        edition: ItemEdition | None,
        situations: list[Situation],
        rows: int,
        calendar: WorkdayCalendar,
        today: dt.date,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial={"on": today, **(initial or {})})
        self._edition, self._situations = edition, situations
        self._calendar, self._today, self._rows = calendar, today, rows
        self.read: ClockReading | None = None
        self.offer("item", [("", "不选事项，自己填时限"), *items])
        self.offer("situation", [(s.code, s.name) for s in situations])
        if not situations:
            del self.fields["situation"]
        procedures = [(p.code, p.name) for p in procedures_of(edition)] if edition else list(PROCEDURES.items())
        for number in range(1, rows + 1):
            self.fields[f"pause{number}"] = forms.ChoiceField(
                label=f"第 {number} 段暂停的程序", required=False, choices=[("", "没有暂停"), *procedures]
            )
            for name, label in (("from", "开始"), ("until", "结束")):
                self.fields[f"pause{number}_{name}"] = forms.DateField(
                    label=f"第 {number} 段暂停{label}的日期",
                    required=False,
                    widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                )
        self._speak_chinese()

    @property
    def pause_fields(self) -> list[PauseFields]:
        return [
            PauseFields(n, self[f"pause{n}"], self[f"pause{n}_from"], self[f"pause{n}_until"])
            for n in range(1, self._rows + 1)
        ]

    def clean_on(self) -> dt.date:
        return _in_years(self.cleaned_data["on"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        rule = self._rule(cleaned)
        events = self._events(cleaned, rule)
        if self.errors or rule is None:
            return cleaned
        try:
            self.read = reading(events, self._calendar, rule, self._as_of(events, cleaned))
        except ClockError as error:
            self.add_error(self._place(error, cleaned), f"{error.message}。")
        return cleaned

    def _rule(self, cleaned: dict[str, Any]) -> Rule | None:
        if self._edition is not None:
            chosen = next((s for s in self._situations if s.code == cleaned.get("situation")), None)
            return rule_of(self._edition, chosen or next(iter(self._situations), None))
        if "promised" in self.errors or "statutory" in self.errors:
            return None
        unit = Unit(cleaned.get("unit") or Unit.WORKDAY)
        promised: int | None = cleaned.get("promised")
        statutory: int | None = cleaned.get("statutory")
        kept = promised or statutory  # a statutory limit alone is what has to be kept
        if not kept:
            self.add_error("promised", "请选择事项，或者填写承诺时限。")
            return None
        try:
            return Rule(Limit(kept, unit), Limit(statutory, unit) if statutory else None)
        except ClockError as error:
            self.add_error(_PLACES.get(error.code), f"{error.message}。")
            return None

    def _events(self, cleaned: dict[str, Any], rule: Rule | None) -> list[ClockEvent]:
        on = cleaned.get("on")
        if on is None:
            return []
        events = [ClockEvent(EventType.RECEIVED, _at(on, 9))]
        if cleaned.get("start") != "received":
            events.append(ClockEvent(EventType.ACCEPTED, _at(on, 10)))
        later = [*self._pauses(cleaned), *self._extension(cleaned, rule)]
        for event, field in later:
            if event.at.astimezone(SHANGHAI).date() < on:
                self.add_error(
                    field, f"不能早于{dict(START_CHOICES)[cleaned.get('start') or 'accepted'][:4]}（{on}）。"
                )
        return [*events, *sorted((event for event, _ in later), key=lambda event: event.at)]

    def _pauses(self, cleaned: dict[str, Any]) -> list[tuple[ClockEvent, str]]:
        found = []
        for n in range(1, self._rows + 1):
            procedure = cleaned.get(f"pause{n}") or ""
            start, until = cleaned.get(f"pause{n}_from"), cleaned.get(f"pause{n}_until")
            if not procedure and not start and not until:
                continue
            missing = False
            for name, value, sentence in (
                (f"pause{n}", procedure, "请选择暂停的程序。"),
                (f"pause{n}_from", start, "请填写暂停开始的日期。"),
                (f"pause{n}_until", until, "请填写暂停结束的日期。"),
            ):
                if not value and name not in self.errors:
                    self.add_error(name, sentence)
                missing = missing or not value
            if missing:
                continue
            assert start is not None and until is not None
            if until < start:
                self.add_error(f"pause{n}_until", f"结束日期早于开始日期（{start}）。")
                continue
            found.append((ClockEvent(EventType.PAUSED, _at(start, 11), procedure, until), f"pause{n}_from"))
        return found

    def _extension(self, cleaned: dict[str, Any], rule: Rule | None) -> list[tuple[ClockEvent, str]]:
        on, days = cleaned.get("extension_on"), cleaned.get("extension_days")
        if not on and not days:
            return []
        if not on or not days:
            for name, value, sentence in (
                ("extension_on", on, "请填写批准延期的日期。"),
                ("extension_days", days, "请填写延长几个工作日。"),
            ):
                if not value and name not in self.errors:
                    self.add_error(name, sentence)
            return []
        most = longest_extension(self._edition) if self._edition else LONGEST_EXTENSION[Kind.SINGLE]
        if rule is not None and not extension_counts(rule):
            self.add_error("extension_days", "时限不按工作日计算的，不能延期。")
        elif not most:
            self.add_error("extension_days", "这个事项不能延期。")
        elif days > most:
            self.add_error("extension_days", f"最多延长 {most} 个工作日。")
        return [(ClockEvent(EventType.EXTENDED, _at(on, 10), n=days), "extension_on")]

    def _as_of(self, events: list[ClockEvent], cleaned: dict[str, Any]) -> dt.datetime:
        """Late enough for all that is asked: future pauses count, and silence has accepted."""
        days = [self._today, *(event.at.astimezone(SHANGHAI).date() for event in events)]
        if cleaned.get("start") == "received":
            days.append(self._calendar.add(cleaned["on"], ACCEPTANCE_WORKDAYS) + dt.timedelta(days=1))
        return dt.datetime.combine(max(days), dt.time(23, 59), SHANGHAI)

    def _place(self, error: ClockError, cleaned: dict[str, Any]) -> str | None:
        if error.code == "paused_twice":
            rows = [n for n in range(1, self._rows + 1) if cleaned.get(f"pause{n}_from")]
            return f"pause{max(rows, key=lambda n: cleaned[f'pause{n}_from'])}_from" if rows else None
        return _PLACES.get(error.code)


def _in_years(day: dt.date) -> dt.date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise forms.ValidationError(f"请填 {FIRST_YEAR} 年到 {LAST_YEAR} 年之间的日期。")
    return day


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), SHANGHAI)
