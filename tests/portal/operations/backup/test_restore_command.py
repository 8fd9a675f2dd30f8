"""A restore that cannot begin says why in one sentence, and makes nothing."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from portal.operations.backup.faults import BackupFault
from portal.operations.backup.recovery_key import RecoveryPrivate


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--recovery-key", "{key}"], "Say where the backups are: --from FOLDER, or BACKUP_DIR."),
        (["--recovery-key", "{key}", "--from", "/nowhere"], "There are no backups in /nowhere."),
        (["--recovery-key", "/nowhere", "--from", "{backups}"], "The recovery key /nowhere cannot be read"),
        (["--recovery-key", "{backups}/text", "--from", "{backups}"], "That is no private recovery key"),
        (["--recovery-key", "{backups}/image", "--from", "{backups}"], "holds no recovery key"),
        (["--recovery-key", "{key}", "--from", "{backups}", "--to", "noon"], "--to wants a moment such as"),
        (["--recovery-key", "{key}", "--from", "{backups}"], "There is no backup in"),
    ],
)
def test_it_says_why(tmp_path: Path, settings, arguments: list[str], sentence: str):
    settings.DATA_DIR = tmp_path / "data"
    backups = tmp_path / "backups"
    (backups / "sets").mkdir(parents=True)
    (backups / "text").write_text("no key")
    (backups / "image").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "key").write_text(RecoveryPrivate.new().line)
    given = [each.format(key=tmp_path / "key", backups=backups) for each in arguments]
    with pytest.raises((BackupFault, CommandError), match=sentence):
        call_command("restore", *given)
    assert not settings.DATA_DIR.exists()


def test_the_private_recovery_key_is_never_written_over_a_file(tmp_path: Path, settings):
    settings.DATA_DIR = tmp_path / "data"
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(BackupFault, match="is there already"):
        call_command("backup", "--new-recovery-key", str(tmp_path / "mine"))
    assert (tmp_path / "mine").read_text() == "mine"
    assert not (tmp_path / "data" / "keys" / "recovery.pub").exists()
