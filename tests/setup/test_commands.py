"""Commands use the servers that run with the same DATA_DIR, or start them and stop them again."""

import subprocess
import sys
from pathlib import Path

import pytest

from portal.settings.environment import BASE_DIR
from tests.processes import Portal, environment, manage, processes_of

pytestmark = pytest.mark.process

COUNT = "from django.db import connection as c; k = c.cursor(); k.execute('select 6 * 7'); print(k.fetchone()[0])"


def test_a_command_starts_the_servers_for_itself_and_stops_them(data_dir: Path) -> None:
    done = manage(data_dir, "shell", "--no-imports", "-c", COUNT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "42"
    assert processes_of(data_dir) == []


@pytest.mark.parametrize("command", [["check"], ["help"]])
def test_a_command_that_needs_no_database_starts_nothing(data_dir: Path, command: list[str]) -> None:
    done = manage(data_dir, *command)
    assert done.returncode == 0, done.stderr
    assert not data_dir.exists()


def test_five_commands_at_once_share_one_set_of_servers(data_dir: Path) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, str(BASE_DIR / "manage.py"), "shell", "--no-imports", "-c", COUNT],
            env=environment(data_dir),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(5)
    ]
    for racer in racers:
        stdout, stderr = racer.communicate(timeout=120)
        assert racer.returncode == 0, stderr
        assert stdout.strip() == "42"
    assert (data_dir / "logs" / "postgres.log").read_text().count("starting PostgreSQL") == 1
    assert processes_of(data_dir) == []


def test_a_command_joins_the_running_portal_and_leaves_it_running(running: Portal) -> None:
    done = manage(running.data_dir, "shell", "--no-imports", "-c", COUNT)
    assert done.stdout.strip() == "42", done.stderr
    assert running.status("/readyz") == 200


def test_web_and_worker_never_get_the_address_of_the_owner(running: Portal) -> None:
    seen = 0
    for pid in processes_of(running.data_dir):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"gunicorn" in command or b"celery" in command:
            seen += 1
            assert b"DATABASE_OWNER_URL" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert seen >= 3


def test_a_second_portal_with_the_same_folder_names_the_first(running: Portal) -> None:
    assert running.process is not None
    done = manage(running.data_dir, "portal", PORT="1")
    assert done.returncode == 1
    assert f"A portal already runs with the folder {running.data_dir} (process {running.process.pid})" in done.stderr
    assert running.status("/readyz") == 200
