"""Changes of the catalogue: begin, edit section by section, remark, and every act through the engine."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import structlog
from django.db import IntegrityError, transaction

from catalog import contents
from catalog.models import ChangeRemark, ItemChange, MergedItem, ServiceItem
from catalog.permissions import CataloguePermission as May
from catalog.process import PROCESS, may_see, write_act
from catalog.shape import Section
from catalog.states import BY_MEETING, CLOSED, OF_AN_ITEM, TO_ANOTHER, WITH_EDITION, ChangeKind, ChangeState, OpenCases
from catalog.transitions import BEGIN, TABLE
from portal import clock
from portal.ledger.services import record
from portal.organizations.models import Department
from portal.transitions import engine
from portal.transitions.engine import Offer, Outcome
from portal.web.errors import BadInput, DomainError, NotAllowed, NotFound, WrongState
from portal.web.grants import SYSTEM_ACTOR, Actor, acting_user
from portal.web.keys import uuid7

logger = structlog.get_logger(__name__)

#: The namespace of keys for acts that the clock does.
_BY_CLOCK = UUID("5b3f2a8e-6f3e-4d0b-9d5c-5f0f1d1d2c31")


class Overtaken(DomainError):
    """Somebody else saved the same section meanwhile; `theirs` is what stands there now."""

    http_status = 409
    default_code = "overtaken"

    def __init__(self, message: str, *, theirs: dict[str, Any], digest: str, by: str) -> None:
        super().__init__(message)
        self.theirs, self.digest, self.by = theirs, digest, by


@dataclass(frozen=True, slots=True)
class Frame:
    """What is said about a change besides the list itself."""

    reason: str
    basis: str
    occurred_on: dt.date | None
    effective_on: dt.date | None
    open_cases: str = OpenCases.CONTINUE
    receiving_department_id: UUID | None = None
    people_note: str = ""


def begin(
    *,
    actor: Actor,
    department: Department,
    kind: ChangeKind,
    key: UUID,
    item: ServiceItem | None = None,
    name: str = "",
) -> ItemChange:
    """Begin a change: with the list in force as its draft, or an empty one for a new item. The same key twice is one.

    Raises NotAllowed for somebody else's department, BadInput without the item that the kind needs, WrongState when
    another change of the item is under way.
    """
    if not actor.grants.has_for(May.EDIT_ITEM, department.pk):
        raise NotAllowed("您只能起草本部门的事项变更。")
    if kind in OF_AN_ITEM and item is None:
        raise BadInput("请选择要变更的事项。", field="item", code="item_required")
    if item is not None and (kind not in OF_AN_ITEM or item.department_id != department.pk):
        raise NotFound("没有这个事项。")
    if (before := ItemChange.objects.filter(acts__key=key).first()) is not None:
        return before
    now = clock.now()
    edition = item.editions.filter(effective_until=None).first() if item is not None else None
    if item is not None and edition is None:
        raise WrongState("这个事项已经取消，不能再变更。", code="item_abolished")
    content = None
    if kind in WITH_EDITION:
        content = contents.draft_of(contents.of_edition(edition.pk)) if edition else contents.blank(department)
        if edition is None:
            content["name"] = name.strip()
    change = ItemChange(
        id=uuid7(),
        kind=kind,
        item=item,
        item_key=item.pk if item is not None else uuid7(),
        department=department,
        name=edition.name if edition is not None else name.strip(),
        content=content,
        based_on=edition,
        created_at=now,
        drafter_id=acting_user(actor),
        edited_at=now,
        edited_by_id=acting_user(actor),
    )
    try:
        with transaction.atomic():
            change.save(force_insert=True)
            entry = record(
                subject=change.item_key,
                kind=f"{TABLE.name}.{BEGIN.action}",
                actor=actor.user_id,
                body={"change": str(change.pk), "kind": change.kind},
                key=key,
                at=now,
            )
            write_act(change, actor, key, entry, at=now, action=BEGIN.action, label=BEGIN.label, before="")
    except IntegrityError as error:
        if "one_open_change_per_item" in str(error):
            raise WrongState("这个事项有一项变更正在办理，办完以后才能再提。", code="change_open") from error
        raise
    return change


def set_frame(*, change_id: UUID, actor: Actor, frame: Frame) -> ItemChange:
    """Why, on what basis, from when, and what becomes of open cases; while the department drafts."""
    with transaction.atomic():
        change = _lock_for_editing(change_id, actor)
        if frame.receiving_department_id is not None and frame.receiving_department_id == change.department_id:
            raise BadInput("接收部门不能是本部门。", field="receiving_department")
        today = clock.today()
        if frame.occurred_on is not None and frame.occurred_on > today:
            raise BadInput("变更情形发生的日期不能在今天以后。", field="occurred_on")
        if frame.effective_on is not None and frame.effective_on < today:
            raise BadInput("生效日期不能在今天以前。", field="effective_on", code="effective_in_past")
        moves = ChangeKind(change.kind) in TO_ANOTHER
        if frame.open_cases == OpenCases.HAND_OVER and not moves:
            raise BadInput("只有转移、下放的事项可以移交在办件。", field="open_cases")
        change.reason, change.basis = frame.reason.strip(), frame.basis.strip()
        change.occurred_on, change.effective_on = frame.occurred_on, frame.effective_on
        change.open_cases = frame.open_cases
        change.receiving_department_id = frame.receiving_department_id if moves else None
        change.people_note = frame.people_note.strip()
        _edited(change, actor)
        change.save()
    return change


def digest_of(change: ItemChange, section: Section) -> str:
    """What a section says now, as a short mark: a form carries it, so that an overtaken one is noticed."""
    part = {name: (change.content or {}).get(name) for name in section.names}
    text = json.dumps(part, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def save_section(*, change_id: UUID, section: Section, values: dict[str, Any], digest: str, actor: Actor) -> ItemChange:
    """Store one section of a draft, complete or not. Two people may edit different sections at the same time.

    Raises Overtaken when the section is no longer what the form began with, unless both say the same.
    """
    with transaction.atomic():
        change = _lock_for_editing(change_id, actor)
        if change.content is None:
            raise WrongState("这类变更不改清单。", code="no_content")
        now_there = {name: change.content.get(name) for name in section.names}
        wanted = {name: values[name] for name in section.names if name in values}
        if {**now_there, **wanted} == now_there:
            return change
        if digest != digest_of(change, section):
            raise Overtaken(
                f"{section.title}已经由{change.edited_by.get_full_name()}改过。下面并排列出两边的内容，请选择。",
                theirs=now_there,
                digest=digest_of(change, section),
                by=change.edited_by.get_full_name(),
            )
        change.content = {**change.content, **wanted}
        change.name = str(change.content.get("name") or "").strip()[:200]
        _edited(change, actor)
        change.save(update_fields=["content", "name", "edited_at", "edited_by"])
    return change


def choose_merged(*, change_id: UUID, actor: Actor, items: list[ServiceItem]) -> ItemChange:
    """Which items a merger ends; all of them the department's own."""
    with transaction.atomic():
        change = _lock_for_editing(change_id, actor)
        if change.kind != ChangeKind.MERGER:
            raise WrongState("只有合并要选事项。", code="no_merger")
        if any(item.department_id != change.department_id for item in items):
            raise NotFound("没有这个事项。")
        kept = {each.item_id: each for each in change.merged.all()}
        change.merged.exclude(item__in=items).delete()
        for position, item in enumerate(items, 1):
            if item.pk not in kept:
                MergedItem.objects.create(change=change, item=item, position=position)
        _edited(change, actor)
        change.save(update_fields=["edited_at", "edited_by"])
    return change


def remark(*, change_id: UUID, actor: Actor, place: str, text: str) -> ChangeRemark:
    """编办 remarks on one element; the department reads it when the change is returned."""
    with transaction.atomic():
        change = PROCESS.lock(change_id)
        _must_see(actor, change)
        if not actor.grants.has(May.VERIFY_ITEM) or change.state != ChangeState.VERIFYING:
            raise WrongState("现在不能提核定意见。", code="not_verifying")
        if not text.strip():
            raise BadInput("请写明意见。", field="text")
        return ChangeRemark.objects.create(
            change=change,
            place=place[:60],
            text=text.strip(),
            author_id=acting_user(actor),
            author_name=actor.name[:50],
            made_at=clock.now(),
        )


def drop_remark(*, remark_id: UUID, actor: Actor) -> None:
    """Take back a remark that has not been sent yet; its author's alone."""
    gone, _ = ChangeRemark.objects.filter(pk=remark_id, author_id=acting_user(actor), sent=False).delete()
    if not gone:
        raise WrongState("这条意见已经退回给部门，不能再删。", code="remark_sent")


def answer_remark(*, remark_id: UUID, actor: Actor, answer: str) -> ChangeRemark:
    """The department says what it did about a remark."""
    with transaction.atomic():
        found = ChangeRemark.objects.select_for_update().filter(pk=remark_id, sent=True).first()
        if found is None:
            raise NotFound("没有这条核定意见。")
        _lock_for_editing(found.change_id, actor)
        if not answer.strip():
            raise BadInput("请写明怎么改的；不改的写明理由。", field="answer")
        found.answer, found.answered_at = answer.strip(), clock.now()
        found.save(update_fields=["answer", "answered_at"])
        return found


def apply(*, change_id: UUID, action: str, actor: Actor, key: UUID, **data: Any) -> Outcome:
    """Do one act on a change: one transaction, under its lock; the same key twice does it once.

    What takes effect today does so at once. Raises NotFound, NotAllowed, WrongState, BadInput.
    """
    with transaction.atomic():
        outcome = engine.apply(PROCESS, change_id, action, actor, key=key, data=data)
        change: ItemChange = outcome.subject
        on = change.effective_on
        if change.state == ChangeState.SCHEDULED and on is not None and on <= clock.today():
            take_effect(change.pk)
    return outcome


def offers(change: ItemChange, actor: Actor) -> list[Offer]:
    """The acts that state and role allow; one that a guard forbids now carries the sentence that says why."""
    _must_see(actor, change)
    other_way = "verify_and_publish" if ChangeKind(change.kind) in BY_MEETING else "verify"
    found = engine.offers(PROCESS, change, actor, clock.now())
    return [offer for offer in found if offer.transition.action != other_way]


def take_effect(change_id: UUID) -> Outcome:
    """The day of a change has come; done once however often it is asked for."""
    return engine.apply(PROCESS, change_id, "take_effect", SYSTEM_ACTOR, key=uuid5(_BY_CLOCK, str(change_id)))


def take_effect_due(limit: int = 200) -> int:
    """Decided changes whose day has come; by any number of processes. Returns how many took effect.

    One that fails is logged and does not keep back the others; it is tried again with the next sweep.
    """
    due = ItemChange.objects.filter(state=ChangeState.SCHEDULED, effective_on__lte=clock.today())
    done = 0
    for pk in list(due.order_by("effective_on", "pk").values_list("pk", flat=True)[:limit]):
        try:
            done += not take_effect(pk).repeated
        except Exception:
            logger.exception("change_failed", change=str(pk))
    return done


def _must_see(actor: Actor, change: ItemChange) -> None:
    if not may_see(actor, change):
        raise NotFound("没有这项变更。")


def _lock_for_editing(change_id: UUID, actor: Actor) -> ItemChange:
    change = PROCESS.lock(change_id)
    _must_see(actor, change)
    if not actor.grants.has_for(May.EDIT_ITEM, change.department_id):
        raise NotAllowed("只有本部门的事项管理员可以修改。")
    if change.state != ChangeState.DRAFTING:
        state = "已经结束" if change.state in CLOSED else f"现在是“{change.get_state_display()}”"
        raise WrongState(f"这项变更{state}，不能修改。退回以后才能改。", code="not_drafting")
    return change


def _edited(change: ItemChange, actor: Actor) -> None:
    change.edited_at, change.edited_by_id = clock.now(), acting_user(actor)
