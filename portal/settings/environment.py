"""Every environment variable that the portal reads, in one typed list.

A variable that is wrong or missing is named in one sentence when the process starts.
"""

import datetime as dt
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

BASE_DIR = Path(__file__).resolve().parents[2]
DEVELOPMENT_SECRET_KEY = "development-only-key-that-production-refuses-to-start-with"


class EnvironmentFault(Exception):
    """The environment is wrong; the message is the sentence for the operator."""


def _text(value: str) -> str:
    return value


def _flag(value: str) -> bool:
    match value.lower():
        case "1" | "true" | "yes" | "on":
            return True
        case "" | "0" | "false" | "no" | "off":
            return False
    raise ValueError("must be 1 or 0")


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return parse


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


def _folder(value: str) -> Path:
    if not value:
        raise ValueError("must name a folder")
    return Path(value).expanduser().absolute()


def _file(value: str) -> Path | None:
    return Path(value).expanduser().absolute() if value else None
def _perhaps_path(value: str) -> Path | None:
    return _folder(value) if value else None


def _address(*schemes: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in schemes or not (parts.hostname or parts.query or parts.path):
            raise ValueError("must be an address that begins with " + " or ".join(f"{s}://" for s in schemes))
        return value

    return parse


def _contact(value: str) -> str:
    if value and not value.startswith(("mailto:", "https://", "tel:")):
        raise ValueError("must be an address that begins with mailto:, https:// or tel:")
    return value


def _day(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError:
        raise ValueError("must be a date such as 2015-07-25") from None


def _level(value: str) -> str:
    if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return value.upper()


def _chances(value: str) -> dict[str, float]:
    found = {}
    for part in _names(value):
        name, _, chance = part.partition("=")
        try:
            found[name] = float(chance)
        except ValueError:
            raise ValueError("must be a list such as act.before_commit=0.004,number.allocated=0.01") from None
        if not 0 <= found[name] <= 1:
            raise ValueError("must give probabilities from 0 to 1")
    return found


def _variable(parse: Callable[[str], Any], default: str, help_text: str) -> Any:
    return field(metadata={"parse": parse, "default": default, "help": help_text})


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The variables; a field's name in capitals is the variable's name."""

    data_dir: Path = _variable(_folder, str(BASE_DIR / ".data"), "folder that holds servers, keys, files and logs")
    port: int = _variable(_number(1, 65535), "8000", "port of the portal on 127.0.0.1")
    database_url: str = _variable(
        _address("postgresql", "postgres"), "", "outside PostgreSQL, application's role; empty: the embedded server"
    )
    database_owner_url: str = _variable(
        _address("postgresql", "postgres"), "", "the same database, owner's role; empty: the application's role"
    )
    database_replication_url: str = _variable(
        _address("postgresql", "postgres"), "", "the outside server, a role with REPLICATION; empty: dumps only"
    )
    backup_dir: Path | None = _variable(
        _perhaps_path, "", "folder of the backups, better on another disk; empty: DATA_DIR/backups"
    )
    backup_hour: int = _variable(_number(0, 23), "2", "hour in Shanghai of the nightly backup")
    backup_keep: int = _variable(_number(1, 365), "7", "nightly backups that are kept")
    redis_url: str = _variable(_address("redis", "rediss", "unix"), "", "outside Redis; empty: the embedded server")
    key_service_url: str = _variable(
        _address("http", "https"), "", "key service that wraps the master keys; empty: a file of mode 0600 alone"
    )
    key_service_token: str = _variable(_text, "", "bearer token for the key service")
    secret_key: str = _variable(_text, "", "key that signs sessions and links; required in production")
    ledger_key_file: Path | None = _variable(
        _file, "", "key that signs the ledger's heads, mode 0600; empty: DATA_DIR/keys/ledger.key, made on first start"
    )
    debug: bool = _variable(_flag, "0", "show Django's technical pages; refused in production")
    demonstration: str = _variable(_text, "", "1: the demonstration city is installed; 0: not; empty: by the settings")
    allowed_hosts: tuple[str, ...] = _variable(_names, "127.0.0.1,localhost", "host names that are served")
    public_url: str = _variable(
        _address("http", "https"), "", "address under which citizens reach the portal; empty: http://127.0.0.1:PORT"
    )
    trusted_proxy_count: int = _variable(_number(0, 9), "0", "proxies in front whose X-Forwarded-For is believed")
    email_url: str = _variable(
        _address("smtp", "smtps", "file"), "", "smtp://user:password@host:port; empty: mails go to DATA_DIR/sent"
    )
    email_from: str = _variable(_text, "portal@localhost", "sender of the portal's mails")
    sms_url: str = _variable(
        _address("https", "http"), "", "https://:token@host/path of the gateway for text messages; empty: none"
    )
    alarm_emails: tuple[str, ...] = _variable(_names, "", "who is told of alarms; empty: the system administrators")
    metrics_token: str = _variable(_text, "", "bearer token that opens /metrics; empty: /metrics is not there")
    security_contact: str = _variable(
        _contact, "", "who takes reports of weaknesses, for /.well-known/security.txt; empty: the site's mail address"
    )
    clamd_address: str = _variable(
        _address("unix", "tcp"), "", "virus scanner: unix:///path or tcp://host:port; empty: files are not scanned"
    )
    signer_keys: Path | None = _variable(
        _perhaps_path, "", "folder with keys and chain of a real authority; empty: a development authority is made"
    )
    signer_socket: Path | None = _variable(
        _perhaps_path, "", "socket of an outside process that signs; empty: the portal starts its own"
    )
    organisation_as_of: dt.date | None = _variable(
        _day, "", "day whose departments are shown; empty: by the settings (2015-07-25 in development, else today)"
    )
    item_report_days: int = _variable(
        _number(1, 365), "10", "working days within which a department reports a change of its items"
    )
    log_level: str = _variable(_level, "INFO", "least level that is logged")
    web_processes: int = _variable(_number(1, 64), "2", "web processes")
    web_threads: int = _variable(_number(1, 64), "4", "threads of a web process")
    worker_processes: int = _variable(_number(1, 64), "2", "processes of the Celery worker")
    crash_points: dict[str, float] = _variable(
        _chances, "", "tests only: places where a process dies, with their probabilities; refused in production"
    )


def read(environ: Mapping[str, str] | None = None) -> Environment:
    """Read all variables; raise EnvironmentFault that names the first wrong one."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for variable in fields(Environment):
        name = variable.name.upper()
        text = environ.get(name, variable.metadata["default"])
        try:
            values[variable.name] = variable.metadata["parse"](text)
        except ValueError as error:
            raise EnvironmentFault(f"The environment variable {name} {error}, not “{text}”.") from None
    return Environment(**values)


def described() -> list[tuple[str, str, str]]:
    """Name, default and meaning of every variable, for the manual and `manage.py portal --help`."""
    return [(v.name.upper(), v.metadata["default"], v.metadata["help"]) for v in fields(Environment)]
