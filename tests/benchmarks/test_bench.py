"""The shape of what the bench writes, at a tiny scale; how fast anything is, no test asks."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from portal.embedded.layout import Layout
from portal.settings.environment import BASE_DIR
from tests.benchmarks import goals, options, report
from tests.benchmarks.figures import Baseline, Figure, percentile, rounded
from tests.processes import Portal, environment

KEYS = {"id", "value", "unit", "baseline", "ratio", "goal", "met"}


def bench(data_dir: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", *arguments],
        cwd=BASE_DIR,
        env=environment(data_dir, **variables),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.process
def test_one_group_at_a_tiny_scale_writes_its_figures_and_prints_them_as_a_table(tmp_path: Path) -> None:
    done = bench(tmp_path, CASES="300", ONLY="search,board", ROUNDS="1")
    try:
        assert done.returncode == 0, done.stderr
        found = json.loads((tmp_path / "bench.json").read_text())
        assert set(found) == {"machine", "versions", "scale", "figures"}
        assert found["scale"] == {"cases": 300}
        (figure,) = found["figures"]
        assert set(figure) == KEYS
        assert figure["id"] == "case_number_p95_ms" and figure["unit"] == "ms" and figure["goal"] == 2
        assert figure["baseline"]["id"] == "select_1_p95_ms" and figure["baseline"]["value"] > 0
        assert figure["met"] in (True, False)
        assert "case_number_p95_ms" in done.stdout and "board: no figures in this version" in done.stderr
        again = bench(tmp_path, "--markdown")
        assert again.returncode == 0 and "| case_number_p95_ms |" in again.stdout
        # The user's own portal was not touched: all that was made lies in the bench's folder.
        assert {path.name for path in tmp_path.iterdir()} == {"bench", "bench.json"}
    finally:
        Portal(options.read({"CASES": "300", "DATA_DIR": str(tmp_path)}).scale_dir).clear()
    assert not Layout.of(tmp_path / "bench" / "300").pg.exists()


def test_a_missed_goal_is_said_and_one_of_another_scale_is_not_judged() -> None:
    figures = [
        Figure("case_number_p95_ms", 3.0, Baseline("select_1_p95_ms", 0.5)),
        Figure("guide_ratio", 0.5, Baseline("hello_rps", 1000.0), is_ratio=True),
        Figure("sweep_small_s", 0.5),
        Figure("unknown_rps", 12.0),
    ]
    found = report.result(machine="one", versions={"Python": "3"}, cases=100_000, figures=figures)
    lines: dict[str, dict[str, Any]] = {figure["id"]: figure for figure in found["figures"]}
    assert list(lines) == ["guide_ratio", "case_number_p95_ms", "sweep_small_s", "unknown_rps"]
    assert lines["case_number_p95_ms"] | {"met": False, "ratio": 6.0} == lines["case_number_p95_ms"]
    assert lines["guide_ratio"]["met"] is True and lines["guide_ratio"]["ratio"] == 0.5
    assert lines["sweep_small_s"]["met"] is None and lines["sweep_small_s"]["goal"] == 2
    assert lines["unknown_rps"]["goal"] is None and lines["unknown_rps"]["unit"] == "1/s"
    assert report.table(found).endswith("goals missed: case_number_p95_ms")


def test_every_goal_has_a_group_that_can_be_asked_for() -> None:
    assert {goal.group for goal in goals.GOALS} <= set(options.GROUPS)
    assert len(goals.BY_ID) == len(goals.GOALS)


@pytest.mark.parametrize("environ", [{"ONLY": "pages,speed"}, {"CASES": "many"}, {"CASES": "0"}, {"ROUNDS": "-1"}])
def test_a_wrong_option_is_named_in_one_sentence(environ: dict[str, str]) -> None:
    with pytest.raises(options.OptionFault, match=r"^(ONLY|CASES|ROUNDS) .*\.$"):
        options.read(environ)


def test_the_users_servers_are_forgotten() -> None:
    environ = {"DATABASE_URL": "postgresql://elsewhere/portal", "REDIS_URL": "redis://elsewhere", "DATA_DIR": "/mine"}
    options.forget_outside_servers(environ, Path("/mine/bench/300"))
    assert "DATABASE_URL" not in environ and "REDIS_URL" not in environ
    assert environ["DATA_DIR"] == os.fspath(Path("/mine/bench/300"))


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([5.0, 1.0, 4.0, 2.0, 3.0], 0.5) == 3.0
    assert percentile([5.0, 1.0, 4.0, 2.0, 3.0], 0.95) == 5.0
    assert rounded(1234.56) == 1235 and rounded(0.0123456) == 0.01235 and rounded(0) == 0
