"""Staff read numbers in full: with a reason, and as an event of the case."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from applications.models import Case
from applications.services.opening import Kind, note_reading
from portal import clock
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor
from portal.web.keys import uuid7

#: Chosen, not written: the reason stands in the ledger, where no free text about a person may stand.
UNMASKING_REASONS: Final = {
    "identity": "核对申请人身份",
    "contact": "联系申请人",
    "content": "核对申请内容",
    "document": "制作或者送达文书、证照",
    "complaint": "处理投诉、复议、诉讼",
}


@transaction.atomic
def unmask_case(*, case: Case, actor: Actor, reason: str) -> None:
    """Record that an actor reads a case's personal data in full. Raises BadInput without a reason, WrongState."""
    if case.erased_at is not None:
        raise WrongState("本件的个人信息已删除。", code="case_erased")
    if reason not in UNMASKING_REASONS:
        raise BadInput("请选择为什么要看。", field="reason")
    note_reading(
        actor=actor,
        case=case,
        kind=Kind.UNMASKED,
        now=clock.now(),
        thing_id=uuid7(),  # each act of unmasking counts
        detail=lambda: UNMASKING_REASONS[reason],
        facts={"reason": reason},
    )
