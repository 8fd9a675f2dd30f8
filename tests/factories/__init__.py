"""Rows for tests, made with what each test needs and nothing else: departments, staff with roles, people, items, cases.

Every function takes traits as keyword arguments. People are fictitious with valid numbers. Cases come through the
services, at the instant that the clock shows; `acting(...)` gives the actor with the permissions of its roles.
"""

from applications.permissions import HOLDERS
from tests.factories.cases import Desk, check_materials, do, online_case, paper, stored_file
from tests.factories.items import item
from tests.factories.people import (
    SECRET,
    SHANGHAI,
    START,
    acting,
    approval_office,
    at,
    citizen,
    credit_code,
    department,
    identity_number,
    legal_person,
    mandate,
    person,
    posting,
    region,
    staff,
    user,
    window,
)

__all__ = [
    "HOLDERS",
    "SECRET",
    "SHANGHAI",
    "START",
    "Desk",
    "acting",
    "approval_office",
    "at",
    "check_materials",
    "citizen",
    "credit_code",
    "department",
    "do",
    "identity_number",
    "item",
    "legal_person",
    "mandate",
    "online_case",
    "paper",
    "person",
    "posting",
    "region",
    "staff",
    "stored_file",
    "user",
    "window",
]
