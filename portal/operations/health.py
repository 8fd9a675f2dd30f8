"""Whether the portal is alive and ready."""

import time
from typing import Any

from django.core.cache import caches
from django.db import DatabaseError, connection
from redis import RedisError

from portal.operations.cache import FallbackRedisCache

WORKER_KEY = "operations:worker-seen"
WORKER_SILENCE = 120  # seconds


def note_worker() -> None:
    """The worker says that it runs; readiness asks for it."""
    caches["default"].set(WORKER_KEY, time.time(), timeout=24 * 3600)


def worker_started(**_kwargs: Any) -> None:
    """The worker has just begun to take work."""
    note_worker()


def database_ready() -> bool:
    """The database answers a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def redis_ready() -> bool:
    """Redis itself answers, not its stand-in."""
    cache = caches["default"]
    if not isinstance(cache, FallbackRedisCache):
        return True
    try:
        cache.ask_remote()
    except (RedisError, OSError):
        return False
    return True


def worker_ready() -> bool:
    """A worker ran a task within the last two minutes."""
    seen = caches["default"].get(WORKER_KEY)
    return seen is not None and time.time() - float(seen) <= WORKER_SILENCE


def readiness() -> dict[str, bool]:
    """All parts, by name."""
    return {"database": database_ready(), "redis": redis_ready(), "worker": worker_ready()}
