"""States of a case, its levels and its channels. The moves between states stand in `applications.transitions`."""

from __future__ import annotations

from django.db import models


class CaseState(models.TextChoices):
    """domain reference 3.2 as design.md section 3 settled it: `received` starts at submission."""

    RECEIVED = "received", "收件"
    CORRECTING = "correcting", "待补正"
    REVIEWING = "reviewing", "审核中"
    APPROVING = "approving", "审批中"
    GRANTED = "granted", "准予"
    REFUSED = "refused", "不予"
    CONCLUDED = "concluded", "办结"
    NOT_REQUIRED = "not_required", "不受理"
    NOT_COMPETENT = "not_competent", "不予受理"
    LAPSED = "lapsed", "补正不来办结"
    WITHDRAWN = "withdrawn", "已撤回"
    TERMINATED = "terminated", "终止办理"


#: The case is over: nothing but reading is left (delivery is a row within 办结).
FINAL_STATES = frozenset(
    {
        CaseState.CONCLUDED,
        CaseState.NOT_REQUIRED,
        CaseState.NOT_COMPETENT,
        CaseState.LAPSED,
        CaseState.WITHDRAWN,
        CaseState.TERMINATED,
    }
)
#: A decision has been taken.
DECIDED_STATES = frozenset({CaseState.GRANTED, CaseState.REFUSED, CaseState.CONCLUDED})


class CaseChannel(models.TextChoices):
    """行政许可法 29: electronic submission is equal to paper; the channel is recorded (APP-3)."""

    ONLINE = "online", "网上"
    HALL = "hall", "大厅"


class Decision(models.TextChoices):
    GRANTED = "granted", "准予"
    REFUSED = "refused", "不予"


class ClockLevel(models.TextChoices):
    """contracts.md section 1, rule 9."""

    NONE = "none", "正常"
    WARNING = "warning", "预警"
    YELLOW = "yellow", "黄牌"
    RED = "red", "红牌"


class Stage(models.TextChoices):
    """The plan's four stages."""

    RECEIVE = "receive", "受理"
    REVIEW = "review", "审核"
    APPROVE = "approve", "审批"
    CONCLUDE = "conclude", "办结"


STAGE_OF_STATE: dict[str, Stage] = {
    CaseState.RECEIVED: Stage.RECEIVE,
    CaseState.CORRECTING: Stage.RECEIVE,
    CaseState.REVIEWING: Stage.REVIEW,
    CaseState.APPROVING: Stage.APPROVE,
    CaseState.GRANTED: Stage.CONCLUDE,
    CaseState.REFUSED: Stage.CONCLUDE,
    CaseState.CONCLUDED: Stage.CONCLUDE,
}
