"""A case from submission to delivery, and what each act leaves behind."""

from __future__ import annotations

import pytest

from applications.models import Act, ClockEvent, Task
from applications.states import CaseState
from portal.documents.models import OfficialDocument
from portal.ledger.queries import events_of
from portal.messaging.models import Message
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_case_goes_from_submission_to_delivery(frozen_clock):
    frozen_clock(make.at("2026-11-23 09:00"))
    desk = make.Desk()
    case = make.online_case(make.item(desk.department))
    assert case.state == CaseState.RECEIVED
    for step in (desk.accept, desk.review, desk.grant, desk.conclude, desk.deliver):
        case = step(case)
    assert case.state == CaseState.CONCLUDED
    assert case.delivered_at is not None
    assert [act.action for act in case.acts.order_by("seq")] == [
        "submit",
        "accept",
        "review",
        "grant",
        "conclude",
        "deliver",
    ]
    assert [event.type for event in case.clock_events.order_by("seq")] == [
        "received",
        "accepted",
        "decided",
        "delivered",
    ]
    kinds = (
        OfficialDocument.objects.filter(subject_id=case.pk).order_by("issued_at", "pk").values_list("kind", flat=True)
    )
    assert sorted(kinds) == ["acceptance", "grant", "receipt", "service_receipt"]
    assert not Task.objects.filter(case=case, done_at=None).exists()
    assert [event.kind for event in events_of(case.pk)] == [f"case.{act.action}" for act in case.acts.order_by("seq")]
    assert Message.objects.filter(user=case.submitted_by).count() == 5
    assert all(act.ledger_hash and act.ledger_seq for act in Act.objects.filter(case=case))
    assert ClockEvent.objects.filter(case=case, act__isnull=True).count() == 0
