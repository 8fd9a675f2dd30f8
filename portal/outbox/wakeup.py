"""A wake-up for the worker after a commit: a mere hint, whose loss costs a minute and nothing else."""

import time
from typing import Final

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

# After a failure the broker is left alone, so that no request waits for a dead one.
PAUSE_SECONDS: Final = 30.0
# A wake-up that no worker has answered yet serves every commit before it is; a lost one is in the way no longer.
UNANSWERED: Final = "outbox:wake-up"
UNANSWERED_SECONDS: Final = 5

logger = structlog.get_logger(__name__)
_silent_until: list[float] = [0.0]


def after_commit() -> None:
    """Wake a worker when the present transaction commits; once per transaction is enough, more does no harm."""
    if enabled():
        connection = transaction.get_connection()
        if not any(entry[1] is wake for entry in connection.run_on_commit):
            transaction.on_commit(wake, robust=True)


def enabled() -> bool:
    """Whether wake-ups are sent: not in tests, which run the jobs themselves."""
    return bool(getattr(settings, "OUTBOX_WAKE", not getattr(settings, "TESTING", False)))


def wake() -> bool:
    """Send the wake-up, unless one is on its way; a broker that is down is logged and left alone for half a minute."""
    from portal.outbox.tasks import run_outbox

    if time.monotonic() < _silent_until[0]:
        return False
    try:
        if not cache.add(UNANSWERED, 1, UNANSWERED_SECONDS):
            return False
        run_outbox.apply_async(retry=False, ignore_result=True, expires=60)
    except Exception as error:
        _silent_until[0] = time.monotonic() + PAUSE_SECONDS
        logger.warning("wakeup_failed", error=type(error).__name__)
        return False
    return True


def answered() -> None:
    """A worker is about to look: whatever commits from now on needs a wake-up of its own."""
    cache.delete(UNANSWERED)
