"""What is measured, by group; a group without measures belongs to a later version of the portal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure
from tests.benchmarks.groups import (
    acts,
    clocks,
    documents,
    ledger,
    pages,
    privacy,
    search,
    signatures,
    starts,
    worklist,
)

Measure = Callable[[Bench], list[Figure]]

MEASURES: Mapping[str, Sequence[Measure]] = {
    "pages": (pages.public_pages, pages.case_page),
    "worklist": (worklist.requests, worklist.queries),
    "search": (search.case_number,),
    "apply": (acts.accept_rate, acts.ledger_overhead),
    "sweep": (clocks.small_sweep, clocks.due_dates),
    "board": (),
    "import": (),
    "pdf": (documents.warm_document,),
    "trust": (ledger.recording, ledger.checking, signatures.sealed, privacy.blind_look_up),
    "start": (starts.starts,),
}
