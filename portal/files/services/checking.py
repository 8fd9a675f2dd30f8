"""The check of one file: viruses, then opening and cleaning; whoever ends it first decides, twice is once."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction

from portal import clock
from portal.files import checker, refusals, storage
from portal.files.models import StoredFile
from portal.files.names import extension_of
from portal.files.scanning import ANSWER_SECONDS, Verdict, scanner
from portal.outbox.registry import JobView, handler
from portal.outbox.services import enqueue

CHECK_JOB: Final = "files.check"
SCAN_JOB: Final = "files.scan"
_PENDING: Final = (StoredFile.State.RECEIVED, StoredFile.State.CHECKING)
#: The outbox is patient.
_JOB_WAIT: Final = 20.0

logger = structlog.get_logger(__name__)


class ScannerAway(Exception):
    """The scanner gives no answer: the job is tried again."""


class OriginalMissing(Exception):
    """The row is there and its original is not: an operator's matter."""


def check_file(*, file_id: UUID, wait: float) -> StoredFile:
    """Check a file that was received, and return it as it is then. Raises CheckerAway, and then nothing is lost."""
    if not StoredFile.objects.filter(pk=file_id, state__in=_PENDING).update(state=StoredFile.State.CHECKING):
        return StoredFile.objects.get(pk=file_id)
    file = StoredFile.objects.get(pk=file_id)
    content = _original(file)
    verdict = scanner(min(wait, ANSWER_SECONDS)).scan(content)
    now = clock.now()
    if verdict is Verdict.INFECTED:
        return _ended(file, now, state=StoredFile.State.REFUSED, **_infected(now))
    try:
        finding = checker.clean(content, extension_of(file.name), wait=wait)
    except checker.CheckerAway:
        StoredFile.objects.filter(pk=file_id, state=StoredFile.State.CHECKING).update(state=StoredFile.State.RECEIVED)
        raise
    if finding.refusal:
        return _ended(
            file, now, state=StoredFile.State.REFUSED, refusal=finding.refusal, refusal_code=finding.code[:40]
        )
    found: dict[str, Any] = {"scan": StoredFile.Scan.NOT_SCANNED}
    if verdict is Verdict.CLEAN:
        found = {"scan": StoredFile.Scan.CLEAN, "scanned_at": now}
    return _ended(
        file,
        now,
        state=StoredFile.State.CLEAN,
        sha256=storage.put(finding.content),
        size=len(finding.content),
        pages=finding.pages,
        removed=finding.removed,
        scan_later=verdict is Verdict.UNKNOWN,
        **found,
    )


@transaction.atomic
def _ended(file: StoredFile, now: dt.datetime, *, scan_later: bool = False, **found: Any) -> StoredFile:
    ended = StoredFile.objects.filter(pk=file.pk, state__in=_PENDING).update(checked_at=now, **found)
    if ended and scan_later:
        enqueue(kind=SCAN_JOB, payload={"file": str(file.pk)}, key=str(file.pk))
    if ended and found.get("refusal_code"):
        logger.warning("file_refused", file=str(file.pk), code=found["refusal_code"])
    file.refresh_from_db()
    return file


def _infected(now: dt.datetime) -> dict[str, Any]:
    return {
        "refusal": refusals.SENTENCES["virus"],
        "refusal_code": "virus",
        "scan": StoredFile.Scan.INFECTED,
        "scanned_at": now,
    }


def scan_file(*, file_id: UUID) -> StoredFile:
    """Look for viruses in a file that was taken while the scanner was away. Raises ScannerAway.

    An infected one is served no more, whoever has it by then.
    """
    file = StoredFile.objects.get(pk=file_id)
    if file.state != StoredFile.State.CLEAN or file.scan != StoredFile.Scan.NOT_SCANNED:
        return file
    verdict = scanner().scan(_original(file))
    if verdict is Verdict.UNKNOWN:
        raise ScannerAway("the scanner gives no answer")
    now = clock.now()
    rows = StoredFile.objects.filter(pk=file_id, state=StoredFile.State.CLEAN)
    if verdict is Verdict.INFECTED:
        logger.warning("file_infected", file=str(file_id))
        rows.update(state=StoredFile.State.REFUSED, sha256="", pages=0, **_infected(now))
    elif verdict is Verdict.CLEAN:
        rows.update(scan=StoredFile.Scan.CLEAN, scanned_at=now)
    file.refresh_from_db()
    return file


def _original(file: StoredFile) -> bytes:
    try:
        return storage.get(file.original_sha256, storage.QUARANTINE)
    except (FileNotFoundError, ValueError) as error:
        logger.error("file_original_missing", file=str(file.pk))
        raise OriginalMissing(str(file.pk)) from error


@handler(CHECK_JOB, label="检查文件")
def check_job(job: JobView) -> None:
    """Check what no request has checked; a file that is gone needs nothing."""
    if StoredFile.objects.filter(pk=UUID(job.payload["file"])).exists():
        check_file(file_id=UUID(job.payload["file"]), wait=_JOB_WAIT)


@handler(SCAN_JOB, label="查毒")
def scan_job(job: JobView) -> None:
    """Ask the scanner again."""
    if StoredFile.objects.filter(pk=UUID(job.payload["file"])).exists():
        scan_file(file_id=UUID(job.payload["file"]))
