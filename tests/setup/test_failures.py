"""Each failure of the set-up is one clear sentence and a non-zero exit, never a traceback."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from portal.settings.environment import BASE_DIR
from tests.processes import manage

pytestmark = pytest.mark.process


def sentence(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line that a failed command says."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    lines = [line for line in done.stderr.splitlines() if not line.startswith("Web and worker run as root")]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_taken_port_is_named(data_dir: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = sentence(manage(data_dir, "portal", PORT=str(port)))
    assert f"Port {port} cannot be used" in said


def test_a_folder_that_cannot_be_written_is_named() -> None:
    said = sentence(manage(Path("/sys/portal-data"), "portal"))
    assert "The folder /sys/portal-data (DATA_DIR) cannot be written" in said


def test_a_command_names_a_folder_that_cannot_be_written() -> None:
    said = sentence(manage(Path("/sys/portal-data"), "showmigrations"))
    assert "The folder /sys/portal-data (DATA_DIR) cannot be written" in said


def test_a_migration_that_this_code_lacks_stops_the_start(data_dir: Path) -> None:
    forward = manage(data_dir, "migrate", "--verbosity=0")
    assert forward.returncode == 0, forward.stderr
    code = (
        "from django.db import connection as c\n"
        'with c.cursor() as k: k.execute("insert into django_migrations (app, name, applied) '
        "values ('catalog', '9999_from_tomorrow', now())\")"
    )
    refused = manage(data_dir, "shell", "--no-imports", "-c", code)
    assert "permission denied" in refused.stderr  # the application's role may not even touch the table
    write_as_owner(data_dir)
    done = manage(data_dir, "portal", "--prepare-only")
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert "catalog.9999_from_tomorrow, which this code does not know" in done.stdout + done.stderr


def write_as_owner(data_dir: Path) -> None:
    import psycopg2

    from portal.embedded.session import joined

    with joined(data_dir, want_redis=False) as servers:
        connection = psycopg2.connect(servers.owner_url)
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('catalog', '9999_from_tomorrow', now())"
            )
        connection.close()


def test_an_outside_database_that_is_away_is_named(data_dir: Path) -> None:
    said = sentence(manage(data_dir, "portal", DATABASE_URL="postgresql://a:b@127.0.0.1:1/none"))
    assert "The database of DATABASE_URL cannot be reached" in said


def test_an_outside_redis_that_is_away_is_named(data_dir: Path) -> None:
    said = sentence(manage(data_dir, "portal", REDIS_URL="redis://127.0.0.1:1/0"))
    assert "The Redis of REDIS_URL cannot be reached" in said


@pytest.mark.parametrize(
    ("variables", "part"),
    [
        ({"PORT": "eighty"}, "PORT must be a whole number from 1 to 65535"),
        ({"DEBUG": "perhaps"}, "DEBUG must be 1 or 0"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL must be an address that begins with postgresql://"),
        ({"DJANGO_SETTINGS_MODULE": "portal.settings.production", "DEBUG": "1"}, "refuses to start with DEBUG=1"),
        ({"DJANGO_SETTINGS_MODULE": "portal.settings.production"}, "Production needs SECRET_KEY"),
        (
            {"DJANGO_SETTINGS_MODULE": "portal.settings.production", "SECRET_KEY": "k" * 60, "DEMONSTRATION": "1"},
            "refuses to start with DEMONSTRATION=1",
        ),
        (
            {
                "DJANGO_SETTINGS_MODULE": "portal.settings.production",
                "SECRET_KEY": "k" * 60,
                "CRASH_POINTS": "act.before_commit=0.1",
            },
            "refuses to start with CRASH_POINTS",
        ),
    ],
)
def test_a_wrong_variable_is_named_at_start(data_dir: Path, variables: dict[str, str], part: str) -> None:
    assert part in sentence(manage(data_dir, "check", **variables))


def test_an_ordinary_user_is_told_what_an_administrator_has_to_install(tmp_path: Path) -> None:
    for name, text in (("id", "echo 1000"), ("ldconfig", "true")):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    done = subprocess.run(
        [str(BASE_DIR / "requirements" / "system"), "/usr/bin/python3", "test"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    said = sentence(done)
    assert said.startswith("System packages are missing; an administrator has to run: apt-get install ")
    assert "libpango-1.0-0" in said
