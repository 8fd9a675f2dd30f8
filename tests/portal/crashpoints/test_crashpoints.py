"""Crash points: nothing without the environment, a death where it names one, and known names only."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from portal import crashpoints
from portal.settings.environment import BASE_DIR, EnvironmentFault, read


class Died(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def deaths(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have died; the test's own process goes on."""
    found: list[str] = []

    def die(point: str) -> None:
        found.append(point)
        raise Died(point)

    monkeypatch.setattr(crashpoints, "_die", die)
    return found


def test_nothing_dies_where_the_environment_names_nothing(deaths: list[str]) -> None:
    assert not crashpoints._chances
    for point in crashpoints.POINTS:
        crashpoints.reach(point)
    crashpoints.around_commit("act")
    assert deaths == []


@pytest.mark.django_db(transaction=True)
def test_a_point_after_the_commit_comes_before_whatever_else_follows_it(
    deaths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crashpoints, "_chances", {"act.after_commit": 1.0})
    followed: list[str] = []
    with pytest.raises(Died), transaction.atomic():
        transaction.on_commit(lambda: followed.append("effect"))
        crashpoints.around_commit("act")
        assert deaths == []
    assert deaths == ["act.after_commit"]
    assert followed == []


def test_before_the_commit_it_dies_at_once(deaths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crashpoints, "_chances", {"claim.before_commit": 1.0})
    with pytest.raises(Died):
        crashpoints.around_commit("claim")
    crashpoints.reach("number.allocated")
    assert deaths == ["claim.before_commit"]


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"act\.sometime"):
        crashpoints._checked({"act.sometime": 0.5})


@pytest.mark.parametrize("value", ["act.before_commit", "act.before_commit=often", "act.before_commit=1.5"])
def test_a_wrong_probability_is_named(value: str) -> None:
    with pytest.raises(EnvironmentFault, match="CRASH_POINTS must"):
        read({"CRASH_POINTS": value})


def test_a_process_really_dies_with_status_9_and_says_where() -> None:
    code = "import django; django.setup(); from portal import crashpoints; crashpoints.reach('file.before_row')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env={**os.environ, "CRASH_POINTS": "file.before_row=1", "DJANGO_SETTINGS_MODULE": "portal.settings.test"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == crashpoints.STATUS, done.stderr
    assert "crash point file.before_row" in done.stderr
