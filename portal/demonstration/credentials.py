"""With what the personas sign in: printed, the same in every demonstration, and worth nothing elsewhere."""

import base64
import hashlib
from typing import Final

#: One password for all of them.
PASSWORD: Final = "shuozhou2015"


def development_secret(username: str) -> str:
    """The secret of a persona's second factor, in base32."""
    return base64.b32encode(hashlib.sha256(f"demonstration|{username}".encode()).digest()[:20]).decode()
