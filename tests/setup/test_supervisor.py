"""The supervisor: clean ends, hard ends, children that die, two portals side by side."""

import os
import shutil
import signal
import subprocess
import tempfile
import urllib.request
from pathlib import Path

import pytest

from portal.embedded.layout import Layout
from tests.processes import Portal, processes_of, server_user, wait_for

pytestmark = pytest.mark.process


def children(portal: Portal, word: str) -> list[int]:
    found = []
    for pid in processes_of(portal.data_dir):
        try:
            if word in Path(f"/proc/{pid}/cmdline").read_text():
                found.append(pid)
        except OSError:
            continue
    return found


def test_a_portal_starts_serves_and_leaves_no_process_behind(portal: Portal) -> None:
    portal.start().wait_ready()
    assert portal.status("/livez") == 200
    assert portal.status("/readyz") == 200
    # No header of a caller moves the portal's addresses: else a cache in front would keep the wrong page for all.
    moved = urllib.request.Request(portal.url + "/departments/", headers={"SCRIPT_NAME": "/departments"})
    pages = []
    for address in (moved, portal.url + "/departments/"):
        with urllib.request.urlopen(address, timeout=30) as answer:
            pages.append(answer.read())
    assert pages[0] == pages[1]
    assert children(portal, "\0beat\0")
    assert children(portal, "\0worker\0")
    assert portal.stop(signal.SIGINT) == 0
    assert processes_of(portal.data_dir) == []
    portal.start().wait_ready(15)
    assert portal.stop(signal.SIGTERM) == 0
    assert processes_of(portal.data_dir) == []


def test_a_new_start_works_after_kill_9_of_the_group_and_a_pid_in_use_again(used_portal: Portal) -> None:
    portal = used_portal
    portal.start().wait_ready()
    portal.kill_group()
    wait_for(lambda: processes_of(portal.data_dir) == [], "all children are gone", 20)
    portal.start().wait_ready()
    # Now the plug is pulled from everything at once, so that PostgreSQL cannot tidy up ...
    for pid in processes_of(portal.data_dir):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    assert portal.process is not None
    portal.process.wait(10)
    wait_for(lambda: processes_of(portal.data_dir) == [], "all processes are gone", 20)
    # ... and its pid belongs to another program of the same user by now.
    layout = Layout.of(portal.data_dir)
    user = server_user()
    other = subprocess.Popen(["sleep", "300"], user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/")
    try:
        for path in (layout.pg / "postmaster.pid", layout.sockets / ".s.PGSQL.5432.lock"):
            lines = path.read_text().splitlines()
            path.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        portal.start().wait_ready()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
    assert portal.stop() == 0


def test_an_empty_pid_file_does_not_stop_the_start(used_portal: Portal) -> None:
    portal = used_portal
    portal.start().wait_ready()
    assert portal.stop() == 0
    pidfile = Layout.of(portal.data_dir).pg / "postmaster.pid"
    pidfile.write_text("")
    portal.start().wait_ready()
    assert portal.stop() == 0


@pytest.mark.parametrize("word", ["gunicorn\0", "\0worker\0", "\0beat\0", "redis-server", "bin/postgres\0"])
def test_a_child_that_dies_comes_back(running: Portal, word: str) -> None:
    assert running.process is not None
    supervisor = running.process.pid
    victims = [pid for pid in children(running, word) if parent_of(pid) == supervisor]
    assert len(victims) == 1
    os.kill(victims[0], signal.SIGKILL)

    def back() -> bool:
        now = [pid for pid in children(running, word) if parent_of(pid) == supervisor]
        return len(now) == 1 and now != victims and running.status("/readyz") == 200

    wait_for(back, f"{word} is back", 40)


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def test_two_portals_run_side_by_side(running: Portal, used_portal: Portal) -> None:
    portal = used_portal
    portal.start().wait_ready()
    assert portal.port != running.port
    assert portal.status("/readyz") == 200
    assert running.status("/readyz") == 200
    assert portal.stop() == 0
    assert running.status("/readyz") == 200


def test_a_damaged_append_only_file_is_moved_aside(used_portal: Portal) -> None:
    portal = used_portal
    portal.start().wait_ready()
    assert portal.stop() == 0
    damaged = Layout.of(portal.data_dir).redis / "appendonly.aof"
    damaged.write_bytes(b"this is no redis log\r\n")
    portal.start().wait_ready()
    assert list(damaged.parent.glob("appendonly.aof.damaged-*"))
    assert portal.stop() == 0


def test_a_folder_with_a_long_name_works() -> None:
    parent = Path(tempfile.mkdtemp(prefix="portal-test-", dir="/tmp"))
    parent.chmod(0o755)
    portal = Portal(parent / ("long-" * 20) / "data", variables={"DEMONSTRATION": "0"})
    portal.data_dir.parent.mkdir()
    try:
        portal.start().wait_ready()
        assert portal.status("/readyz") == 200
        assert portal.stop() == 0
    finally:
        portal.clear()
        shutil.rmtree(parent, ignore_errors=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can lose the right to walk through a folder")
def test_root_keeps_the_cluster_where_the_servers_account_may_go() -> None:
    parent = Path(tempfile.mkdtemp(prefix="portal-test-", dir="/tmp"))  # 0700, as root's home
    portal = Portal(parent / "data", variables={"DEMONSTRATION": "0"})
    try:
        portal.start().wait_ready()
        assert Layout.of(portal.data_dir).pg.is_relative_to("/var/lib")
        assert portal.stop() == 0
    finally:
        portal.clear()
        shutil.rmtree(parent, ignore_errors=True)
