"""Judge a PDF that somebody brings: by our archive first, by its signature alone in the limited process."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from portal.documents import queries
from portal.documents.errors import SealingFault

WALL_SECONDS: Final = 30.0
WAIT_SECONDS: Final = 20.0
BUSY: Final = "现在核验文件的人比较多，请过几分钟再试。"
_CHECKER: Final = Path(__file__).with_name("signing") / "checker.py"
_at_once = threading.BoundedSemaphore(2)

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What is said of a file. `code` names the document when the file is one of ours."""

    verdict: str
    title: str
    advice: str
    good: bool
    code: str | None
    sha256: str
    signer: str
    signed_at: str


#: verdict of the limited process -> what is so, what to do.
_WORDS: Final = {
    "good": ("签名有效，文件没有改动", "文件由本平台签名，签名以后没有改过。"),
    "altered": ("文件被改动过，不要采信", "签名以后内容有变化。请向持有人要原来的文件，或者按核验码查询。"),
    "foreign": ("不是本平台签名的文件，不要采信", "文件上的签名不是本平台的，或者不完整。"),
    "revoked": ("签名证书已经吊销，不要采信", "签名的时候，所用的证书已经不可信。请联系出具机关。"),
    "unsigned": ("文件没有电子签名，不能证明真假", "纸质件的扫描件、照片和打印件都没有签名，请按核验码查询。"),
    "unreadable": ("这不是能打开的 PDF", "请选择从本平台下载的 PDF 原件。"),
}
_UNKNOWN: Final = (
    "签名有效，但是存档里没有这一份",
    "签名是真的，文件和存档的电子原件不是同一份。请按核验码查询，逐项核对。",
)


def judge(pdf: bytes) -> FileVerdict:
    """The verdict on a file. Raises SealingFault when nothing can be said now."""
    digest = hashlib.sha256(pdf).hexdigest()
    newest = queries.newest_list()
    found = examine(pdf, queries.trusted_roots(), [] if newest is None else [bytes(newest.der)])
    verdict = found["verdict"]
    title, advice = _WORDS[verdict]
    code = queries.document_of_file(digest)
    good = verdict == "good"
    if good and code is None:
        code = queries.document_of_data(found.get("data_hash", ""))
        title, advice = _UNKNOWN
        good = False
    return FileVerdict(
        verdict=verdict,
        title=title,
        advice=advice,
        good=good,
        code=code if verdict in {"good", "revoked"} else None,
        sha256=digest,
        signer=found.get("signer", ""),
        signed_at=found.get("signed_at", "") if verdict in {"good", "revoked"} else "",
    )


def examine(pdf: bytes, roots: Sequence[bytes], lists: Sequence[bytes], moment: str = "") -> dict[str, str]:
    """What the limited process says; `moment` (ISO) lets it judge as if it were then. Raises SealingFault."""
    stated = {"roots": [_text(der) for der in roots], "lists": [_text(der) for der in lists], "moment": moment}
    head = json.dumps(stated).encode()
    if not _at_once.acquire(timeout=WAIT_SECONDS):
        raise SealingFault(BUSY, code="check_busy")
    try:
        with tempfile.TemporaryDirectory(prefix="check-") as folder:
            done = subprocess.run(
                [sys.executable, "-I", "-B", str(_CHECKER)],
                input=struct.pack(">Q", len(head)) + head + pdf,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env={},
                timeout=WALL_SECONDS,
                start_new_session=True,
                check=False,
            )
        if done.returncode == 0:
            answer: dict[str, str] = json.loads(done.stdout)
            return answer
        logger.warning("check_ended", status=done.returncode)
    except subprocess.TimeoutExpired:
        logger.warning("check_took_too_long")
    finally:
        _at_once.release()
    return {"verdict": "unreadable", "why": "limits"}


def _text(der: bytes) -> str:
    return base64.b64encode(der).decode()
