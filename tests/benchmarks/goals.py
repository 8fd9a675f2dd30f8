"""The goals: which figures there are, in which group, and how much is good enough."""

from __future__ import annotations

from dataclasses import dataclass

MILLION = 1_000_000


@dataclass(frozen=True)
class Goal:
    """`at_least`: more is better. `scale`: judged only at this number of cases."""

    id: str
    group: str
    unit: str
    limit: float
    what: str
    at_least: bool = False
    scale: int | None = None

    def is_met(self, value: float, cases: int) -> bool | None:
        """None where the goal speaks of another scale."""
        if self.scale is not None and cases != self.scale:
            return None
        return value >= self.limit if self.at_least else value <= self.limit


GOALS = (
    Goal("guide_ratio", "pages", "ratio", 0.30, "public item guide ÷ hello, requests per second", at_least=True),
    Goal("public_list_ratio", "pages", "ratio", 0.05, "public case list, fresh, ÷ hello", at_least=True),
    Goal("case_page_p95_ms", "pages", "ms", 60, "case page with 60 events, whole request, one user"),
    Goal("worklist_p95_ms", "worklist", "ms", 39, "work list, whole request, 8 connections, users of one department"),
    Goal("worklist_single_p95_ms", "worklist", "ms", 15, "the same, one user"),
    Goal("worklist_db_p95_ms", "worklist", "ms", 2, "its list and counts in the database, own department"),
    Goal("worklist_db_all_p95_ms", "worklist", "ms", 3, "the same over all departments"),
    Goal("case_number_p95_ms", "search", "ms", 2, "a case by its exact number"),
    Goal("apply_ratio", "apply", "ratio", 0.15, "accept through services ÷ pgbench -N, 4 clients each", at_least=True),
    Goal("apply_p95_ms", "apply", "ms", 40, "one accept, 4 clients", scale=MILLION),
    Goal("ledger_overhead", "apply", "ratio", 1.10, "accept with ÷ accept without the ledger"),
    Goal("blind_index_ratio", "trust", "ratio", 1.2, "a person by blind index ÷ by a plain indexed number"),
    Goal("sweep_small_s", "sweep", "s", 2, "0.2 % of all cases due", scale=MILLION),
    Goal("sweep_small_ratio", "sweep", "ratio", 1.5, "the same ÷ plainest SQL, signals included", scale=MILLION),
    Goal("due_date_us", "sweep", "us", 5, "one due date"),
    Goal("document_warm_ms", "pdf", "ms", 300, "one document, press warm"),
    Goal("ledger_events_s", "trust", "1/s", 3_500, "events recorded over many subjects", at_least=True),
    Goal("ledger_one_subject_s", "trust", "1/s", 1_500, "events recorded within one subject", at_least=True),
    Goal("inclusion_proof_ms", "trust", "ms", 5, "proof of one event, as many events as cases", scale=MILLION),
    Goal(
        "verify_log_events_s", "trust", "1/s", 100_000, "verify_log, an event a case", at_least=True, scale=MILLION
    ),
    Goal("sealed_ratio", "trust", "ratio", 1.6, "rendering and signing a document ÷ rendering it"),
    Goal("start_first_s", "start", "s", 300, "an empty folder to ready, demonstration included"),
    Goal("start_second_s", "start", "s", 15, "the next start to ready"),
)
BY_ID = {goal.id: goal for goal in GOALS}
