"""Changes that the city has decided, made by its people through the services; each comes back published."""

from __future__ import annotations

import datetime as dt
from typing import Any

from catalog import contents
from catalog.models import ItemChange
from catalog.services import changes
from catalog.shape import find_section
from catalog.states import ChangeKind
from portal import clock
from portal.organizations.models import Department
from tests.catalog.city import City, act, begin, frame, item, on_agenda, submitted

SOON = dt.timedelta(days=7)


def save(of: City, change: ItemChange, code: str, **values: Any) -> None:
    section = find_section(code)
    assert section is not None
    digest = changes.digest_of(change, section)
    changes.save_section(change_id=change.pk, section=section, values=values, digest=digest, actor=of.editor)
    change.refresh_from_db()


def shorten(of: City, change: ItemChange, days: int) -> None:
    assert change.content is not None
    save(of, change, "limits", limits=change.content["limits"] | {"promised": {"n": days, "unit": "workday"}})
    save(of, change, "flow", flow=[link | {"limit": None} for link in change.content["flow"]])


def shorter(of: City, days: int = 5, number: int = 26, **values: Any) -> ItemChange:
    """A shorter promise: verified and published."""
    change = frame(of, begin(of, number=number), **values)
    shorten(of, change, days)
    return verified(of, change)


def verified(of: City, change: ItemChange) -> ItemChange:
    submitted(of, change)
    act(change, "verify_and_publish", of.office)
    change.refresh_from_db()
    return change


def abolished(of: City, number: int = 26, **values: Any) -> ItemChange:
    change = frame(of, begin(of, ChangeKind.ABOLITION, number), **{"reason": "国务院决定取消"} | values)
    return approved(of, change)


def transferred(of: City, to: Department, **values: Any) -> ItemChange:
    change = begin(of, ChangeKind.TRANSFER)
    return approved(of, frame(of, change, receiving_department_id=to.pk, **values))


def merged(of: City, *numbers: int, name: str = "食品药品经营联合许可", **values: Any) -> ItemChange:
    change = new_draft(of, name, ChangeKind.MERGER)
    changes.choose_merged(change_id=change.pk, actor=of.editor, items=[item(number) for number in numbers])
    return approved(of, frame(of, change, **values), basic_code="140123900009")


def new(of: City, name: str = "小餐饮店登记", basic_code: str = "140123900000", **values: Any) -> ItemChange:
    return approved(of, frame(of, new_draft(of, name), **values), basic_code=basic_code)


def new_draft(of: City, name: str, kind: ChangeKind = ChangeKind.NEW) -> ItemChange:
    """A new item with everything that the gate asks for, as the food permit has it."""
    change = begin(of, kind, None, name=name)
    food = contents.draft_of(contents.of_edition(item().editions.order_by("version")[0].pk))
    ItemChange.objects.filter(pk=change.pk).update(
        content=food | {"name": name, "basic_code": "", "number": None}, name=name
    )
    change.refresh_from_db()
    return change


def approved(of: City, change: ItemChange, **verifying: Any) -> ItemChange:
    submitted(of, change)
    act(change, "verify", of.office, **verifying)
    on_agenda(of, change, name=f"市政府第 {ItemChange.objects.count()} 次常务会议")
    act(change, "approve", of.government)
    change.refresh_from_db()
    return change


def soon() -> dt.date:
    """The day on which a change takes effect unless a test says another."""
    return clock.today() + SOON
