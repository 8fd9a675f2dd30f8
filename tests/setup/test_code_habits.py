"""Habits that no linter knows: read from the syntax tree."""

import ast
import importlib
import subprocess
from pathlib import Path

from celery.schedules import crontab
from django.conf import settings

CODE = ("portal", "catalog", "applications", "parallel", "intermediaries", "supervision", "disclosure")
ENQUEUES = {"delay", "apply_async", "send_task"}


def source_files() -> list[Path]:
    return [path for name in CODE for path in sorted((settings.BASE_DIR / name).rglob("*.py"))]


def test_only_the_outbox_puts_work_into_the_queue() -> None:
    outbox = settings.BASE_DIR / "portal" / "outbox"
    faults = [
        f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}: .{node.func.attr}("
        for path in source_files()
        if not path.is_relative_to(outbox)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ENQUEUES
    ]
    assert not faults, faults


def test_every_scheduled_entry_is_a_task_without_missing_arguments_and_expires() -> None:
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        module, function = entry["task"].rsplit(".", 1)
        task = getattr(importlib.import_module(module), function)
        assert task.name == entry["task"]
        task.__header__(*entry.get("args", ()), **entry.get("kwargs", {}))
        schedule = entry["schedule"]
        # A crontab entry of ours has fixed hours, so that a day lies between its turns at most.
        interval = 24 * 3600 if isinstance(schedule, crontab) else schedule
        assert 0 < entry["options"]["expires"] <= interval, name


def test_no_file_names_a_machine_or_a_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "requirements", "package.json", "package-lock.json", ".npmrc", "Makefile", ".ci"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.split():
        text = (settings.BASE_DIR / name).read_text()
        for word in ("://", "--index", "find-links", "/root/", "/home/"):
            assert name == "requirements/system" or word not in strip_npm_funding(name, text), f"{word} in {name}"


def strip_npm_funding(name: str, text: str) -> str:
    """A package's own funding links are no registry."""
    if name != "package-lock.json":
        return text
    return "\n".join(line for line in text.splitlines() if '"resolved"' in line)


def test_every_locked_package_has_a_hash() -> None:
    for name in ("runtime.txt", "development.txt"):
        blocks = (settings.BASE_DIR / "requirements" / name).read_text().replace("\\\n", " ").splitlines()
        assert blocks
        assert all("==" in block and "--hash=sha256:" in block for block in blocks)
