"""Readings of backups: the age of the last good one, the archive of WAL, the copies of files."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection

from portal import clock
from portal.embedded.addresses import is_embedded
from portal.embedded.layout import Layout
from portal.operations.backup import nightly, status
from portal.operations.watch.readings import MINUTE, Level, Reading, duration, level_of

HOUR = 60 * MINUTE


def backup() -> list[Reading]:
    """Whether there is a backup, how old it is, and whether what came since is kept as well."""
    if not nightly.is_set_up():
        level = Level.WARNING if settings.DEMONSTRATION else Level.BAD
        advice = "还没有设置备份：按 docs/backup.md 建立恢复密钥，再运行 manage.py backup。"
        return [Reading("backup_age_seconds", "备份", -1, "没有设置", level, advice)]
    return [_age(), *_archive(), *_files()]


def detail() -> dict[str, Any]:
    """For `/readyz`, to whoever bears the token."""
    last = status.read(Layout.of(settings.DATA_DIR))
    if last.finished_at is None:
        return {"age_seconds": None, "finished_at": None, "to_any_moment": False, "failed": bool(last.error)}
    return {
        "age_seconds": max(0, round((clock.now() - last.finished_at).total_seconds())),
        "finished_at": last.finished_at.isoformat(),
        "to_any_moment": last.to_any_moment,
        "failed": bool(last.error),
    }


def _age() -> Reading:
    last = status.read(Layout.of(settings.DATA_DIR))
    advice = "看 DATA_DIR/logs/backup.log，改正后运行 manage.py backup。"
    if last.error:
        advice = f"最近一次备份失败（原文：{last.error}）。{advice}"
    if last.finished_at is None:
        return Reading("backup_age_seconds", "备份", -1, "还没有成功的备份", Level.BAD, advice)
    age = max(0.0, (clock.now() - last.finished_at).total_seconds())
    level = level_of(age, warning=26 * HOUR, bad=50 * HOUR)
    if level is Level.OK and (last.error or not last.to_any_moment):
        level = Level.WARNING
    shown = f"{duration(age)}前"
    if not last.to_any_moment:
        shown += "，只有转储，不能恢复到任意时刻"
        if not last.error:
            advice = "设置 DATABASE_REPLICATION_URL 以后，可以恢复到任意时刻。"
    return Reading("backup_age_seconds", "备份", age, shown, level, advice)


def _archive() -> list[Reading]:
    """The embedded server's archive of WAL; an outside server's is received by a child of the supervisor."""
    layout = Layout.of(settings.DATA_DIR)
    if not is_embedded(layout, settings.ENVIRONMENT.database_url) or not layout.archiver.exists():
        return []
    name, label = "backup_archive_ok", "数据库日志归档"
    if layout.archive_stopped.exists():
        advice = "磁盘将满，归档停了：腾出空间后运行 manage.py backup，归档重新开始。"
        return [Reading(name, label, 0, "已停止", Level.BAD, advice)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT last_failed_time IS NOT NULL AND last_failed_time > coalesce(last_archived_time, '-infinity') "
            "FROM pg_stat_archiver"
        )
        failing = cursor.fetchone()[0]
    advice = "归档失败，数据库日志越积越多：看 postgres.log，检查 BACKUP_DIR 的磁盘。"
    shown, level = ("失败", Level.BAD) if failing else ("正常", Level.OK)
    return [Reading(name, label, int(not failing), shown, level, advice)]


def _files() -> list[Reading]:
    followed = cache.get(nightly.FOLLOWED_KEY)
    advice = "新上传的文件没有进备份：看 worker 的日志，检查 BACKUP_DIR 的磁盘和权限。"
    if followed is None:
        return []
    age = max(0.0, clock.now().timestamp() - float(followed))
    level = level_of(age, warning=5 * MINUTE, bad=30 * MINUTE)
    return [Reading("backup_files_age_seconds", "上传文件的备份", age, f"{duration(age)}前", level, advice)]
