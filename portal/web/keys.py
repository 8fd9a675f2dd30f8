"""Keys of rows (UUIDv7) and identifiers that the public sees (ULID)."""

import os
import time
import uuid
from typing import Final

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def uuid7() -> uuid.UUID:
    """A time-ordered UUID, version 7 (RFC 9562 section 5.7): 48 bits of milliseconds, 74 random bits."""
    value = _milliseconds() << 80 | int.from_bytes(os.urandom(10), "big")
    value &= ~(0xF << 76)
    value |= 0x7 << 76
    value &= ~(0x3 << 62)
    value |= 0x2 << 62
    return uuid.UUID(int=value)


def ulid() -> str:
    """A ULID as 26 characters of Crockford's base 32: 48 bits of milliseconds, 80 random bits."""
    value = _milliseconds() << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000 & (1 << 48) - 1
