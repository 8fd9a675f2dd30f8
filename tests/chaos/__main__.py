"""`make chaos` and `make chaos-selftest`: `python -m tests.chaos [--selftest] [--seed N] [--seconds N]`."""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from pathlib import Path

from tests.chaos import house
from tests.chaos.mutants import MUTANTS
from tests.chaos.run import Plan, Result, run

#: Long enough for the death that shows a mutant's weakness.
SELFTEST_SECONDS = 12.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="same acts, same faults")
    parser.add_argument("--seconds", type=float, default=24.0, help="how long people act and things fail")
    parser.add_argument("--selftest", nargs="*", metavar="MUTANT", help="each mutant must be caught")
    options = parser.parse_args()
    with house.folder() as folder:
        print(f"seed {options.seed}", flush=True)
        begin = time.monotonic()
        house.prepare(folder / "prepared")
        print(f"a portal with a small city is prepared ({time.monotonic() - begin:.0f} s)", flush=True)
        if options.selftest is None:
            begin = time.monotonic()
            house.copy(folder / "prepared", folder / "data")
            result = run(Plan(options.seed, options.seconds), folder / "data")
            return _tell(result, time.monotonic() - begin)
        return _selftest(folder, options.selftest or list(MUTANTS), options.seed)


def _tell(result: Result, seconds: float) -> int:
    for line in result.lines():
        print(line)
    for finding in result.findings[:50]:
        print(f"FOUND {finding}")
    print(f"{'nothing lost, nothing doubled' if not result.findings else 'faults found'} ({seconds:.0f} s)")
    return 1 if result.findings else 0


def _selftest(folder: Path, names: list[str], seed: int) -> int:
    """One short run for each mutant; status 1 when one of them escapes."""
    escaped = []
    for name in names:
        mutant, place = MUTANTS[name], folder / name
        place.mkdir(mode=0o755)
        house.copy(folder / "prepared", place / "data")
        begin = time.monotonic()
        plan = Plan(
            seed,
            SELFTEST_SECONDS,
            faults=[],
            crash_points=mutant.crash_points,
            second_windows=mutant.second_windows,
            mutant=name,
            drain=SELFTEST_SECONDS,
            crashes=3 if mutant.crash_points else 0,
            acts=5,
        )
        result = run(plan, place / "data")
        caught = [finding for finding in result.findings if mutant.caught_by in finding]
        word = f"caught: {caught[0]}" if caught else "ESCAPED"
        print(f"{name} ({mutant.text}): {word} ({time.monotonic() - begin:.0f} s)", flush=True)
        if not caught:
            escaped.append(name)
            print("\n".join([*result.lines(), *result.findings[:10]]), flush=True)
    print(f"{len(names) - len(escaped)} of {len(names)} mutants caught")
    return 1 if escaped else 0


if __name__ == "__main__":
    sys.exit(main())
