"""The recovery key: a pair whose public half stays with the portal and whose private half is kept elsewhere.

Keys are sealed to the public half: X25519 with a pair made for this one message, HKDF-SHA256, AES-256-GCM (the recipe
of ECIES and HPKE). The machine that makes backups cannot read the keys in them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.operations.backup.faults import BackupFault

_MAGIC: Final = b"portal-recovery-1\n"
_PUBLIC: Final = "portal-recovery-public:"
_PRIVATE: Final = "portal-recovery-private:"
_KEY: Final = 32
_CHECK: Final = 4
#: The key of a message seals nothing else, so that its nonce may be fixed.
_NONCE: Final = bytes(12)


@dataclass(frozen=True, slots=True)
class RecoveryPublic:
    """The half that seals."""

    raw: bytes

    @property
    def fingerprint(self) -> str:
        """What tells one key from another, on paper as well."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    @property
    def line(self) -> str:
        return _line(_PUBLIC, self.raw)

    @classmethod
    def parse(cls, text: str) -> RecoveryPublic:
        return cls(_parsed(_PUBLIC, text, "public"))


@dataclass(frozen=True, slots=True, repr=False)
class RecoveryPrivate:
    """The half that opens."""

    raw: bytes

    @property
    def public(self) -> RecoveryPublic:
        return RecoveryPublic(X25519PrivateKey.from_private_bytes(self.raw).public_key().public_bytes_raw())

    @property
    def line(self) -> str:
        return _line(_PRIVATE, self.raw)

    @classmethod
    def parse(cls, text: str) -> RecoveryPrivate:
        """Raises BackupFault when the text is no private key, or was mistyped."""
        return cls(_parsed(_PRIVATE, text, "private"))

    @classmethod
    def new(cls) -> RecoveryPrivate:
        return cls(X25519PrivateKey.generate().private_bytes_raw())


def seal(content: bytes, public: RecoveryPublic, context: str) -> bytes:
    """Encrypt for the holder of the private half; `context` says what it is and of which backup."""
    own = X25519PrivateKey.generate()
    sender = own.public_key().public_bytes_raw()
    head = _MAGIC + public.raw + sender
    shared = own.exchange(X25519PublicKey.from_public_bytes(public.raw))
    return head + AESGCM(_derived(shared, head)).encrypt(_NONCE, content, head + context.encode())


def unseal(sealed: bytes, private: RecoveryPrivate, context: str) -> bytes:
    """What `seal` was given. Raises BackupFault for another key and for anything that was changed."""
    length = len(_MAGIC) + 2 * _KEY
    head, body = sealed[:length], sealed[length:]
    if len(head) < length or not head.startswith(_MAGIC):
        raise BackupFault("The part with the keys is damaged: it does not begin as one.")
    recipient = RecoveryPublic(head[len(_MAGIC) : len(_MAGIC) + _KEY])
    if recipient != private.public:
        raise BackupFault(
            f"This recovery key ({private.public.fingerprint}) does not open the keys of this backup; "
            f"the right one is {recipient.fingerprint}."
        )
    shared = X25519PrivateKey.from_private_bytes(private.raw).exchange(X25519PublicKey.from_public_bytes(head[-_KEY:]))
    try:
        return AESGCM(_derived(shared, head)).decrypt(_NONCE, body, head + context.encode())
    except InvalidTag:
        raise BackupFault("The part with the keys is damaged: it was changed after it was sealed.") from None


def _derived(shared: bytes, head: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=None, info=head).derive(shared)


def _line(prefix: str, raw: bytes) -> str:
    return prefix + base64.b64encode(raw + hashlib.sha256(prefix.encode() + raw).digest()[:_CHECK]).decode()


def _parsed(prefix: str, text: str, half: str) -> bytes:
    found = re.search(rf"{prefix}([A-Za-z0-9+/=]+)", text)
    if found is None:
        raise BackupFault(f"That is no {half} recovery key: it has no line that begins with {prefix}")
    try:
        raw = base64.b64decode(found[1], validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != _KEY + _CHECK or _line(prefix, raw[:_KEY]) != prefix + found[1]:
        raise BackupFault(f"The {half} recovery key is mistyped or cut short.")
    return raw[:_KEY]
