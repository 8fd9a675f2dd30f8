"""派驻 and approval offices (plan 三(一)2)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet

from portal import clock
from portal.accounts.models import ApprovalOffice, Posting, Staff
from portal.ledger import services as ledger
from portal.organizations.models import Department, Window
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor


@transaction.atomic
def add_posting(
    *,
    staff: Staff,
    department: Department,
    window: Window,
    post: Posting.Post | str,
    actor: Actor,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    stands_in_for: Staff | None = None,
) -> Posting:
    """Post a member of staff at a window; `valid_until` is the first day after.

    Nobody stands at two windows at once; a department has one 首席代表 at a time; an AB 岗 names the colleague of the
    same department for whom it stands in. Raises BadInput, WrongState.
    """
    post = Posting.Post(post)
    Department.objects.select_for_update().get(pk=department.pk)
    staff = Staff.objects.select_for_update(of=("self",)).get(pk=staff.pk)
    start = valid_from or max(clock.today(), staff.joined_on)
    if start < clock.today():
        raise BadInput("开始日期不能早于今天。", code="starts_in_past", field="valid_from")
    _check_posting(staff, department, window, post, stands_in_for)
    if valid_until is not None and valid_until <= start:
        raise BadInput("截止日期要晚于开始日期。", code="period_backward", field="valid_until")
    if start < staff.joined_on:
        raise BadInput("派驻不能早于到岗日期。", code="before_joined", field="valid_from")
    if staff.left_on is not None and (valid_until is None or valid_until > staff.left_on):
        raise WrongState("此人已经离岗或将要离岗。", code="staff_left", field="staff")
    meanwhile = _overlapping(start, valid_until)
    mine = meanwhile.filter(staff=staff)
    if mine.exclude(window=window).exists():
        raise WrongState("这段时间里此人已经派驻在别的窗口。", code="posted_elsewhere", field="staff")
    if mine.exists():
        raise WrongState("这段时间里此人已经派驻在这个窗口。", code="posted_already", field="staff")
    if post == Posting.Post.CHIEF and meanwhile.filter(department=department, post=post).exists():
        raise WrongState("这段时间里这个部门已经有首席代表。", code="chief_taken", field="post")
    posting = Posting.objects.create(
        staff=staff,
        department=department,
        window=window,
        post=post,
        stands_in_for=stands_in_for if post == Posting.Post.BACKUP else None,
        valid_from=start,
        valid_until=valid_until,
    )
    _record(posting, "accounts.posting_added", actor)
    return posting


@transaction.atomic
def end_posting(*, posting: Posting, actor: Actor, on: dt.date | None = None) -> Posting:
    """The posting ends on this day (default: today), the first day on which it does not hold. Raises BadInput."""
    posting = Posting.objects.select_for_update(of=("self",)).get(pk=posting.pk)
    today = clock.today()
    day = on or today
    if day < today:
        raise BadInput("截止日期不能早于今天。", code="end_in_past", field="on")
    if posting.valid_until is not None and posting.valid_until <= day:
        return posting
    posting.valid_until = max(day, posting.valid_from)
    posting.save()
    _record(posting, "accounts.posting_ended", actor)
    return posting


@transaction.atomic
def establish_office(
    *, department: Department, actor: Actor, head: Staff | None = None, established_on: dt.date | None = None
) -> ApprovalOffice:
    """The 行政审批服务办公室 of an approving department; an existing one gets the head. Raises BadInput, WrongState."""
    if not department.approving:
        raise WrongState("没有行政审批职能的部门不设行政审批服务办公室。", code="not_approving", field="department")
    _check_head(department, head)
    office, made = ApprovalOffice.objects.get_or_create(
        department=department, defaults={"head": head, "established_on": established_on or clock.today()}
    )
    if made:
        _record_office(office, "accounts.office_established", actor)
    elif head is not None and office.head_id != head.pk:
        set_office_head(office=office, head=head, actor=actor)
        office.refresh_from_db()
    return office


@transaction.atomic
def set_office_head(*, office: ApprovalOffice, head: Staff, actor: Actor) -> ApprovalOffice:
    """Another head of the office. Raises BadInput."""
    office = ApprovalOffice.objects.select_for_update(of=("self",)).select_related("department").get(pk=office.pk)
    _check_head(office.department, head)
    office.head = head
    office.save()
    _record_office(office, "accounts.office_head_set", actor)
    return office


def _check_posting(
    staff: Staff, department: Department, window: Window, post: Posting.Post, stands_in_for: Staff | None
) -> None:
    if staff.department_id != department.pk:
        raise BadInput("派驻人员要是派出部门的人。", code="other_department", field="staff")
    if window.department_id not in (None, department.pk):
        raise BadInput("这个窗口属于别的部门。", code="window_of_other", field="window")
    if post != Posting.Post.BACKUP:
        return
    if stands_in_for is None:
        raise BadInput("AB 岗要写明替谁。", code="stands_in_missing", field="stands_in_for")
    if stands_in_for.pk == staff.pk or stands_in_for.department_id != department.pk:
        raise BadInput("A 岗要是同一部门的另一个人。", code="stands_in_wrong", field="stands_in_for")


def _check_head(department: Department, head: Staff | None) -> None:
    if head is None:
        return
    if head.department_id != department.pk:
        raise BadInput("主任要是本部门的人。", code="head_of_other", field="head")
    if head.left_on is not None:
        raise BadInput("此人已经离岗或将要离岗。", code="head_left", field="head")


def _overlapping(start: dt.date, end: dt.date | None) -> QuerySet[Posting]:
    rows = Posting.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=start))
    return rows if end is None else rows.filter(valid_from__lt=end)


def _record(posting: Posting, kind: str, actor: Actor) -> None:
    ledger.record(
        subject=posting.staff_id,
        kind=kind,
        actor=actor.user_id,
        body={
            "posting": str(posting.pk),
            "window": str(posting.window_id),
            "post": str(posting.post),
            "from": posting.valid_from.isoformat(),
            "until": "" if posting.valid_until is None else posting.valid_until.isoformat(),
        },
    )


def _record_office(office: ApprovalOffice, kind: str, actor: Actor) -> None:
    ledger.record(
        subject=office.pk,
        kind=kind,
        actor=actor.user_id,
        body={"department": str(office.department_id), "head": "" if office.head_id is None else str(office.head_id)},
    )
