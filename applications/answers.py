"""What an applicant filled in, as people read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from applications.models import Case
from portal.privacy.masking import ERASED_TEXT, mask_answer
from portal.web.dates import date_full

FEN: Final = 100


def value_text(spec: Mapping[str, Any], value: Any) -> str:
    """A kept value as people read it."""
    if value is None or value == "":
        return "未填"
    match spec.get("type"):
        case "money":
            return f"{Decimal(int(value)) / FEN:,.2f} 元"
        case "date":
            try:
                return date_full(dt.date.fromisoformat(str(value)))
            except ValueError:
                return str(value)
        case "integer":
            return f"{int(value):,}" if isinstance(value, int) else str(value)
        case _:
            return str(value)


def shown_text(spec: Mapping[str, Any], value: Any) -> str:
    """A kept value as staff's pages and lists show it: a sensitive answer masked."""
    text = value_text(spec, value)
    return mask_answer(text) if spec.get("sensitive") and value not in (None, "") else text


def application_facts(case: Case) -> list[tuple[str, str]]:
    """What the applicant filled in, in the words of the edition; what the edition marks as sensitive is masked."""
    if case.erased_at is not None:
        return [("申请内容", ERASED_TEXT)]
    answers = case.details
    facts = [
        (str(spec.get("label") or spec["name"]), shown_text(spec, answers.get(str(spec["name"]))))
        for spec in case.edition.form_fields
    ]
    if case.situation is not None:
        facts.insert(0, ("情形", case.situation.name))
    return facts


def decision_particulars(case: Case) -> Iterator[tuple[str, str]]:
    """Where and what a grant permits: the answers that the edition wants on the paper, never a sensitive one."""
    for spec in case.edition.form_fields:
        name = str(spec["name"])
        value = case.details.get(name)
        if spec.get("on_decision") and not spec.get("sensitive") and value not in (None, ""):
            yield str(spec.get("label") or name), value_text(spec, value)
