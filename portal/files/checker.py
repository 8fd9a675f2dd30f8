"""The checker: foreign bytes in, clean bytes or a reason out, both from the confined process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import structlog

from portal.confinement.workers import Busy, Ended, Limits, Refused, Worker
from portal.files import limits, refusals
from portal.files.names import kind_of
from portal.web.errors import DomainError

#: An image of fifty million pixels, decoded and turned, beside its file. A batch of ten such files stays within the
#: time limit of the outbox's task.
LIMITS: Final = Limits(1536 * limits.MEGABYTE, cpu_seconds=15, wall_seconds=20.0)
_DRAWING: Final = Limits(768 * limits.MEGABYTE, cpu_seconds=10, wall_seconds=20.0)
_TASK: Final = "portal.files.cleaning.task"
#: What the worker says is not believed blindly: a clean file begins as its kind does.
_BEGINNINGS: Final = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG", "docx": b"PK\x03\x04"}

logger = structlog.get_logger(__name__)

CHECKER: Final = Worker(_TASK, LIMITS)
#: People who read wait for no upload.
DRAWER: Final = Worker(_TASK, _DRAWING)


class CheckerAway(DomainError):
    """The checker serves others or does not start: nothing is known about the file, it is to be checked later."""

    http_status = 503
    default_code = "checker_away"


@dataclass(frozen=True, slots=True)
class Finding:
    """A clean copy, or why there is none."""

    content: bytes
    pages: int
    removed: list[str]
    code: str = ""
    refusal: str = ""


def clean(content: bytes, extension: str, *, wait: float) -> Finding:
    """Open and clean a file. Raises CheckerAway; whatever is wrong with the file is in the finding."""
    kind = kind_of(extension)
    told = {"work": "clean", "kind": kind, "limits": limits.for_the_worker()}
    try:
        found, cleaned = _asked(CHECKER, told, content, wait)
    except Busy:
        raise CheckerAway("文件正在排队检查。") from None
    except Ended as ended:
        logger.warning("file_check_ended", reason=str(ended), kind=kind)
        if ended.unasked:
            raise CheckerAway("文件正在排队检查。") from ended
        return _refused("file_costly", {}, extension)
    except Refused as refused:
        logger.warning("file_check_failed", reason=str(refused), kind=kind)
        return _refused("file_costly" if "MemoryError" in str(refused) else "file_broken", {}, extension)
    if code := found.get("code"):
        return _refused(str(code), found.get("values") or {}, extension)
    if not cleaned.startswith(_BEGINNINGS.get(kind, b"PK\x03\x04")):
        logger.error("file_check_answers_nonsense", kind=kind)
        return _refused("file_broken", {}, extension)
    return Finding(cleaned, int(found["pages"]), [str(word)[:20] for word in found["removed"]][:10])


def draw(content: bytes, extension: str, *, page: int, width: int) -> bytes:
    """A JPEG of a page of a clean file. Raises CheckerAway with a sentence."""
    told = {"work": "draw", "kind": kind_of(extension), "page": page, "width": width}
    try:
        found, picture = _asked(DRAWER, told, content, 15.0)
    except (Busy, Ended, Refused) as error:
        logger.warning("page_not_drawn", reason=str(error))
        raise CheckerAway("这一页暂时不能显示，请稍后再试，或者下载文件看。") from error
    if found.get("code") or not picture.startswith(b"\xff\xd8\xff"):
        raise CheckerAway("这一页不能显示，请下载文件看。")
    return picture


def _asked(worker: Worker, told: dict[str, Any], content: bytes, wait: float) -> tuple[dict[str, Any], bytes]:
    answer = worker.ask(json.dumps(told).encode() + b"\n" + content, wait=wait)
    head, _, rest = answer.partition(b"\n")
    found: dict[str, Any] = json.loads(head)
    return found, rest


def _refused(code: str, values: dict[str, Any], extension: str) -> Finding:
    return Finding(b"", 0, [], code, refusals.sentence_of(code, values, extension))
