"""A small process for the tests of the engine. Its rows are outbox jobs, whose `last_error` plays the state."""

from typing import Any
from uuid import UUID, uuid4

from portal import clock
from portal.outbox.models import Job
from portal.transitions.process import Context, Process, has_role
from portal.transitions.table import Party, Table, Transition
from portal.web.errors import BadInput, NotFound
from portal.web.grants import ALL, Actor, Grants
from portal.web.permissions import PermissionEnum


class DeskPermission(PermissionEnum):
    ACCEPT = "desk_toy_accept", "受理"
    DECIDE = "desk_toy_decide", "决定"


def paper_is_there(ctx: Context) -> None:
    if ctx.subject.payload.get("paper") is False:
        raise BadInput("材料没有收齐，不能受理。", code="incomplete")


def note(ctx: Context) -> None:
    ctx.subject.payload["effects"] = [*ctx.subject.payload.get("effects", []), ctx.action]
    ctx.results["noted"] = ctx.action


TABLE = Table(
    name="toy",
    label="玩具",
    initial="received",
    states={"received": "已收件", "accepted": "已受理", "granted": "准予", "refused": "不予"},
    finals=frozenset({"granted", "refused"}),
    transitions=(
        Transition(
            "accept",
            "受理",
            frozenset({"received"}),
            "accepted",
            (DeskPermission.ACCEPT,),
            guard=(paper_is_there,),
            effects=(note,),
            public_label="受理",
        ),
        Transition("deem", "视为受理", frozenset({"received"}), "accepted", (Party.SYSTEM,), effects=(note,)),
        Transition(
            "remark", "备注", frozenset({"received", "accepted"}), None, (DeskPermission.ACCEPT, Party.APPLICANT)
        ),
        Transition("grant", "准予", frozenset({"accepted"}), "granted", (DeskPermission.DECIDE,), public_label="准予"),
        Transition(
            "refuse",
            "不予",
            frozenset({"accepted"}),
            "refused",
            (DeskPermission.DECIDE,),
            needs_reason=True,
            public_label="不予许可",
            irreversible=True,
        ),
        Transition(
            "withdraw", "撤回", frozenset({"received", "accepted"}), "refused", (Party.APPLICANT,), public_label="撤回"
        ),
    ),
)

APPLICANT = Actor(uuid4(), "申请人")
CLERK = Actor(uuid4(), "窗口", Grants({"desk_toy_accept": ALL}))
APPROVER = Actor(uuid4(), "批准人", Grants({"desk_toy_decide": ALL}))
STRANGER = Actor(uuid4(), "旁人")


class ToyProcess(Process):
    table = TABLE
    state_attribute = "last_error"
    locked = True

    def lock(self, subject_id: UUID) -> Job:
        rows = Job.objects.select_for_update() if self.locked else Job.objects.all()
        job = rows.filter(pk=subject_id).first()
        if job is None:
            raise NotFound
        return job

    def by_law(self, ctx: Context) -> bool:
        if ctx.subject.last_error == "received" and ctx.now >= ctx.subject.due_at:
            ctx.subject.last_error = "accepted"
            ctx.subject.payload["deemed"] = True
            ctx.subject.save()
            return True
        return False

    def may(self, ctx: Context, transition: Transition) -> bool:
        return has_role(
            ctx.actor, transition, department_id=uuid4(), is_applicant=ctx.actor.user_id == APPLICANT.user_id
        )

    def event_body(self, ctx: Context, transition: Transition) -> dict[str, Any]:
        return {"reason": (ctx.data or {}).get("reason", "")}


def new_row(state: str = "received", **payload: Any) -> Job:
    now = clock.now()
    return Job.objects.create(
        kind="toy",
        key=str(uuid4()),
        created_at=now,
        due_at=now.replace(year=now.year + 1, day=1),
        last_error=state,
        payload=payload,
    )
