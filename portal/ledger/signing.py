"""Who signs the heads. The key is never in the database: a file of mode 0600, or a holder that production brings."""

import base64
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from portal.ledger import notes
from portal.ledger.notes import ED25519, NoteFault, SignedNote, VerifierKey
from portal.privacy import secret_files

_FILE_NAME = "ledger.key"
_PREFIX = "PRIVATE+KEY+"


class Signer(Protocol):
    """A holder of the log's key: settings.LEDGER_SIGNER names the class."""

    @property
    def key(self) -> VerifierKey:
        """The key with which it signs now; its name is the log's origin."""
        ...

    @property
    def known_keys(self) -> tuple[VerifierKey, ...]:
        """This key and those of earlier years, whose heads stay valid."""
        ...

    def sign(self, text: str) -> SignedNote:
        """The text with a signature of `key`."""
        ...


class FileSigner:
    """The key in a file: `PRIVATE+KEY+name+hash+key` in the first line, verifier keys of earlier ones after it."""

    def __init__(self) -> None:
        path = key_file()
        if not path.exists():
            if not getattr(settings, "TESTING", False):
                raise ImproperlyConfigured(f"the ledger's key {path} is missing; set-up creates it on first start")
            _create(path)
        if path.stat().st_mode & 0o077:
            raise ImproperlyConfigured(f"the ledger's key {path} must have mode 0600")
        first, *earlier = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()] or [""]
        try:
            self._name, self._private = _parse_private(first)
            self._earlier = tuple(VerifierKey.parse(line) for line in earlier)
        except NoteFault as fault:
            raise ImproperlyConfigured(f"the ledger's key {path} cannot be read: {fault}") from None

    @property
    def key(self) -> VerifierKey:
        return VerifierKey(self._name, self._private.public_key().public_bytes_raw())

    @property
    def known_keys(self) -> tuple[VerifierKey, ...]:
        return (self.key, *self._earlier)

    def sign(self, text: str) -> SignedNote:
        return notes.sign(text, self._name, self._private)


@lru_cache(maxsize=1)
def signer() -> Signer:
    """The holder of the key in this process; raises ImproperlyConfigured when the key is missing or open to others."""
    found: Signer = import_string(settings.LEDGER_SIGNER)()
    return found


def key_file() -> Path:
    """Where FileSigner looks: LEDGER_KEY_FILE, else below DATA_DIR/keys."""
    return settings.ENVIRONMENT.ledger_key_file or Path(settings.DATA_DIR) / "keys" / _FILE_NAME


def ensure_key() -> None:
    """Create the key on first start; an existing one, and one that production brings, is left as it is."""
    path = key_file()
    if not path.exists() and settings.ENVIRONMENT.ledger_key_file is None:
        _create(path)
    signer.cache_clear()


def private_line(name: str, private: Ed25519PrivateKey) -> str:
    """The key as C2SP signed-note writes it."""
    verifier = VerifierKey(name, private.public_key().public_bytes_raw())
    raw = base64.b64encode(bytes([ED25519]) + private.private_bytes_raw()).decode()
    return f"{_PREFIX}{name}+{verifier.key_hash.hex()}+{raw}"


def _parse_private(line: str) -> tuple[str, Ed25519PrivateKey]:
    if not line.startswith(_PREFIX):
        raise NoteFault("its first line does not begin with PRIVATE+KEY+")
    name, claimed, raw = notes.key_parts(line.removeprefix(_PREFIX))
    if raw is None:
        raise NoteFault("it holds no Ed25519 key")
    private = Ed25519PrivateKey.from_private_bytes(raw)
    if claimed != VerifierKey(name, private.public_key().public_bytes_raw()).key_hash.hex():
        raise NoteFault("the key does not have the hash that it names")
    return name, private


def _create(path: Path) -> None:
    """The name is the portal's address at that time; it stays, whatever becomes of the address."""
    name = urlsplit(settings.PUBLIC_URL).netloc + "/ledger"
    secret_files.make(path, (private_line(name, Ed25519PrivateKey.generate()) + "\n").encode())
