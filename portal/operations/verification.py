"""Run every registered check and keep what was found, for the operator's page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import structlog
from django.db import connection, transaction

from portal import clock
from portal.operations.models import VerificationRun
from portal.web import checks
from portal.web.checks import Registered, Scope

#: So many sentences are kept of one run; all are counted.
KEPT: Final = 200

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """One impossible thing, and which check found it."""

    check: str
    label: str
    text: str


def verify(scope: Scope) -> VerificationRun:
    """Run all checks, log and store what they find; never mends anything."""
    started = clock.now()
    findings = list(find(scope))
    for finding in findings:
        logger.error("verify_finding", check=finding.check, text=finding.text)
    return VerificationRun.objects.create(
        started_at=started,
        finished_at=clock.now(),
        thorough=scope.thorough,
        checks=[check.name for check in checks.registered()],
        finding_count=len(findings),
        findings=[
            {"check": finding.check, "label": finding.label, "text": finding.text} for finding in findings[:KEPT]
        ],
    )


def find(scope: Scope) -> Iterator[Finding]:
    """All findings, check after check, each check in one snapshot of the database."""
    for registered in checks.registered():
        try:
            with _snapshot():
                texts = list(registered.check(scope))
        except Exception as error:
            logger.exception("verify_check_failed", check=registered.name)
            texts = [f"这项检查没有做完（{type(error).__name__}），原因见日志。"]
        yield from (_finding(registered, text) for text in texts)


def last_run() -> VerificationRun | None:
    """What the operator's page shows."""
    return VerificationRun.objects.order_by("-finished_at", "-pk").first()


def _finding(registered: Registered, text: str) -> Finding:
    return Finding(registered.name, registered.label, text)


@contextmanager
def _snapshot() -> Iterator[None]:
    """One moment of the database for all queries of a check, although people go on acting."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
