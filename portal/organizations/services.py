"""What changes departments and windows beyond the shipped files; rows end, they are never removed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from portal import clock
from portal.ledger import services as ledger
from portal.organizations.models import Department, Hall, Region, Window
from portal.privacy.identifiers import credit_code_fault, normalise
from portal.search.text import pinyin_key
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor


@transaction.atomic
def add_department(
    *,
    number: str,
    name: str,
    short_name: str,
    uscc: str,
    approving: bool,
    actor: Actor,
    phone: str = "",
    address: str = "",
    valid_from: dt.date | None = None,
) -> Department:
    """A department of the city. Raises BadInput for a number or code that is wrong or taken."""
    number, name, uscc = number.strip(), name.strip(), normalise(uscc)
    if len(number) != 3 or not (number.isascii() and number.isdigit()):
        raise BadInput("部门编号是 3 位数字。", code="number_wrong", field="number")
    if fault := credit_code_fault(uscc):
        raise BadInput(fault, code="uscc_wrong", field="uscc")
    if Department.objects.filter(number=number).exists():
        raise BadInput("这个部门编号已经使用，编号不重复使用。", code="number_taken", field="number")
    if Department.objects.filter(uscc=uscc).exists():
        raise BadInput("这个统一社会信用代码已经登记。", code="uscc_taken", field="uscc")
    department = Department.objects.create(
        number=number,
        name=name,
        short_name=short_name.strip(),
        uscc=uscc,
        approving=approving,
        phone=phone.strip(),
        address=address.strip(),
        region=Region.objects.get(code="140600"),
        valid_from=valid_from or clock.today(),
        pinyin=pinyin_key(name),
    )
    _record(department, "organizations.department_added", actor)
    return department


@transaction.atomic
def end_department(*, department: Department, on: dt.date, actor: Actor) -> Department:
    """The department ends on this day; documents keep its name. Raises BadInput, WrongState."""
    department = Department.objects.select_for_update().get(pk=department.pk)
    if on <= department.valid_from:
        raise BadInput("停用日期要晚于启用日期。", code="period_backward", field="on")
    if department.valid_until is not None:
        raise WrongState("这个部门已经有停用日期。", code="ended_already")
    department.valid_until = on
    department.save()
    _record(department, "organizations.department_ended", actor)
    return department


@transaction.atomic
def add_window(
    *,
    hall: Hall,
    code: str,
    name: str,
    floor: int,
    actor: Actor,
    department: Department | None = None,
    valid_from: dt.date | None = None,
) -> Window:
    """A window of the hall; without a department it takes everything (综合受理). Raises BadInput."""
    code = code.strip().upper()
    if Window.objects.filter(hall=hall, code=code).exists():
        raise BadInput("这个窗口号已经使用。", code="code_taken", field="code")
    window = Window.objects.create(
        hall=hall,
        code=code,
        name=name.strip(),
        floor=floor,
        department=department,
        valid_from=valid_from or clock.today(),
    )
    _record(window, "organizations.window_added", actor)
    return window


@transaction.atomic
def end_window(*, window: Window, on: dt.date, actor: Actor) -> Window:
    """The window closes on this day. Raises BadInput, WrongState."""
    window = Window.objects.select_for_update(of=("self",)).get(pk=window.pk)
    if window.valid_until is not None:
        raise WrongState("这个窗口已经有停用日期。", code="ended_already")
    if on <= window.valid_from:
        raise BadInput("停用日期要晚于启用日期。", code="period_backward", field="on")
    window.valid_until = on
    window.save()
    _record(window, "organizations.window_ended", actor)
    return window


def _record(row: Department | Window, kind: str, actor: Actor) -> None:
    ledger.record(
        subject=row.pk,
        kind=kind,
        actor=actor.user_id,
        body={
            "name": row.name,
            "from": row.valid_from.isoformat(),
            "until": "" if row.valid_until is None else row.valid_until.isoformat(),
        },
    )
