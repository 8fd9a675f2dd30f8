"""The recovery key: what the portal can seal and only the kept half can open."""

import pytest

from portal.operations.backup.faults import BackupFault
from portal.operations.backup.recovery_key import RecoveryPrivate, RecoveryPublic, seal, unseal


def test_what_was_sealed_is_opened_by_the_private_half_and_hides_its_content():
    private = RecoveryPrivate.new()
    sealed = seal(b"master key", private.public, "backup-1")
    assert b"master key" not in sealed
    assert unseal(sealed, private, "backup-1") == b"master key"
    assert seal(b"master key", private.public, "backup-1") != sealed


def test_another_key_is_refused_with_both_fingerprints():
    right, wrong = RecoveryPrivate.new(), RecoveryPrivate.new()
    with pytest.raises(BackupFault) as refused:
        unseal(seal(b"x", right.public, "b"), wrong, "b")
    assert wrong.public.fingerprint in str(refused.value)
    assert right.public.fingerprint in str(refused.value)


@pytest.mark.parametrize("place", [0, 20, 60, -1])
def test_a_flipped_byte_anywhere_is_refused(place: int):
    private = RecoveryPrivate.new()
    sealed = bytearray(seal(b"master key", private.public, "b"))
    sealed[place] ^= 1
    with pytest.raises(BackupFault):
        unseal(bytes(sealed), private, "b")


def test_the_part_of_another_backup_is_refused():
    private = RecoveryPrivate.new()
    with pytest.raises(BackupFault, match="damaged"):
        unseal(seal(b"x", private.public, "backup-1"), private, "backup-2")


def test_the_lines_are_read_back_among_other_text_and_a_slip_is_noticed():
    private = RecoveryPrivate.new()
    assert RecoveryPrivate.parse(f"kept in the safe\n{private.line}\n") == private
    assert RecoveryPublic.parse(private.public.line) == private.public
    slip = private.line[:-3] + ("A" if private.line[-3] != "A" else "B") + private.line[-2:]
    with pytest.raises(BackupFault, match="mistyped"):
        RecoveryPrivate.parse(slip)
    with pytest.raises(BackupFault, match="no private recovery key"):
        RecoveryPrivate.parse(private.public.line)


def test_the_private_half_does_not_show_in_messages():
    assert "portal-recovery" not in repr(RecoveryPrivate.new())
