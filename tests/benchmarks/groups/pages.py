"""Pages of the public site against a bare view of the same server, and the case page of staff."""

from __future__ import annotations

from statistics import median

from applications.models import Case
from catalog.models import ItemEdition
from tests.benchmarks import load
from tests.benchmarks.bench import Bench, select_1
from tests.benchmarks.figures import Baseline, Figure, p95, ratio_of
from tests.benchmarks.seeding import lives, people

CONNECTIONS = 8
SECONDS = 2.0
CASE_PAGES = 3.0  # seconds a round


def public_pages(bench: Bench) -> list[Figure]:
    """guide and public list, 8 connections, in turn with hello"""
    edition = (
        ItemEdition.objects.filter(item__number=18).select_related("item").first()
        or ItemEdition.objects.select_related("item").order_by("pk")[:1].get()
    )
    paths = {"hello": "/hello/", "guide": f"/items/{edition.item.basic_code}/", "list": "/cases/"}
    asked = {name: [load.request(path)] * CONNECTIONS for name, path in paths.items()}
    for requests in asked.values():
        load.run(bench.port, requests, 0.5)  # warm: every web process has seen the page
    rates: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(bench.rounds):
        for name, requests in asked.items():
            rates[name].append(load.run(bench.port, requests, SECONDS).per_second)
    hello = Baseline("hello_rps", median(rates["hello"]))
    return [
        Figure("guide_ratio", ratio_of(rates["guide"], rates["hello"]), hello, is_ratio=True),
        Figure("public_list_ratio", ratio_of(rates["list"], rates["hello"]), hello, is_ratio=True),
    ]


def case_page(bench: Bench) -> list[Figure]:
    """case page with 60 events, one user"""
    team = bench.teams[0]
    case = _long_case(bench)
    asked = [load.request(f"/desk/cases/{case.pk}/", session=bench.session_of(team.reviewer))]
    load.run(bench.port, asked, 0.5)
    pages: list[float] = []
    baseline: list[float] = []
    for _ in range(bench.rounds):
        pages += load.run(bench.port, asked, CASE_PAGES).latencies
        baseline += select_1(100)
    return [Figure("case_page_p95_ms", p95(pages) * 1000, Baseline("select_1_p95_ms", p95(baseline) * 1000))]


def _long_case(bench: Bench) -> Case:
    """The case of an earlier run, else a new one."""
    team = bench.teams[0]
    for case in Case.objects.filter(edition=team.edition, acts__seq=lives.EVENTS).order_by("pk")[:1]:
        return case
    return lives.live(team, people.applicants()[0])
