"""The time-based codes of a second factor, as a telephone makes them (RFC 6238)."""

import base64
import hmac
import time


def codes_of(secret: str) -> list[str]:
    """RFC 6238: the present code, and its neighbours for an account that used it within the last half minute."""
    step = int(time.time()) // 30
    return [_code(secret, step + away) for away in (0, 1, -1)]


def _code(secret: str, step: int) -> str:
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"
