"""The system account that servers run under when the portal is started by root."""

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from portal.embedded.failures import SetupFailure

NAME = "shuozhou-portal"
HOME = Path("/var/lib") / NAME


@dataclass(frozen=True)
class Account:
    """A user and group by number."""

    uid: int
    gid: int


def known_account() -> Account | None:
    """The account if it exists already; looking makes nothing."""
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def service_account() -> Account | None:
    """The account to drop to, or None when we are an ordinary user already; made on first use."""
    if os.geteuid() != 0:
        return None
    account = known_account()
    if account is None:
        _create()
        account = known_account()
    if account is None:
        raise SetupFailure(f"The system user {NAME} is missing and could not be made.")
    return account


def _create() -> None:
    program = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [program, "--system", "--user-group", "--no-create-home", "--home-dir", str(HOME)]
    command += ["--shell", "/usr/sbin/nologin", NAME]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise SetupFailure(f"The system user {NAME} is missing and useradd cannot be run: {error.strerror}.") from None
    if done.returncode not in {0, 9}:  # 9: another process has just made it
        raise SetupFailure(f"The system user {NAME} could not be made: {done.stderr.strip()}")


def reachable(path: Path, account: Account) -> bool:
    """Whether the account may walk down to the folder, judged by the modes of its parents."""
    path = path.resolve()
    for folder in [path, *path.parents]:
        try:
            status = folder.stat()
        except FileNotFoundError:
            continue
        bit = 0o100 if status.st_uid == account.uid else 0o010 if status.st_gid == account.gid else 0o001
        if not status.st_mode & bit:
            return False
    return True


def web_account(*folders: Path) -> Account | None:
    """The account for web and worker: the servers' one, where it can reach the code and everything else it needs."""
    account = service_account()
    needed = [Path(sys.prefix), Path(os.path.realpath(sys.executable)).parent, Path(os.__file__).parent, *folders]
    if account is None or not all(reachable(folder, account) for folder in needed):
        return None
    return account
