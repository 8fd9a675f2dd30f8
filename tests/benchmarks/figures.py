"""Figures: a value, what it is measured against in the same run, and the goal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.benchmarks.goals import Goal


@dataclass(frozen=True)
class Baseline:
    """What the value is divided by, measured in turn with it."""

    id: str
    value: float


@dataclass(frozen=True)
class Figure:
    """One line of the result. `ratio` is value ÷ baseline, or the value itself where that is the ratio."""

    id: str
    value: float
    baseline: Baseline | None = None
    is_ratio: bool = False

    def judged(self, goal: Goal | None, cases: int) -> dict[str, Any]:
        """As it stands in bench.json; `met` is null where there is no goal, or none at this scale."""
        return {
            "id": self.id,
            "value": rounded(self.value),
            "unit": goal.unit if goal is not None else unit_of(self.id),
            "baseline": None
            if self.baseline is None
            else {"id": self.baseline.id, "value": rounded(self.baseline.value)},
            "ratio": self._ratio(),
            "goal": goal.limit if goal is not None else None,
            "met": goal.is_met(self.value, cases) if goal is not None else None,
        }

    def _ratio(self) -> float | None:
        if self.is_ratio:
            return rounded(self.value)
        if self.baseline is None or self.baseline.value == 0:
            return None
        return rounded(self.value / self.baseline.value)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all values do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def p95(values: Sequence[float]) -> float:
    return percentile(values, 0.95)


def ratio_of(parts: Sequence[float], wholes: Sequence[float]) -> float:
    """The median of the rounds' ratios: what disturbed one round disturbed both halves of it."""
    return median(part / whole for part, whole in zip(parts, wholes, strict=True))


def rounded(value: float) -> float:
    """Four significant digits."""
    return 0.0 if value == 0 else round(value, 3 - math.floor(math.log10(abs(value))))


def unit_of(name: str) -> str:
    """The unit by the end of an id."""
    ending = name.rsplit("_", 1)[-1]
    return ending if ending in {"ms", "us", "s"} else {"rps": "1/s", "ratio": "ratio"}.get(ending, "")
