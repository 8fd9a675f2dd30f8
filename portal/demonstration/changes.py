"""Changes of the catalogue in every state, made through the services: none touches an item with cases after its day."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from uuid import uuid4

from catalog import contents
from catalog.models import ItemChange, Meeting, ServiceItem
from catalog.services import changes, meetings
from catalog.services.changes import Frame
from catalog.shape import section_of
from catalog.states import ChangeKind
from portal import clock
from portal.accounts.queries import holders_of
from portal.accounts.roles import Role
from portal.clock import SHANGHAI
from portal.organizations.models import Department
from portal.web.grants import Actor, actor_of

#: The item that is exercised ex officio has no cases, so its list may have changed in the past.
WITHOUT_CASES: Final = 54


class Desk:
    """Who acts on the changes of a department."""

    def __init__(self, number: str) -> None:
        self.department = Department.objects.get(number=number)
        self.editor = _actor(Role.CATALOGUE_EDITOR, self.department)
        self.head = _actor(Role.ORGAN_HEAD, self.department)
        self.office = _actor(Role.ESTABLISHMENT_OFFICE)
        self.government = _actor(Role.GOVERNMENT_OFFICE)

    def begin(self, kind: ChangeKind, number: int | None = None, name: str = "") -> ItemChange:
        item = ServiceItem.objects.get(number=number) if number is not None else None
        return changes.begin(
            actor=self.editor, department=self.department, kind=kind, key=uuid4(), item=item, name=name
        )

    def frame(self, change: ItemChange, **values: Any) -> None:
        today = clock.today()
        given = {"occurred_on": today - dt.timedelta(days=3), "effective_on": today + dt.timedelta(days=30)} | values
        changes.set_frame(change_id=change.pk, actor=self.editor, frame=Frame(**given))

    def write(self, change: ItemChange, **values: Any) -> None:
        """Elements of the draft, each in its section."""
        for name, value in values.items():
            section = section_of(name)
            assert section is not None
            change.refresh_from_db()
            changes.save_section(
                change_id=change.pk,
                section=section,
                values={name: value},
                digest=changes.digest_of(change, section),
                actor=self.editor,
            )

    def submit(self, change: ItemChange) -> None:
        _act(change, "hand_up", self.editor)
        _act(change, "submit", self.head)


def propose(today: dt.date) -> None:
    """One in force, one to come, one before a meeting, one with 编办, one with its head, one in the making."""
    with clock.shifted(_at(today - dt.timedelta(days=75), 9)):
        _hours_of_the_inspection()
    with clock.shifted(_at(today - dt.timedelta(days=12), 10)):
        meeting = _transfer_of_fire_safety(today)
    with clock.shifted(_at(today - dt.timedelta(days=5), 15)):
        _abolition_before_the_meeting(today, meeting)
        _small_restaurants()
    with clock.shifted(_at(today - dt.timedelta(days=1), 16)):
        _drainage_with_the_head()
        _medical_devices_in_the_making()


def _hours_of_the_inspection() -> None:
    item = ServiceItem.objects.select_related("department").get(number=WITHOUT_CASES)
    desk = Desk(item.department.number)
    change = desk.begin(ChangeKind.ELEMENTS, WITHOUT_CASES)
    desk.frame(
        change,
        reason="办公时间统一，方便企业咨询（演示）",
        basis="市政务服务中心关于统一办公时间的通知（演示）",
        effective_on=clock.today(),
    )
    desk.write(change, hours="工作日 8:30–12:00，14:00–17:30")
    desk.submit(change)
    _act(change, "verify_and_publish", desk.office)


def _transfer_of_fire_safety(today: dt.date) -> Meeting:
    desk = Desk("011")
    change = desk.begin(ChangeKind.TRANSFER, 17)
    receiver = Department.objects.get(number="012")
    desk.frame(
        change,
        reason="建设工程消防设计审核和验收职责划转（演示）",
        basis="机构改革职责调整的通知（演示）",
        effective_on=today + dt.timedelta(days=40),
        open_cases="hand_over",
        receiving_department_id=receiver.pk,
    )
    desk.submit(change)
    _act(change, "verify", desk.office)
    held = meetings.convene(actor=desk.government, name="市政府第 11 次常务会议（演示）", held_on=clock.today())
    _act(change, "put_on_agenda", desk.government, meeting=held.pk)
    meetings.record_resolution(
        meeting_id=held.pk,
        actor=desk.government,
        number="朔政常纪〔2026〕11号（演示）",
        text="同意将建设工程消防设计审核、验收由市公安消防支队转移到市住房保障和城乡建设管理局，过渡期内的办件一并移交。",
    )
    _act(change, "approve", desk.government)
    return meetings.convene(
        actor=desk.government, name="市政府第 12 次常务会议（演示）", held_on=today + dt.timedelta(days=6)
    )


def _abolition_before_the_meeting(today: dt.date, meeting: Meeting) -> None:
    item = ServiceItem.objects.select_related("department").get(number=23)
    desk = Desk(item.department.number)
    change = desk.begin(ChangeKind.ABOLITION, 23)
    desk.frame(
        change,
        reason="年度报告由企业自行公示，不再列为政务服务事项（演示）",
        basis="企业信息公示暂行条例第八条",
        effective_on=today + dt.timedelta(days=36),
    )
    desk.submit(change)
    _act(change, "verify", desk.office)
    _act(change, "put_on_agenda", desk.government, meeting=meeting.pk)


def _small_restaurants() -> None:
    desk = Desk("023")
    change = desk.begin(ChangeKind.NEW, None, "小餐饮店登记")
    food = contents.draft_of(contents.of_edition(ServiceItem.objects.get(number=26).editions.get().pk))
    limits = {
        "statutory": {"n": 20, "unit": "workday"}, "practice": False, "statutory_reason": "",
        "promised": {"n": 5, "unit": "workday"}, "note": "",
    }  # fmt: skip
    flow = [link | {"limit": None} for link in food["flow"]]
    taken = ("conditions", "exclusions", "materials", "result", "form_fields", "application_subject", "faq", "sample")
    place = ("channels", "online_depth", "place", "hours", "consultation_phone", "supervision_phone", "visits")
    desk.write(
        change,
        **{name: food[name] for name in (*taken, *place)},
        service_objects=["2", "6"],
        themes_firm=["准营准办"],
        keywords=["开小饭馆", "开面馆"],
        limits=limits,
        flow=flow,
        basis=[
            {"law": "山西省小作坊小经营店小摊点管理条例", "article": "登记的规定（演示）", "rank": "local", "text": ""}
        ],
    )
    desk.frame(change, reason="方便小餐饮店经营（演示）", basis="山西省小作坊小经营店小摊点管理条例")
    desk.submit(change)
    changes.remark(
        change_id=change.pk, actor=desk.office, place="materials.M03", text="经营面积小的店，平面图能不能用照片代替？"
    )


def _drainage_with_the_head() -> None:
    desk = Desk("012")
    change = desk.begin(ChangeKind.ELEMENTS, 15)
    desk.frame(change, reason="水质检测报告改由部门之间共享（演示）", basis="国务院令第716号第七条")
    change.refresh_from_db()
    assert change.content is not None
    kept = [row for row in change.content["materials"] if "检测" not in row["name"]]
    if len(kept) < len(change.content["materials"]):
        desk.write(change, materials=kept)
    _act(change, "hand_up", desk.editor)


def _medical_devices_in_the_making() -> None:
    desk = Desk("023")
    change = desk.begin(ChangeKind.ELEMENTS, 28)
    change.refresh_from_db()
    assert change.content is not None
    limits = change.content["limits"] | {"promised": {"n": 8, "unit": "workday"}}
    desk.write(change, limits=limits)


def _act(change: ItemChange, action: str, actor: Actor, **data: Any) -> None:
    changes.apply(change_id=change.pk, action=action, actor=actor, key=uuid4(), **data)


def _actor(role: Role, department: Department | None = None) -> Actor:
    holder = holders_of(role, department.pk if department is not None else None).order_by("username").first()
    assert holder is not None, f"nobody holds {role} for {department}"
    return actor_of(holder)


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), SHANGHAI)
