"""What acts on a change write besides its state: the report, the remarks, the agenda, the edition, and its day."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Max

from catalog import contents, hooks
from catalog.models import ItemChange, ItemEdition, Meeting, ServiceItem
from catalog.services.indexing import index_item, remove_from_index
from catalog.services.publishing import publish_edition
from catalog.states import TO_ANOTHER, WITH_EDITION, ChangeKind
from portal.clock import local_date
from portal.organizations.models import Department
from portal.transitions import inputs
from portal.transitions.process import Context
from portal.web.dates import date_full
from portal.web.errors import BadInput
from portal.workdays.queries import current_calendar


def note_report(ctx: Context) -> None:
    """Plan 三(三)1: changes are reported in time; later than the configured days after the event is marked."""
    change: ItemChange = ctx.subject
    change.submitter_id = ctx.actor.user_id
    if change.reported_at is None:
        change.reported_at = ctx.now
        assert change.occurred_on is not None
        days = current_calendar().count(change.occurred_on, local_date(ctx.now))
        change.reported_late = days > settings.ITEM_REPORT_DAYS


def send_remarks(ctx: Context) -> None:
    """What 编办 has remarked reaches the department together with the return."""
    change: ItemChange = ctx.subject
    change.remarks.filter(sent=False).update(sent=True)


def give_code(ctx: Context) -> None:
    """编办 gives a new item its code (domain 2.4: 14, type, line, main, sub)."""
    change: ItemChange = ctx.subject
    if ChangeKind(change.kind) not in (ChangeKind.NEW, ChangeKind.MERGER) or change.content is None:
        return
    code = inputs.text(ctx, "basic_code", "基本编码", default=str(change.content.get("basic_code") or ""))
    content = {**change.content, "basic_code": code or "0"}  # an empty one would count as one that comes later
    if wrong := [fault for fault in contents.faults_of(content) if fault.place == "basic_code"]:
        raise BadInput(f"{wrong[0].message}。", field="basic_code", code="code_wrong")
    if ServiceItem.objects.filter(basic_code=code).exists():
        raise BadInput("这个基本编码已经有事项在用。", field="basic_code", code="code_taken")
    others = ItemChange.objects.exclude(pk=change.pk).filter(content__basic_code=code, item=None)
    if others.exclude(state__in=["struck", "withdrawn"]).exists():
        raise BadInput("这个基本编码已经给了另一项新增。", field="basic_code", code="code_taken")
    change.content = content


def put_on_agenda(ctx: Context) -> None:
    """The last place on the agenda of a meeting whose resolution is not recorded yet."""
    change: ItemChange = ctx.subject
    pk = inputs.key((ctx.data or {}).get("meeting"), "meeting", "会议")
    meeting = Meeting.objects.select_for_update().filter(pk=pk).first()
    if meeting is None:
        raise BadInput("请选择会议。", field="meeting", code="meeting_required")
    if meeting.is_recorded:
        raise BadInput("这次会议的决定已经记录，请选另一次会议。", field="meeting", code="meeting_recorded")
    last = meeting.changes.aggregate(last=Max("agenda_position"))["last"] or 0
    change.meeting, change.agenda_position = meeting, last + 1
    ctx.results["note"] = meeting.name


def take_off_agenda(ctx: Context) -> None:
    change: ItemChange = ctx.subject
    ctx.results["note"] = change.meeting.name if change.meeting is not None else ""
    change.meeting = change.agenda_position = None


def publish(ctx: Context) -> None:
    """The change is decided: its edition stands from now on, in force from a day that is today or later."""
    change: ItemChange = ctx.subject
    today = local_date(ctx.now)
    on = inputs.day(ctx, "effective_on", "生效日期") if (ctx.data or {}).get("effective_on") else change.effective_on
    if on is None or on < today:
        raise BadInput("生效日期已经过了，请改成今天或者以后的日期。", field="effective_on", code="effective_in_past")
    change.effective_on = on
    change.decided_at = change.published_at = ctx.now
    kind = ChangeKind(change.kind)
    if kind in WITH_EDITION:
        change.edition = _publish_edition(change, on, ctx.now)
        change.item = change.edition.item
    ends = [change.item_id] if kind == ChangeKind.ABOLITION else [each.item_id for each in change.merged.all()]
    _end_editions([pk for pk in ends if pk is not None], on)
    ctx.results["note"] = f"{date_full(on)}起生效"


def take_effect(ctx: Context) -> None:
    """On the day: the item is found by what it says now, its department changes, and the owners of cases are told."""
    change: ItemChange = ctx.subject
    kind = ChangeKind(change.kind)
    ended = [each.item for each in change.merged.select_related("item").order_by("position")]
    if change.item is not None and kind == ChangeKind.ABOLITION:
        ended.append(change.item)
    for item in ended:
        item.status = ServiceItem.Status.ABOLISHED
        item.save(update_fields=["status"])
        remove_from_index(item)
    if change.edition is not None and change.item is not None:
        _carry_over(change.item, change.edition)
        index_item(item=change.item, edition=change.edition)
    assert change.effective_on is not None
    hooks.announce(
        hooks.ItemChanged(
            change_id=change.pk,
            kind=change.kind,
            item_ids=tuple(item.pk for item in ended) or ((change.item_id,) if change.item_id is not None else ()),
            on=change.effective_on,
            open_cases=change.open_cases,
            receiving_department_id=change.receiving_department_id,
            edition_id=change.edition_id,
            materials={each.item_id: each.materials for each in change.merged.all()},
        )
    )


def _carry_over(item: ServiceItem, edition: ItemEdition) -> None:
    """What an item has besides its editions: who exercises it, and the code that names them (domain 2.4)."""
    code = f"{edition.department.uscc}{edition.level}{item.basic_code}"
    if (item.department_id, item.implementation_code) != (edition.department_id, code):
        item.department, item.implementation_code = edition.department, code
        item.save(update_fields=["department", "implementation_code"])


def _publish_edition(change: ItemChange, on: dt.date, now: dt.datetime) -> ItemEdition:
    content: dict[str, Any] = dict(change.content or {})
    if ChangeKind(change.kind) in TO_ANOTHER:
        assert change.receiving_department is not None
        content["department"] = change.receiving_department.number
    item = change.item or _new_item(change.item_key, change.department, content, now)
    return publish_edition(contents.validated(content), item=item, effective_from=on)


def _new_item(pk: UUID, department: Department, content: dict[str, Any], now: dt.datetime) -> ServiceItem:
    number = (ServiceItem.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    content["number"] = number
    item: ServiceItem = ServiceItem.objects.create(
        pk=pk,
        number=number,
        basic_code=content["basic_code"],
        implementation_code=f"{department.uscc}{content['level']}{content['basic_code']}",
        department=department,
        created_at=now,
    )
    return item


def _end_editions(item_ids: list[UUID], on: dt.date) -> None:
    for edition in ItemEdition.objects.select_for_update().filter(item__in=item_ids, effective_until=None):
        if on < edition.effective_from:
            raise BadInput("这个事项还有没生效的版本，生效日期不能早于它。", field="effective_on")
        edition.effective_until = on
        edition.save(update_fields=["effective_until"])
