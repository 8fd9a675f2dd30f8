"""One run: start, act, hurt, let it drain, check."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg2

from portal.embedded.layout import Layout
from portal.embedded.session import Servers
from tests.chaos import house
from tests.chaos.acknowledgements import Acknowledgements
from tests.chaos.faults import KINDS, Faults
from tests.chaos.people import (
    DRAINAGE_PERMIT,
    FIRM_PHONE,
    FOOD_PERMIT,
    Citizen,
    Client,
    HallCounter,
    Office,
    Prober,
    World,
)

#: Everywhere a little, beside the kills from outside.
EVERYWHERE = {
    "submit.before_commit": 0.02,
    "submit.after_commit": 0.03,
    "act.before_commit": 0.01,
    "act.after_commit": 0.01,
    "claim.before_commit": 0.01,
    "claim.after_commit": 0.01,
    "effect.before_commit": 0.01,
    "effect.after_commit": 0.01,
    "sweep.before_commit": 0.1,
    "sweep.after_commit": 0.1,
    "upload.before_commit": 0.005,
    "upload.after_commit": 0.005,
    "number.allocated": 0.02,
    "file.before_row": 0.01,
}
_UNSETTLED = """
    SELECT (SELECT count(*) FROM outbox_job WHERE done_at IS NULL AND dead_at IS NULL
            AND (due_at <= now() OR attempts > 0 OR lease_until IS NOT NULL))
         + (SELECT count(*) FROM applications_caseclock WHERE next_check_at <= now())
"""


@dataclass(frozen=True)
class Plan:
    """What a run does."""

    seed: int
    seconds: float
    faults: list[str] = field(default_factory=lambda: list(KINDS))
    crash_points: Mapping[str, float] = field(default_factory=lambda: EVERYWHERE)
    second_windows: float = 0.2
    mutant: str = ""
    #: On a slow machine people go on, at most four times as long, until so many crash points were hit and acts done.
    crashes: int = 0
    acts: int = 0
    drain: float = 30.0


@dataclass
class Result:
    """What came of it; without findings everything held."""

    findings: list[str]
    acknowledged: Counter[str]
    unknown: int
    refused_windows: int
    crashes: Mapping[str, int]
    faults: list[tuple[str, float]]
    missed: list[str]
    gaps: list[tuple[float, float]]
    drained: float | None

    @property
    def outage(self) -> float:
        """Seconds without an answer to a citizen's page, the longest time."""
        return max((length for _, length in self.gaps), default=0.0)

    def lines(self) -> list[str]:
        """The figures, for people."""
        told = self.acknowledged
        drained = "never" if self.drained is None else f"{self.drained:.1f} s"
        points = ", ".join(f"{name} {count}" for name, count in self.crashes.items()) or "none"
        faults = ", ".join(f"{name} ({at:.0f} s)" for name, at in self.faults) or "none"
        gaps = ", ".join(f"{length} s at {since:.0f} s" for since, length in self.gaps) or "none"
        return [
            f"acknowledged: {told['online']} online, {told['hall']} in the hall, {told['act']} acts",
            f"unknown replies, asked again with the same key: {self.unknown}",
            f"second windows refused: {self.refused_windows}",
            f"faults: {faults}" + (f"; missed: {', '.join(self.missed)}" if self.missed else ""),
            f"crash points: {points}",
            f"times of a second and more without an answer: {gaps}",
            f"longest outage {self.outage:.1f} s, drained after {drained}",
        ]


def run(plan: Plan, data_dir: Path) -> Result:
    """Run a plan on a prepared DATA_DIR, which is of no use afterwards."""
    points = {"CRASH_POINTS": ",".join(f"{name}={chance}" for name, chance in plan.crash_points.items())}
    variables = {**points, "CHAOS_MUTANT": plan.mutant}
    portal = house.portal_of(data_dir, variables)
    log = Acknowledgements(data_dir.with_name("acknowledged.jsonl"))
    log.note("start", at=dt.datetime.now(dt.UTC).isoformat())
    try:
        portal.start().wait_ready(120)
        world = World(portal.url, log, plan.seed, plan.second_windows)
        clients = _people(world)
        prober = Prober(world.browser(FIRM_PHONE))
        faults = Faults(portal, prober, Random(f"{plan.seed}/faults"), plan.seconds, list(plan.faults))
        sweepers = house.Sweepers(data_dir, {**variables, "PORT": str(portal.port)})
        try:
            for thread in (*clients, prober, faults):
                thread.start()
            begin = time.monotonic()
            while faults.is_alive() or _goes_on(plan, time.monotonic() - begin, data_dir, log):
                sweepers.revive()
                time.sleep(0.2)
            world.stop.set()
            for client in clients:
                client.join(60)
            drained = _drain(data_dir, plan.drain, sweepers)
            prober.stop.set()
            prober.join(20)
        finally:
            sweepers.stop()
        log.close()
        stuck = [f"{client.name} did not end" for client in clients if client.is_alive()]
        findings = [*stuck, *world.faults, *house.check_commands(data_dir, log.path, {"PORT": str(portal.port)})]
        return Result(
            findings=findings,
            acknowledged=log.counts,
            unknown=sum(browser.unknown for browser in world.browsers),
            refused_windows=world.refused_windows,
            crashes=house.crashes(data_dir),
            faults=faults.done,
            missed=faults.missed,
            gaps=prober.gaps,
            drained=drained,
        )
    finally:
        portal.clear()


def _goes_on(plan: Plan, passed: float, data_dir: Path, log: Acknowledgements) -> bool:
    """Whether people still act: for the time of the plan, and until enough has happened to prove something."""
    if passed < plan.seconds:
        return True
    enough = log.counts["act"] >= plan.acts and sum(house.crashes(data_dir).values()) >= plan.crashes
    return not enough and passed < 4 * plan.seconds


def _people(world: World) -> list[Client]:
    """Signed in before anything is hurt."""
    food, construction = Office(world, "023"), Office(world, "012")
    counter = HallCounter(world, {FOOD_PERMIT: food, DRAINAGE_PERMIT: construction})
    return [Citizen(world, food), counter, food, construction]


def _drain(data_dir: Path, patience: float, sweepers: house.Sweepers) -> float | None:
    """Seconds until nothing waits any more; None when something still does."""
    url = Servers(Layout.of(data_dir)).application_url
    begin = time.monotonic()
    while time.monotonic() < begin + patience:
        sweepers.revive()
        try:
            connection = psycopg2.connect(url, connect_timeout=5)
            with connection.cursor() as cursor:
                cursor.execute(_UNSETTLED)
                row = cursor.fetchone()
            connection.close()
        except psycopg2.OperationalError:
            row = None
        if row == (0,):
            return time.monotonic() - begin
        time.sleep(0.2)
    return None
