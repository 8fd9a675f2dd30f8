"""What the filters of staff's lists offer."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import connection

from applications.queries.scope import Reach

_IN_FORCE = """
    SELECT item_id, name FROM catalog_itemedition
    WHERE effective_from <= %s AND (effective_until IS NULL OR effective_until > %s)
"""


def items_in_force(where: Reach, on: dt.date) -> list[tuple[UUID, str]]:
    """Item and name of each edition in force in these departments, by name (1 query)."""
    statement = _IN_FORCE
    parameters: list[Any] = [on, on]
    if where.departments is not None:
        statement += " AND department_id = ANY(%s::uuid[])"
        parameters.append([str(key) for key in sorted(where.departments)])
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} ORDER BY name, id", parameters)
        return list(cursor.fetchall())
