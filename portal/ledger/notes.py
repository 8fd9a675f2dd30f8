"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint) with Ed25519."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = 0x01
_DASH: Final = "\N{EM DASH} "
#: A checkpoint with its signatures, wherever it stands in a text.
_CHECKPOINT: Final = re.compile(
    r"^(?P<text>[^\n#][^\n]*\n(?:0|[1-9][0-9]{0,18})\n[A-Za-z0-9+/]{43}=\n(?:[^\n]+\n)*)\n"
    r"(?P<signatures>(?:— [^ \n]+ [A-Za-z0-9+/=]+\n)+)",
    re.MULTILINE,
)


class NoteFault(ValueError):
    """A note, a key or a list of heads does not have the form that it should have."""


def key_parts(text: str) -> tuple[str, str, bytes | None]:
    """`name+hash+key` in its parts: name, claimed hash, and the 32 bytes of the key; None for another form."""
    name, _, rest = text.partition("+")
    claimed, _, encoded = rest.partition("+")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raw = b""
    fits = bool(name) and len(raw) == 33 and raw[0] == ED25519
    return name, claimed, raw[1:] if fits else None


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """`name+hash+key` as C2SP signed-note writes it."""

    name: str
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """The first four bytes of SHA-256(name || newline || algorithm || key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public).digest()[:4]

    def __str__(self) -> str:
        key = base64.b64encode(bytes([ED25519]) + self.public).decode()
        return f"{self.name}+{self.key_hash.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Raises NoteFault for anything but an Ed25519 verifier key whose hash fits."""
        name, claimed, raw = key_parts(text.strip())
        if raw is None:
            raise NoteFault("this is no Ed25519 verifier key")
        key = cls(name, raw)
        if claimed != key.key_hash.hex():
            raise NoteFault("the verifier key does not have the hash that it names")
        return key

    def signed(self, text: str, signature: bytes) -> bool:
        """Whether the signature, without the key's hash, is this key's over the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text and its signatures: name, key hash and signature of each."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def parse(cls, note: str) -> "SignedNote":
        """Raises NoteFault when it is no signed note."""
        text, separator, lines = note.rpartition("\n\n")
        if not separator or not lines.endswith("\n"):
            raise NoteFault("a signed note is a text, an empty line and signature lines")
        signatures = []
        for line in lines[:-1].split("\n"):
            name, _, encoded = line.removeprefix(_DASH).partition(" ")
            try:
                raw = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                raw = b""
            if not line.startswith(_DASH) or not name or "+" in name or len(raw) <= 4:
                raise NoteFault("a line of signature is malformed")
            signatures.append((name, raw[:4], raw[4:]))
        return cls(text + "\n", tuple(signatures))

    def is_signed_by(self, key: VerifierKey) -> bool:
        """A signature of this key is there and good."""
        return any(
            name == key.name and key_hash == key.key_hash and key.signed(self.text, signature)
            for name, key_hash, signature in self.signatures
        )

    def __str__(self) -> str:
        lines = (
            f"{_DASH}{name} {base64.b64encode(key_hash + signature).decode()}\n"
            for name, key_hash, signature in self.signatures
        )
        return self.text + "\n" + "".join(lines)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A head of the tree: whose log, how many leaves, which root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def of(cls, note: SignedNote) -> "Checkpoint":
        """Raises NoteFault when the note is no checkpoint."""
        lines = note.text.split("\n")
        if len(lines) < 4 or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):
            raise NoteFault("the note is no checkpoint: origin, size and root, a line each")
        try:
            root = base64.b64decode(lines[2], validate=True)
        except binascii.Error:
            root = b""
        if len(root) != 32:
            raise NoteFault("the root in the checkpoint is not 32 bytes in base64")
        return cls(lines[0], int(lines[1]), root)


def checkpoints_in(text: str) -> Iterator[SignedNote]:
    """Every signed checkpoint in a text, such as the list of all daily heads, with empty lines and `#` remarks between.

    Raises NoteFault that names the first line that belongs to no checkpoint.
    """
    text, at = text.replace("\r\n", "\n"), 0
    for found in _CHECKPOINT.finditer(text):
        _refuse_words(text, at, found.start())
        at = found.end()
        yield SignedNote.parse(found["text"] + "\n" + found["signatures"])
    _refuse_words(text, at, len(text))


def _refuse_words(text: str, begin: int, end: int) -> None:
    first = text.count("\n", 0, begin) + 1
    for number, line in enumerate(text[begin:end].split("\n"), first):
        if line.strip() and not line.startswith("#"):
            raise NoteFault(f"line {number} belongs to no signed head")


def sign(text: str, name: str, key: Ed25519PrivateKey) -> SignedNote:
    """The text with this key's signature."""
    verifier = VerifierKey(name, key.public_key().public_bytes_raw())
    return SignedNote(text, ((name, verifier.key_hash, key.sign(text.encode())),))
