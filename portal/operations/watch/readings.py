"""What the operator watches: each reading has a number, words for the page, a level, and what to do about it."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db.models import Min

from applications.models import CaseClock
from portal import clock
from portal.documents.queries import certificates_expiry
from portal.ledger.queries import ledger_lag
from portal.operations import health
from portal.operations.verification import last_run
from portal.outbox.queries import queue_state
from portal.workdays.queries import missing_notice

SWEPT_KEY: Final = "operations:swept-at"
MINUTE: Final = 60.0

logger = structlog.get_logger(__name__)


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Reading:
    """One watched value. `name` is also that of the metric, `number` its value in the unit that the name ends in."""

    name: str
    label: str
    number: float
    shown: str
    level: Level
    advice: str = ""


Watch = Callable[[], Sequence[Reading]]

_watches: list[Watch] = []


def watch(function: Watch) -> Watch:
    """Add to what is watched; a watch that fails is itself a bad reading."""
    if function not in _watches:
        _watches.append(function)
    return function


def readings() -> list[Reading]:
    """Everything, in the order of registration."""
    found: list[Reading] = []
    for function in _watches:
        try:
            found.extend(function())
        except Exception as error:
            logger.exception("watch_failed", watch=function.__name__)
            name, told = f"watch_{function.__name__}_ok", type(error).__name__
            found.append(Reading(name, "检查本身", 0, told, Level.BAD, "检查没有做成，请看日志。"))
    return found


def level_of(value: float, *, warning: float, bad: float) -> Level:
    """The level of a value that is worse the greater it is."""
    if value >= bad:
        return Level.BAD
    return Level.WARNING if value >= warning else Level.OK


def duration(seconds: float) -> str:
    """A length of time in words, in its greatest unit."""
    if seconds < MINUTE:
        return f"{seconds:.0f} 秒"
    if seconds < 60 * MINUTE:
        return f"{seconds / MINUTE:.0f} 分钟"
    if seconds < 48 * 60 * MINUTE:
        return f"{seconds / 3600:.0f} 小时"
    return f"{seconds / 86400:.0f} 天"


def note_sweep(_limit: int = 0) -> int:
    """A sweeper that does nothing but say that the sweep comes round."""
    cache.set(SWEPT_KEY, clock.now().timestamp(), timeout=24 * 3600)
    return 0


@watch
def parts() -> list[Reading]:
    """Database, Redis, worker."""
    words = {
        "database": ("数据库", "PostgreSQL 不应答：看数据库的日志和磁盘。"),
        "redis": ("Redis", "缓存和唤醒停了；办件照常，时限由 manage.py sweep --loop 也能推进。"),
        "worker": ("后台进程", "两分钟没有后台进程的消息：看 worker 的日志。"),
    }
    found = []
    for name, ready in health.readiness().items():
        label, advice = words[name]
        level = Level.OK if ready else Level.BAD
        found.append(Reading(f"{name}_ready", label, int(ready), "正常" if ready else "不应答", level, advice))
    return found


@watch
def sweep() -> list[Reading]:
    """Whether the sweep comes round, and whether a case waits for it longer than it should."""
    now = clock.now()
    swept = cache.get(SWEPT_KEY)
    advice = "定时扫描停了：看 beat 和 worker；可以先运行 manage.py sweep --loop。"
    if swept is None:
        round_ = Reading("sweep_age_seconds", "定时扫描", -1, "启动后还没有扫描过", Level.WARNING, advice)
    else:
        age = max(0.0, now.timestamp() - float(swept))
        level = level_of(age, warning=3 * MINUTE, bad=10 * MINUTE)
        round_ = Reading("sweep_age_seconds", "定时扫描", age, f"{duration(age)}前", level, advice)
    due = CaseClock.objects.filter(next_check_at__lte=now).aggregate(first=Min("next_check_at"))["first"]
    lag = (now - due).total_seconds() if due is not None else 0.0
    level = level_of(lag, warning=3 * MINUTE, bad=15 * MINUTE)
    shown = "没有积压" if due is None else f"最早的已等 {duration(lag)}"
    return [round_, Reading("sweep_lag_seconds", "到点未处理的办件", lag, shown, level, advice)]


@watch
def queue() -> list[Reading]:
    """Depth, age and dead letters of the outbox."""
    state = queue_state()
    lag = state.lag.total_seconds()
    return [
        Reading(
            "outbox_waiting",
            "等待的后台任务",
            state.waiting,
            f"{state.waiting} 个",
            level_of(state.waiting, warning=1_000, bad=10_000),
            "任务积压：看后台进程是否够用。",
        ),
        Reading(
            "outbox_lag_seconds",
            "最早的任务已等",
            lag,
            duration(lag),
            level_of(lag, warning=2 * MINUTE, bad=10 * MINUTE),
            "任务到点没有执行：看后台进程。",
        ),
        Reading(
            "outbox_dead",
            "失败的后台任务",
            state.dead,
            f"{state.dead} 个",
            level_of(state.dead, warning=1, bad=20),
            "请到“后台任务”逐个处理：重试，或者写明理由不再重试。",
        ),
    ]


@watch
def ledger() -> list[Reading]:
    """Events that stand in no tree yet: one that waits longer than a minute is an alarm (design.md section 5)."""
    state = ledger_lag()
    lag = state.oldest.total_seconds()
    level = level_of(lag, warning=MINUTE, bad=5 * MINUTE)
    shown = f"{state.waiting} 条等待入树" if state.waiting else "全部入树"
    return [Reading("ledger_lag_seconds", "存证", lag, shown, level, "存证没有入树：看定时扫描。")]


@watch
def signatures() -> list[Reading]:
    """Certificates of signatures that end, and the revocation list, which is renewed daily for thirty days."""
    expiry = certificates_expiry()
    lists = [each for each in expiry if not each.serial]
    certificates = [each for each in expiry if each.serial]
    if not certificates:
        return [Reading("certificate_days", "签名证书", -1, "还没有证书", Level.WARNING, "签名进程启动时建立证书。")]
    first = certificates[0]
    shown = f"{first.what}还有 {first.days_left} 天"
    level = level_of(-first.days_left, warning=-60, bad=-14)
    found = [Reading("certificate_days", "签名证书", first.days_left, shown, level, "请安全管理员更换证书。")]
    if lists:
        left = lists[0].days_left
        level = level_of(-left, warning=-20, bad=-7)
        advice = "吊销列表没有按天更新：看签名进程和后台进程。"
        found.append(Reading("revocation_list_days", "吊销列表", left, f"还有 {left} 天", level, advice))
    return found


@watch
def verification() -> list[Reading]:
    """What the nightly check of everything stored has found, and whether it comes."""
    run, advice = last_run(), "夜间核查没有做：看 beat 和 worker；可以先运行 manage.py verify。"
    if run is None:
        return [Reading("verify_findings", "数据核查", -1, "还没有做过", Level.WARNING, advice)]
    age = (clock.now() - run.finished_at).total_seconds()
    if run.finding_count:
        advice = f"manage.py verify 列出全部；第一个：{run.findings[0]['label']}：{run.findings[0]['text']}"
        shown = f"{duration(age)}前，发现 {run.finding_count} 个问题"
        return [Reading("verify_findings", "数据核查", run.finding_count, shown, Level.BAD, advice)]
    level = level_of(age, warning=26 * 60 * MINUTE, bad=72 * 60 * MINUTE)
    return [Reading("verify_findings", "数据核查", 0, f"{duration(age)}前，没有发现问题", level, advice)]


@watch
def calendar() -> list[Reading]:
    """The notice of the next year's days off, which has to be there before the year is."""
    today = clock.today()
    year = missing_notice(today)
    if year is None:
        return [Reading("calendar_missing_year", "下一年的工作日历", 0, "不缺", Level.OK)]
    late = today >= dt.date(today.year, 12, 15)
    return [
        Reading(
            "calendar_missing_year",
            "下一年的工作日历",
            year,
            f"缺 {year} 年",
            Level.BAD if late else Level.WARNING,
            "国务院办公厅的放假通知发布后，请到“工作日历”导入；以前按暂行日历计算。",
        )
    ]


@watch
def disk() -> list[Reading]:
    """Free space where the data lies."""
    usage = shutil.disk_usage(settings.DATA_DIR)
    free = usage.free / usage.total
    level = level_of(1 - free, warning=0.8, bad=0.9)
    shown = f"剩 {free:.0%}，{usage.free / 2**30:.0f} GiB"
    return [Reading("disk_free_ratio", "磁盘", free, shown, level, "清理或者扩大 DATA_DIR 所在的磁盘。")]
