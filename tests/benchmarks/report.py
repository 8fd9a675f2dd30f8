"""The result as bench.json, as a table for the terminal, and as rows for docs/performance.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import goals
from tests.benchmarks.figures import Figure
from tests.benchmarks.options import OptionFault

COLUMNS = ("figure", "value", "unit", "baseline", "ratio", "goal", "met")
WORD_OF_MET = {True: "yes", False: "NO", None: "–"}


def result(*, machine: str, versions: dict[str, str], cases: int, figures: Sequence[Figure]) -> dict[str, Any]:
    """The result in the order of the goals; figures without a goal come last."""
    order = list(goals.BY_ID)
    ranked = sorted(figures, key=lambda figure: order.index(figure.id) if figure.id in goals.BY_ID else len(order))
    return {
        "machine": machine,
        "versions": versions,
        "scale": {"cases": cases},
        "figures": [figure.judged(goals.BY_ID.get(figure.id), cases) for figure in ranked],
    }


def write(path: Path, found: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def load(path: Path) -> dict[str, Any]:
    """The last result. Raises OptionFault."""
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        raise OptionFault(f"There is no result in {path}: run `make bench` first.") from None
    return found


def table(found: dict[str, Any]) -> str:
    """For the terminal, with what was missed in words."""
    rows = [COLUMNS, *_rows(found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    missed = [figure["id"] for figure in found["figures"] if figure["met"] is False]
    verdict = f"goals missed: {', '.join(missed)}" if missed else "no goal missed"
    return "\n".join([_heading(found), "", *lines, "", verdict])


def markdown(found: dict[str, Any]) -> str:
    """A section for docs/performance.md."""
    rows = [COLUMNS, ("---",) * len(COLUMNS), *_rows(found)]
    return "\n".join([_heading(found), "", *(f"| {' | '.join(row)} |" for row in rows)])


def _heading(found: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {text}" for name, text in found["versions"].items())
    return f"{found['scale']['cases']:,} cases; {found['machine']}; {versions}"


def _rows(found: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            figure["id"],
            _number(figure["value"]),
            figure["unit"],
            f"{figure['baseline']['id']} {_number(figure['baseline']['value'])}" if figure["baseline"] else "–",
            _number(figure["ratio"]),
            _goal(figure),
            WORD_OF_MET[figure["met"]],
        )
        for figure in found["figures"]
    ]


def _goal(figure: dict[str, Any]) -> str:
    goal = goals.BY_ID.get(figure["id"])
    if goal is None:
        return "–"
    scale = f" at {goal.scale:,}" if goal.scale is not None else ""
    return f"{'≥' if goal.at_least else '≤'} {_number(goal.limit)}{scale}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}" if abs(value) < 10_000 else f"{value:.0f}"
