"""The keys below DATA_DIR/keys as one sealed part: passwords of the servers, master keys, ledger, signatures.

SECRET_KEY of the environment goes along as `environment.json`. Keys that the environment places elsewhere stay
with whoever keeps them.
"""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Final

from portal.operations.backup.faults import BackupFault, told
from portal.operations.backup.recovery_key import RecoveryPrivate, RecoveryPublic, seal, unseal
from portal.operations.backup.store import write
from portal.settings.environment import Environment

ENVIRONMENT: Final = "environment.json"


def sealed(keys: Path, environment: Environment, public: RecoveryPublic, backup_id: str) -> bytes:
    """Everything in the folder, readable with the private recovery key alone."""
    content = io.BytesIO()
    with told(keys), tarfile.open(fileobj=content, mode="w") as archive:
        for path in sorted(keys.rglob("*")):
            if path.is_file() and not path.name.startswith(".") and path.name != ENVIRONMENT:
                _add(archive, str(path.relative_to(keys)), path.read_bytes())
        if environment.secret_key:
            _add(archive, ENVIRONMENT, json.dumps({"SECRET_KEY": environment.secret_key}).encode())
    return seal(content.getvalue(), public, backup_id)


def opened(content: bytes, private: RecoveryPrivate, backup_id: str) -> dict[str, bytes]:
    """The files by name. Raises BackupFault for another key and for a damaged part."""
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(unseal(content, private, backup_id)), mode="r") as archive:
        for member in archive:
            stream = archive.extractfile(member)
            if stream is None or member.name.startswith("/") or ".." in Path(member.name).parts:
                raise BackupFault(f"The part with the keys holds something that is no key: {member.name}")
            found[member.name] = stream.read()
    return found


def put_back(files: dict[str, bytes], keys: Path) -> None:
    """Write them with mode 0600, below folders of mode 0700."""
    with told(keys):
        for name, content in files.items():
            path = keys / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write(path, content)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))
