"""AES-256-GCM as the portal stores it: version (1 byte) | key id (16) | nonce (12) | text and tag.

The associated data names column and row, so that a value moved to another row or column does not open.
"""

import hmac
import os
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.privacy.keys import key_ring

_VERSION: Final = b"\x01"
_HEADER: Final = 1 + 16 + 12


class Undecipherable(Exception):
    """The stored value was altered, moved, or its key is not here."""


def seal(key_id: UUID, key: bytes, text: bytes, associated: bytes) -> bytes:
    """Encrypt under a key whose id is stored with the value."""
    nonce = os.urandom(12)
    return _VERSION + key_id.bytes + nonce + AESGCM(key).encrypt(nonce, text, associated)


def key_id_of(value: bytes) -> UUID:
    """The id of the key that opens the value."""
    if len(value) < _HEADER or value[:1] != _VERSION:
        raise Undecipherable("not a value of a known version")
    return UUID(bytes=value[1:17])


def unseal(key: bytes, value: bytes, associated: bytes) -> bytes:
    """Decrypt; raises Undecipherable when anything was changed."""
    key_id_of(value)
    try:
        return AESGCM(key).decrypt(value[17:_HEADER], value[_HEADER:], associated)
    except InvalidTag as error:
        raise Undecipherable("the value was altered or belongs to another row") from error


def seal_by_master(text: bytes, associated: bytes) -> bytes:
    """Encrypt under the current master key."""
    ring = key_ring()
    return seal(ring.current, ring.masters[ring.current], text, associated)


def unseal_by_master(value: bytes, associated: bytes) -> bytes:
    """Decrypt under the master key that the value names, which may be an old one."""
    key = key_ring().masters.get(key_id_of(value))
    if key is None:
        raise Undecipherable("the master key of this value is not in the key file")
    return unseal(key, value, associated)


def blind_index(purpose: str, text: str) -> str:
    """HMAC-SHA256 (hex) over the normalised text, for look-up by equality; `purpose` separates the columns."""
    message = purpose.encode() + b"\x00" + normalise_number(text).encode()
    return hmac.digest(key_ring().index, message, "sha256").hex()


def normalise_number(text: str) -> str:
    """Half width, upper case, without blanks and hyphens: one spelling for each number."""
    if text.isascii() and text.isalnum():
        return text.upper()
    halved = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    return "".join(c for c in halved.upper() if not c.isspace() and c not in "-‐‑–—")
