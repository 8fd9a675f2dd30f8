"""Signed notes against the vector, keys in their file."""

import base64
import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import ImproperlyConfigured

from portal.ledger import notes, signing
from portal.ledger.notes import Checkpoint, NoteFault, SignedNote, VerifierKey
from portal.ledger.standalone import verify_log as outside

VECTOR = json.loads((Path(__file__).parents[2] / "vectors" / "beacons.json").read_text())["signed_note"]
KEY = VerifierKey.parse(VECTOR["verifier_key"])
RAW = base64.b64decode(VECTOR["signature"])


def note_of(text, raw=RAW):
    return SignedNote.parse(f"{text}\n— {KEY.name} {base64.b64encode(raw).decode()}\n")


def test_the_note_of_the_vector_is_signed_by_its_key():
    note = note_of(VECTOR["text"])
    assert note.is_signed_by(KEY)
    assert str(KEY) == VECTOR["verifier_key"]
    assert str(note) == f"{VECTOR['text']}\n— {KEY.name} {VECTOR['signature']}\n"


def test_a_flipped_byte_anywhere_in_the_note_of_the_vector_is_refused():
    assert not note_of(VECTOR["text"].replace("answer", "Answer")).is_signed_by(KEY)
    for place in range(len(RAW)):
        bent = RAW[:place] + bytes([RAW[place] ^ 1]) + RAW[place + 1 :]
        assert not note_of(VECTOR["text"], bent).is_signed_by(KEY)


def test_the_program_for_outsiders_agrees_on_the_vector_with_its_own_arithmetic():
    name, key_hash, public = outside.read_key(VECTOR["verifier_key"])
    assert (name, key_hash, public) == (KEY.name, KEY.key_hash, KEY.public)
    assert outside.good_signature(public, VECTOR["text"].encode(), RAW[4:])
    assert not outside.good_signature(public, VECTOR["text"].encode() + b" ", RAW[4:])
    for place in (0, 31, 32, 63):
        bent = bytearray(RAW[4:])
        bent[place] ^= 1
        assert not outside.good_signature(public, VECTOR["text"].encode(), bytes(bent))
    assert not outside.good_signature(public, VECTOR["text"].encode(), RAW[4:-1])


def test_a_signature_of_ours_is_good_for_both_programs():
    private = Ed25519PrivateKey.generate()
    note = notes.sign(Checkpoint("log.example/ledger", 5, bytes(range(32))).text(), "log.example/ledger", private)
    key = VerifierKey("log.example/ledger", private.public_key().public_bytes_raw())
    assert note.is_signed_by(key)
    assert not note.is_signed_by(VerifierKey("other.example", key.public))
    [head] = outside.read_heads(str(note), "file")
    assert head[1:3] == (5, bytes(range(32)))
    assert outside.is_signed(head[3], head[4], [outside.read_key(str(key))])
    assert Checkpoint.of(SignedNote.parse(str(note))) == Checkpoint("log.example/ledger", 5, bytes(range(32)))


@pytest.mark.parametrize("text", ["", "x\n", "x\n\nnot a signature\n", "x\n\n— name !!!\n", "x\n\n— name AAAA\n"])
def test_what_is_no_note_is_refused(text):
    with pytest.raises(NoteFault):
        SignedNote.parse(text)


@pytest.mark.parametrize("key", ["", "name+00000000+AAAA", VECTOR["verifier_key"].replace("c74f20a3", "c74f20a4")])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(NoteFault):
        VerifierKey.parse(key)


def test_a_list_of_heads_is_read_with_its_remarks_and_nothing_else():
    private = Ed25519PrivateKey.generate()
    texts = [str(notes.sign(Checkpoint("log", size, bytes(32)).text(), "log", private)) for size in (1, 20)]
    joined = f"# 2026-11-25\n{texts[0]}\n# 2026-11-26\n{texts[1]}"
    found = list(notes.checkpoints_in(joined))
    assert [Checkpoint.of(note).size for note in found] == [1, 20]
    assert [str(note) for note in found] == texts
    assert len(list(notes.checkpoints_in(joined.replace("\n", "\r\n")))) == 2
    with pytest.raises(NoteFault, match="line 2"):
        list(notes.checkpoints_in(joined.replace("\n1\n", "\n01\n", 1)))


@pytest.fixture
def key_file(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    signing.signer.cache_clear()
    yield tmp_path / "keys" / "ledger.key"
    signing.signer.cache_clear()


def test_the_key_is_made_once_in_a_file_of_its_own(key_file, settings):
    settings.PUBLIC_URL = "https://zwfw.example.gov.cn"
    signing.ensure_key()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    before = key_file.read_text()
    signing.ensure_key()
    assert key_file.read_text() == before
    assert signing.signer().key.name == "zwfw.example.gov.cn/ledger"
    assert signing.signer().sign("text\n").is_signed_by(signing.signer().key)


def test_a_key_that_others_can_read_is_refused(key_file):
    signing.ensure_key()
    key_file.chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="0600"):
        signing.signer()


def test_an_earlier_key_stays_known_after_a_change_of_keys(key_file):
    signing.ensure_key()
    old = signing.signer()
    head = old.sign("an old head\n")
    fresh = signing.private_line("new/ledger", Ed25519PrivateKey.generate())
    key_file.write_text(f"{fresh}\n{old.key}\n")
    signing.signer.cache_clear()
    assert [key.name for key in signing.signer().known_keys] == ["new/ledger", old.key.name]
    assert any(head.is_signed_by(key) for key in signing.signer().known_keys)


@pytest.mark.parametrize("text", ["", "nonsense\n", "PRIVATE+KEY+a+b+c\n"])
def test_a_damaged_key_file_is_named(key_file, text):
    signing.ensure_key()
    key_file.write_text(text)
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        signing.signer()


class OutsideHolder:
    """A holder that production might bring: the key is somewhere else."""

    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    key = VerifierKey("hsm.example/ledger", private.public_key().public_bytes_raw())
    known_keys = (key,)

    def sign(self, text):
        return notes.sign(text, self.key.name, self.private)


def test_production_can_bring_its_own_holder(settings):
    settings.LEDGER_SIGNER = f"{__name__}.OutsideHolder"
    signing.signer.cache_clear()
    try:
        assert signing.signer().sign("x\n").is_signed_by(OutsideHolder.key)
    finally:
        signing.signer.cache_clear()
