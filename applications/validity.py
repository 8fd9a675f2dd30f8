"""有效期 of a grant: what the edition gives, what an approver may set, and how a paper says it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from django.db import models

from catalog.models import ItemEdition
from portal.web.dates import date_full

MOST_YEARS: Final = 99
_YEARS: Final = re.compile(r"(\d{1,2})年(?=$|[，；（,;(])")


class ValidityKind(models.TextChoices):
    ITEM = "item", "按事项公布的有效期"
    YEARS = "years", "几年，从决定之日算"
    UNTIL = "until", "到某一天为止"
    FOR_GOOD = "for_good", "长期有效"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an edition gives: its own words, and where they begin with years the longest period."""

    text: str
    years: int | None

    @property
    def may_be_for_good(self) -> bool:
        """Where the edition limits the years, nothing is for good; where it says for good or leaves it open, it may."""
        return self.years is None

    @property
    def words(self) -> str:
        return self.text or "没有设定期限"

    def last_day(self, decided_on: dt.date) -> dt.date | None:
        """The last day that the edition gives; None without a limit."""
        return None if self.years is None else anniversary(decided_on, self.years)


def allowed_by(edition: ItemEdition) -> Allowed:
    """Read the edition's words: 5年, 4年，每2年复核一次, 长期有效; others set no limit that can be counted."""
    text = edition.result_validity.strip()
    years = _YEARS.match(text)
    return Allowed(text, int(years.group(1)) if years is not None else None)


def anniversary(day: dt.date, years: int) -> dt.date:
    """The corresponding day, else the last of the month (民法典 202)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def text_of(kind: ValidityKind, allowed: Allowed, *, years: int = 0, until: dt.date | None = None) -> str:
    """As the paper says it."""
    match kind:
        case ValidityKind.YEARS:
            return f"{years}年"
        case ValidityKind.UNTIL:
            return f"至{date_full(until)}"
        case ValidityKind.FOR_GOOD:
            return "长期有效"
        case _:
            return allowed.text
