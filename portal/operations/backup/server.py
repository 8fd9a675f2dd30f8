"""The database server that is copied: the embedded one, or an outside one by its addresses.

Programs of the PostgreSQL wheel are called by path; a password never stands on a command line.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg2

from portal.embedded import postgres
from portal.embedded.addresses import OWNER, embedded_database_url, is_embedded
from portal.embedded.layout import Layout
from portal.embedded.process import spawn, tail
from portal.embedded.programs import programs
from portal.operations.backup import wal
from portal.operations.backup.faults import BackupFault, no_room
from portal.operations.backup.store import BASE_LIST, Cluster
from portal.settings.environment import Environment

ARCHIVE_TIMEOUT: Final = 60  # seconds: what a crash can cost at most


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """An address without its password, and the password."""

    url: str
    password: str

    @classmethod
    def of(cls, url: str) -> Address:
        parts = urlsplit(url)
        user, _, host = parts.netloc.rpartition("@")
        name = user.split(":", 1)[0]
        bare = parts._replace(netloc=f"{name}@{host}" if user else host)
        return cls(urlunsplit(bare), unquote(parts.password or ""))

    @property
    def environ(self) -> dict[str, str]:
        found = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PGCONNECT_TIMEOUT": "10", "PGAPPNAME": "portal backup"}
        return found | ({"PGPASSWORD": self.password} if self.password else {})


@dataclass(frozen=True, slots=True, repr=False)
class Server:
    """`replication`: by which address base backups and WAL come; None where there are only dumps."""

    layout: Layout
    embedded: bool
    replication: Address | None
    dump_from: Address

    @classmethod
    def of(cls, environment: Environment, layout: Layout) -> Server:
        """Raises BackupFault where the passwords of the embedded server belong to another user."""
        if not is_embedded(layout, environment.database_url):
            url = environment.database_replication_url
            dump = Address.of(environment.database_owner_url or environment.database_url)
            return cls(layout, False, Address.of(url) if url else None, dump)
        secrets = layout.secrets()
        if secrets is None or not secrets.superuser:
            raise BackupFault(f"The passwords in {layout.keys} cannot be read: be the user who starts the portal.")
        url = embedded_database_url(layout, postgres.SUPERUSER, secrets.superuser)
        return cls(layout, True, Address.of(url), Address.of(embedded_database_url(layout, OWNER, secrets.owner)))

    # --- acts -------------------------------------------------------------------------------------

    def identify(self) -> dict[str, Any]:
        """System identifier, version and segment size, asked over the replication address."""
        assert self.replication is not None
        rows = self._ask(
            self.replication,
            "SELECT (SELECT system_identifier FROM pg_control_system()), "
            "current_setting('server_version_num')::int, pg_size_bytes(current_setting('wal_segment_size'))",
        )
        identifier, version, segment = rows[0]
        return {"identifier": str(identifier), "version": version, "segment_size": segment}

    def size(self) -> int:
        """Bytes of the database."""
        found: int = self._ask(self.dump_from, "SELECT pg_database_size(current_database())")[0][0]
        return found

    def keep_wal(self, archive: Path) -> None:
        """Let finished WAL go into the archive from now on, and a half-full segment after a minute."""
        if not self.embedded:
            self._reserve_wal(archive)
            return
        wal.install_archiver(self.layout, archive)
        secrets = self.layout.secrets()
        assert secrets is not None
        connection = postgres.connect(self.layout, secrets)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('archive_mode')")
                if cursor.fetchone()[0] != "on":
                    raise BackupFault("An older version started this PostgreSQL: stop and start the portal first.")
                cursor.execute(f"ALTER SYSTEM SET archive_timeout = {ARCHIVE_TIMEOUT}")
                cursor.execute("SELECT pg_reload_conf()")
        finally:
            connection.close()

    def _reserve_wal(self, archive: Path) -> None:
        assert self.replication is not None
        arguments = [f"--slot={wal.SLOT}", "--create-slot", "--if-not-exists"]
        self.run("pg_receivewal", [*arguments, "-d", self.replication.url], self.replication, archive)
        (archive / wal.RECEIVING).touch(mode=0o600)

    def base_backup(self, draft: Path) -> tuple[int, str, str]:
        """A base backup in tar files with the WAL of its own length; gives timeline, first and last position."""
        assert self.replication is not None
        arguments = [f"--pgdata={draft}", "--format=tar", "--compress=client-gzip:1", "--wal-method=stream"]
        arguments += ["--checkpoint=fast", "--manifest-checksums=SHA256", "--label=portal"]
        self.run("pg_basebackup", [*arguments, "-d", self.replication.url], self.replication, draft)
        listed = json.loads((draft / BASE_LIST).read_text())["WAL-Ranges"]
        return listed[-1]["Timeline"], listed[0]["Start-LSN"], listed[-1]["End-LSN"]

    def receive_until(self, archive: Path, position: str) -> bool:
        """Fetch WAL of an outside server up to a position; False where a receiver does that already."""
        assert self.replication is not None
        command = wal.receiver(programs().pg("pg_receivewal"), archive, self.replication.url)
        code, said = self._run([*command, "--no-loop", f"--endpos={position}"], self.replication)
        if code == 0:
            return True
        if "is active for PID" in said:
            return False
        raise BackupFault(f"WAL of the outside server cannot be received: {said}")

    def dump(self, file: Path) -> None:
        """The whole database as `pg_restore` reads it."""
        arguments = ["--format=custom", f"--file={file}", "-d", self.dump_from.url]
        self.run("pg_dump", arguments, self.dump_from, file.parent)

    # --- programs ---------------------------------------------------------------------------------

    def run(self, name: str, arguments: list[str], address: Address, into: Path) -> None:
        """Run a program of the wheel to its end; raises BackupFault with its last words."""
        code, said = self._run([programs().pg(name), "--no-password", *arguments], address)
        if code == 0:
            return
        if "No space left on device" in said:
            raise no_room(into)
        raise BackupFault(f"{name} failed: {said or f'status {code}'}")

    def _run(self, command: list[str], address: Address) -> tuple[int, str]:
        path = self.layout.logs / "backup-program.log"
        with path.open("wb") as log:
            code = spawn(command, log=log, environ=address.environ).wait()
        return code, tail(path)

    @staticmethod
    def _ask(address: Address, question: str) -> list[tuple[Any, ...]]:
        try:
            connection = psycopg2.connect(address.url, password=address.password or None, connect_timeout=10)
        except psycopg2.OperationalError as error:
            reason = str(error).strip().splitlines()[-1]
            raise BackupFault(f"The database cannot be reached for the backup: {reason}") from None
        try:
            with connection.cursor() as cursor:
                cursor.execute(question)
                return list(cursor.fetchall())
        finally:
            connection.close()


def cluster_of(found: dict[str, Any], timeline: int, first: str, last: str) -> Cluster:
    """What the manifest keeps of the server."""
    size = found["segment_size"]
    return Cluster(
        identifier=found["identifier"],
        version=found["version"],
        timeline=timeline,
        segment_size=size,
        first_segment=wal.segment_name(timeline, first, size),
        last_segment=wal.segment_name(timeline, last, size),
    )

