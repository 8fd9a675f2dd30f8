"""Keys of rows (UUIDv7) and identifiers that the public sees (ULID)."""

import os
import threading
import time
import uuid
from typing import Final

#: For what people copy by hand: nothing that looks like something else.
READABLE: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


_lock = threading.Lock()
_last_tick = [0]


def uuid7() -> uuid.UUID:
    """A time-ordered UUID, version 7 (RFC 9562 section 6.2, method 3): strictly increasing within a process.

    48 bits of milliseconds, 12 bits of their fraction, 62 random bits.
    """
    tick = time.time_ns() * 4096 // 1_000_000
    with _lock:
        tick = _last_tick[0] = max(tick, _last_tick[0] + 1)
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return uuid.UUID(int=(tick >> 12) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0x2 << 62 | random)


def ulid() -> str:
    """A ULID as 26 characters of Crockford's base 32: 48 bits of milliseconds, 80 random bits."""
    value = _milliseconds() << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000 & (1 << 48) - 1
