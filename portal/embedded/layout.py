"""Where everything lies below DATA_DIR, and the passwords of the embedded servers."""

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from portal.embedded import account as accounts
from portal.embedded.failures import SetupFailure

FOLDERS = ("run", "keys", "files/quarantine", "files/clean", "erasures", "sent", "logs", "static")
HANDED_OVER = ("run", "keys", "files", "erasures", "sent", "static")
OWNER_SECRETS = "servers-owner.json"
SOCKET_LIMIT = 93  # bytes; the kernel allows 107 for the whole path of a socket


@dataclass(frozen=True)
class Secrets:
    """Passwords of the embedded servers; kept in a 0600 file each, the owner's apart."""

    superuser: str
    owner: str
    application: str
    redis: str


@dataclass(frozen=True)
class Layout:
    """The folders of one portal."""

    data_dir: Path
    server_dir: Path  # pg and redis; elsewhere when the servers' account cannot reach DATA_DIR
    sockets: Path

    @property
    def signer_socket(self) -> Path:
        return self.sockets / "signer.sock"

    @property
    def seals(self) -> Path:
        """Keys of signatures: of the process that signs alone, never handed over."""
        return self.data_dir / "keys" / "seals"

    @classmethod
    def of(cls, data_dir: Path) -> "Layout":
        """The layout of a folder that need not exist yet."""
        data_dir = Path(os.path.realpath(data_dir))
        tag = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
        server_dir = data_dir
        if os.geteuid() == 0:
            account = accounts.known_account() or accounts.Account(-1, -1)
            if not accounts.reachable(_first_parent(data_dir), account):
                server_dir = accounts.HOME / tag
        sockets = server_dir / "run"
        if len(os.fsencode(sockets)) > SOCKET_LIMIT:
            # Root's children run under the service account and have to find the folder that root has made.
            shared = accounts.HOME / tag
            rooted = os.geteuid() == 0 or shared.is_dir()
            # The session refuses a folder that belongs to another user.
            sockets = shared if rooted else Path(f"/tmp/portal-{os.geteuid()}-{tag}")  # nosec B108
        return cls(data_dir, server_dir, sockets)

    @property
    def run(self) -> Path:
        return self.data_dir / "run"

    @property
    def keys(self) -> Path:
        return self.data_dir / "keys"

    @property
    def logs(self) -> Path:
        return self.data_dir / "logs"

    @property
    def pg(self) -> Path:
        return self.server_dir / "pg"

    @property
    def redis(self) -> Path:
        return self.server_dir / "redis"

    @property
    def backups(self) -> Path:
        """Where backups lie unless BACKUP_DIR names a place; the servers' account can reach it."""
        return self.server_dir / "backups"

    @property
    def archiver(self) -> Path:
        """The program that keeps finished WAL; while it is not there, nothing is kept."""
        return self.server_dir / "archive-wal"

    @property
    def archive_stopped(self) -> Path:
        """Made by the archiver when a disk is nearly full: from then on the WAL has a gap."""
        return self.sockets / "archive-stopped"

    @property
    def recovery_public(self) -> Path:
        """The public recovery key: backups are made from the moment it is there."""
        return self.keys / "recovery.pub"

    @property
    def restoring(self) -> Path:
        """What a restore needs until it is finished; the portal does not start while it is there."""
        return self.data_dir / "restore"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    def create(self) -> None:
        """Make the folders; raise SetupFailure where that is refused."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            for name in FOLDERS:
                (self.data_dir / name).mkdir(parents=True, exist_ok=True)
            probe = self.run / f"probe-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise SetupFailure(f"The folder {self.data_dir} (DATA_DIR) cannot be written: {error.strerror}.") from None
        self.keys.chmod(0o711 if os.geteuid() == 0 else 0o700)

    def hand_over(self, account: accounts.Account) -> None:
        """Give what the portal writes to its account; the owner's passwords stay root's."""
        for name in HANDED_OVER:
            for folder, names, files in os.walk(self.data_dir / name):
                if Path(folder) == self.keys and self.seals.name in names:
                    names.remove(self.seals.name)
                for path in [Path(folder), *(Path(folder, file) for file in files)]:
                    if path.name != OWNER_SECRETS and path.lstat().st_uid == 0:
                        os.chown(path, account.uid, account.gid, follow_symlinks=False)

    def secrets(self) -> Secrets | None:
        """The passwords, or None where none were made or this account may not read them."""
        try:
            application = json.loads((self.keys / "servers.json").read_text())
        except (OSError, ValueError):
            return None
        try:
            owner = json.loads((self.keys / OWNER_SECRETS).read_text())
        except (OSError, ValueError):
            owner = {"superuser": "", "owner": ""}
        return Secrets(**application, **owner)

    def ensure_secrets(self) -> Secrets:
        """Make the passwords once; many processes may ask at the same time."""
        self.create()
        found = self.secrets()
        if found is not None and found.owner:
            return found
        _write_once(self.keys / OWNER_SECRETS, {"superuser": _password(), "owner": _password()})
        _write_once(self.keys / "servers.json", {"application": _password(), "redis": _password()})
        found = self.secrets()
        if found is None or not found.owner:
            raise SetupFailure(f"The passwords in {self.keys} cannot be read; they belong to another user.")
        return found


def _first_parent(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def _password() -> str:
    return secrets.token_hex(24)


def _write_once(path: Path, content: dict[str, str]) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
