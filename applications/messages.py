"""What the applicant hears of an act: one message per act and reader, in its transaction."""

from __future__ import annotations

from typing import Any, Final

from applications.models import Act, Case
from applications.people import users_behind
from portal.clock import local_date
from portal.messaging import services as messaging
from portal.transitions.process import Context

#: Acts of which the applicant is told, with the name of the text under templates/messages/.
KINDS: Final[dict[str, str]] = {
    "submit": "case_submitted",
    "accept": "case_accepted",
    "supply": "case_accepted",
    "deemed_acceptance": "case_accepted",
    "ask_correction": "case_correction",
    "not_required": "case_not_taken_up",
    "not_competent": "case_not_taken_up",
    "lapse": "case_lapsed",
    "pause": "case_paused",
    "resume": "case_resumed",
    "end_pause": "case_resumed",
    "extend": "case_extended",
    "grant": "case_granted",
    "refuse": "case_refused",
    "conclude": "case_concluded",
    "post": "case_posted",
    "announce": "case_announced",
    "delivery_failed": "case_delivery_failed",
    "deliver": "case_delivered",
    "withdraw": "case_withdrawn",
    "hand_over": "case_handed_over",
    "terminate": "case_terminated",
}


def tell_applicant(ctx: Context, act: Act) -> None:
    """Write the message of an act into the inboxes of those who stand behind the case."""
    kind = KINDS.get(act.action)
    if kind is None:
        return
    case: Case = ctx.subject
    context = _context(ctx, case, act)
    for user in users_behind(case, local_date(ctx.now)):
        messaging.send(
            kind=kind,
            user=user,
            context=context,
            key=f"act:{act.pk}:{user.pk}",
            link=f"/my/cases/{case.pk}/",
            now=ctx.now,
        )


def _context(ctx: Context, case: Case, act: Act) -> dict[str, Any]:
    clock = case.clock
    document = ctx.results.get("document")
    special = ctx.results.get("special_procedure")
    return {
        "case_number": case.number,
        "item_name": case.edition.name,
        "applicant": case.applicant_name,
        "department": case.department.name,
        "action": act.action,
        "label": act.label,
        "document": document.get_kind_display() if document is not None else "",
        "document_number": document.number if document is not None else "",
        "received_on": case.received_at,
        "accepted_on": clock.accepted_on,
        "deemed": case.deemed_accepted,
        "promised_due_on": clock.promised_due_on,
        "statutory_due_on": clock.statutory_due_on,
        "acceptance_due_on": clock.acceptance_due_on,
        "supply_until": clock.correction_due_on,
        "lines": ctx.results.get("correction_lines", []),
        "procedure": special.name if special is not None else "",
        "until": special.until if special is not None else None,
        "reason": act.note,
        "phone": case.edition.consultation_phone,
        "place": case.edition.place,
        "delivery_due_on": clock.delivery_due_on,
    }
