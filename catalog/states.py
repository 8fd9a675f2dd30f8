"""The seven kinds of change (plan 三(三)1) and the states that a change goes through."""

from __future__ import annotations

from typing import Final

from django.db import models


class ChangeKind(models.TextChoices):
    """动态管理: 新增、取消、转移、下放、合并、要素变更、人员调整 (朔政办发〔2015〕52号)."""

    NEW = "new", "新增"
    ABOLITION = "abolition", "取消"
    TRANSFER = "transfer", "转移"
    DELEGATION = "delegation", "下放"
    MERGER = "merger", "合并"
    ELEMENTS = "elements", "要素变更"
    PEOPLE = "people", "人员调整"


#: Decided by 市政府常务会议: whether the city has the power, and who exercises it. The others are only verified.
BY_MEETING: Final = frozenset(
    {ChangeKind.NEW, ChangeKind.ABOLITION, ChangeKind.TRANSFER, ChangeKind.DELEGATION, ChangeKind.MERGER}
)
#: These bring a new edition of a list.
WITH_EDITION: Final = frozenset(
    {ChangeKind.NEW, ChangeKind.TRANSFER, ChangeKind.DELEGATION, ChangeKind.MERGER, ChangeKind.ELEMENTS}
)
#: These concern an item that is there already.
OF_AN_ITEM: Final = frozenset(
    {ChangeKind.ABOLITION, ChangeKind.TRANSFER, ChangeKind.DELEGATION, ChangeKind.ELEMENTS, ChangeKind.PEOPLE}
)
#: Another department exercises the item afterwards.
TO_ANOTHER: Final = frozenset({ChangeKind.TRANSFER, ChangeKind.DELEGATION})


class ChangeState(models.TextChoices):
    DRAFTING = "drafting", "起草"
    AT_HEAD = "at_head", "待负责人提交"
    VERIFYING = "verifying", "待编办核定"
    VERIFIED = "verified", "已核定，待列入会议"
    ON_AGENDA = "on_agenda", "待会议研究"
    SCHEDULED = "scheduled", "已批准，待生效"
    IN_FORCE = "in_force", "已生效"
    STRUCK = "struck", "会议未通过"
    WITHDRAWN = "withdrawn", "已撤回"


CLOSED: Final = frozenset({ChangeState.IN_FORCE, ChangeState.STRUCK, ChangeState.WITHDRAWN})


class OpenCases(models.TextChoices):
    """What becomes of the cases that are open on the day on which a change takes effect (plan 三(三)1; domain 0.16)."""

    CONTINUE = "continue", "按原清单办完"
    HAND_OVER = "hand_over", "移交接收部门办理"
    CLOSE = "close", "终止并书面告知申请人"
