"""What follows on a later day: a role that begins or ends, a member of staff who leaves."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from portal.clock import SHANGHAI
from portal.outbox import services as outbox


def on_day(kind: str, staff_id: UUID, day: dt.date) -> None:
    """Let a worker do it at the start of the day (Asia/Shanghai); the same twice is one job."""
    outbox.enqueue(
        kind=kind,
        payload={"staff": str(staff_id)},
        key=f"{staff_id}:{day.isoformat()}",
        due_at=dt.datetime.combine(day, dt.time(0, 0), tzinfo=SHANGHAI),
    )
