"""What time drives: the nightly backup, and between them the files and erasures of the last minute."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from portal import clock
from portal.embedded.layout import Layout
from portal.operations.backup import contents, status
from portal.operations.backup.services import copy_erasures, store_of
from portal.outbox.registry import JobView, handler
from portal.outbox.services import enqueue

KIND: Final = "operations.backup"
FOLLOWED_KEY: Final = "operations:backup-followed-at"


def is_set_up() -> bool:
    """Whether this portal is backed up: a recovery key was made."""
    return Layout.of(settings.DATA_DIR).recovery_public.exists()


def sweep_due(_limit: int = 0) -> int:
    """Ask for the nightly backup once an hour until there is a good one since BACKUP_HOUR; a sweeper."""
    if not is_set_up():
        return 0
    now = clock.now().astimezone(clock.SHANGHAI)
    due = now.replace(hour=settings.ENVIRONMENT.backup_hour, minute=0, second=0, microsecond=0)
    if now < due:
        due -= dt.timedelta(days=1)
    last = status.read(Layout.of(settings.DATA_DIR)).finished_at
    # A portal that was set up a moment ago waits for its first night, unless the operator makes the first backup.
    if (last is None and now.hour != due.hour) or (last is not None and last >= due):
        return 0
    with transaction.atomic():
        enqueue(kind=KIND, payload={}, key=f"{now:%Y-%m-%dT%H}")
    return 0


@handler(KIND, label="每日备份")
def ask_for_backup(_job: JobView) -> None:
    """Leave a note for the supervisor: it may read the keys, and a backup may take longer than a job."""
    status.wanted(Layout.of(settings.DATA_DIR)).touch()


def sweep_follow(limit: int) -> int:
    """Copy files and erasures that the backup does not have yet, once there has been a backup; a sweeper."""
    layout = Layout.of(settings.DATA_DIR)
    store = store_of(settings.ENVIRONMENT, layout)
    if not is_set_up() or not store.files.is_dir():
        return 0
    copy_erasures(store)
    copied = contents.follow(settings.FILES_DIR, store, limit).copied
    if copied < limit:
        cache.set(FOLLOWED_KEY, clock.now().timestamp(), timeout=24 * 3600)
    return copied
