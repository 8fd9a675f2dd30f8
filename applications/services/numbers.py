"""Case numbers: by department and day in Shanghai, without gaps, allocated inside the transaction (domain 3.4)."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Final

from applications.models import CaseNumberCounter
from portal import crashpoints
from portal.organizations.models import Department
from portal.privacy.identifiers import mod_37_36

REGION: Final = "140600"


def number_prefix(department_number: str, day: dt.date) -> str:
    """What the numbers of a department and a day share: the first 17 characters."""
    return f"{REGION}{department_number}{day:%Y%m%d}"


def compose(department_number: str, day: dt.date, seq: int) -> str:
    """140600 + department (3) + YYYYMMDD + sequence (5) + check character by ISO 7064 MOD 37,36."""
    body = f"{number_prefix(department_number, day)}{seq:05d}"
    return body + mod_37_36(body)


def allocate(department: Department, day: dt.date) -> str:
    """The next number; the counter's row stays locked until the transaction ends, so a rollback leaves no gap."""
    CaseNumberCounter.objects.bulk_create([CaseNumberCounter(department=department, day=day)], ignore_conflicts=True)
    counter = CaseNumberCounter.objects.select_for_update().get(department=department, day=day)
    counter.last += 1
    counter.save(update_fields=["last"])
    crashpoints.reach("number.allocated")
    return compose(department.number, day, counter.last)


def query_code() -> str:
    """Six random digits that open the progress of one case."""
    return f"{secrets.randbelow(1_000_000):06d}"
