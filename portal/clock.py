"""The one source of "now".

The instant is the database's own clock, read at the moment of the call, or the session setting
`portal.now`, which only tests and the demonstration may set. All instants are aware UTC datetimes;
a legal date is a date in Asia/Shanghai.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import psycopg2.extensions
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")

# Also used inside larger statements, so that they read the same clock as `now()`.
NOW_SQL: Final = "coalesce(nullif(current_setting('portal.now', true), '')::timestamptz, clock_timestamp())"


def now() -> datetime:
    """The present instant as an aware UTC datetime; one short database query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {NOW_SQL}")
        instant: datetime = cursor.fetchone()[0]
    return instant.astimezone(UTC)


def local_date(instant: datetime) -> date:
    """The legal date of an aware instant, that is its date in Asia/Shanghai."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime has no legal date")
    return instant.astimezone(SHANGHAI).date()


def today() -> date:
    """The legal date of `now()`."""
    return local_date(now())


@contextmanager
def shifted(instant: datetime) -> Iterator[datetime]:
    """Let `now()` be `instant` on this connection; only in tests and in the demonstration.

    Works inside and outside a transaction and can be nested. Raises ImproperlyConfigured elsewhere.
    """
    if not (getattr(settings, "TESTING", False) or getattr(settings, "DEMONSTRATION", False)):
        raise ImproperlyConfigured("the clock can be shifted only in tests and in the demonstration")
    if instant.tzinfo is None:
        raise ValueError("the clock needs an aware datetime")
    before = _setting()
    _set(instant.astimezone(UTC).isoformat())
    try:
        yield instant
    finally:
        # A broken transaction takes the setting back by its own rollback and refuses any statement until then.
        if not _transaction_is_broken():
            _set(before)


def _setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('portal.now', true), '')")
        value: str = cursor.fetchone()[0]
    return value


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.now', %s, false)", [value])


def _transaction_is_broken() -> bool:
    if connection.needs_rollback:
        return True
    raw = connection.connection
    return raw is not None and (
        raw.closed != 0 or raw.get_transaction_status() == psycopg2.extensions.TRANSACTION_STATUS_INERROR
    )
