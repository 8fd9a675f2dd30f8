"""Viruses: a scanner behind one interface; ClamAV's INSTREAM over a socket, or nobody, and then the files say so."""

from __future__ import annotations

import socket
import struct
import time
from contextlib import closing
from enum import Enum
from typing import Final, Protocol
from urllib.parse import urlsplit

import structlog
from django.conf import settings

CONNECT_SECONDS: Final = 3.0
#: For the outbox; whoever waits at a page waits less.
ANSWER_SECONDS: Final = 30.0
#: A scanner that hangs is left alone for a while: nobody else waits for it, the outbox asks again.
REST_SECONDS = 20.0
_CHUNK: Final = 1 << 18
_LONGEST_ANSWER: Final = 4096

logger = structlog.get_logger(__name__)
_resting_until: dict[str, float] = {}


class Verdict(Enum):
    """What the scanner says; ABSENT: there is none for it, UNKNOWN: it did not answer, ask again later."""

    CLEAN = "clean"
    INFECTED = "infected"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Scanner(Protocol):
    def scan(self, content: bytes) -> Verdict:
        """Look at the bytes; a fault of the scanner is UNKNOWN, never an exception."""
        ...


class NoScanner:
    """No scanner is set up."""

    def scan(self, content: bytes) -> Verdict:
        return Verdict.ABSENT


class ClamAV:
    """clamd at `unix:/path` or `tcp://host:port`, by its INSTREAM command."""

    def __init__(self, address: str, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.address = address
        self.answer_seconds = answer_seconds

    def scan(self, content: bytes) -> Verdict:
        if time.monotonic() < _resting_until.get(self.address, 0.0):
            return Verdict.UNKNOWN
        try:
            with closing(self._connected()) as connection:
                answer = _instream(connection, content)
        except OSError as error:  # refused, absent, hanging, cut off
            logger.warning("scanner_away", reason=type(error).__name__)
            if isinstance(error, TimeoutError):
                _resting_until[self.address] = time.monotonic() + REST_SECONDS
            return Verdict.UNKNOWN
        return _verdict(answer)

    def _connected(self) -> socket.socket:
        parts = urlsplit(self.address)
        if parts.scheme == "unix":
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.settimeout(CONNECT_SECONDS)
                connection.connect(parts.path)
            except OSError:
                connection.close()
                raise
        else:
            connection = socket.create_connection((parts.hostname or "", parts.port or 3310), CONNECT_SECONDS)
        connection.settimeout(self.answer_seconds)
        return connection


def _instream(connection: socket.socket, content: bytes) -> bytes:
    try:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK):
            piece = content[start : start + _CHUNK]
            connection.sendall(struct.pack(">I", len(piece)) + piece)
        connection.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # clamd answers and hangs up when a file is larger than it takes: what it said is still there to read
    answer = b""
    while b"\0" not in answer and len(answer) < _LONGEST_ANSWER:
        piece = connection.recv(_LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.partition(b"\0")[0].strip()


def _verdict(answer: bytes) -> Verdict:
    if answer == b"stream: OK":
        return Verdict.CLEAN
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return Verdict.INFECTED
    if answer.startswith(b"INSTREAM size limit exceeded"):
        logger.warning("scanner_takes_smaller_files_only")
        return Verdict.ABSENT
    logger.warning("scanner_answers", answer=answer[:200].decode(errors="replace"))
    return Verdict.UNKNOWN


def scanner(answer_seconds: float = ANSWER_SECONDS) -> Scanner:
    """The scanner of this installation."""
    address = settings.CLAMD_ADDRESS
    return ClamAV(address, answer_seconds) if address else NoScanner()
