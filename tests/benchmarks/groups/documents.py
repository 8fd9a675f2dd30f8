"""One official document, from its row to the PDF."""

from __future__ import annotations

from statistics import median

from portal.documents import rendering
from portal.documents.models import OfficialDocument
from portal.documents.press import PRESS
from tests.benchmarks.bench import Bench, timed
from tests.benchmarks.figures import Baseline, Figure
from tests.benchmarks.seeding import lives, people

PER_ROUND = 5


def warm_document(bench: Bench) -> list[Figure]:
    """one document, press warm, in turn with a cold press"""
    document = acceptance(bench)
    warm: list[float] = []
    cold: list[float] = []
    for _ in range(bench.rounds):
        PRESS.close()
        cold.append(timed(lambda: rendering.render(document)))
        warm += [timed(lambda: rendering.render(document)) for _ in range(PER_ROUND)]
    PRESS.close()
    return [Figure("document_warm_ms", median(warm) * 1000, Baseline("document_cold_ms", median(cold) * 1000))]


def acceptance(bench: Bench) -> OfficialDocument:
    """An acceptance notice."""
    team = bench.teams[0]
    case = lives.receivable(team, people.applicants()[0])
    lives.accept(case.pk, team.actor(team.clerk))
    return OfficialDocument.objects.select_related("person_key").get(subject_id=case.pk, kind="acceptance")
