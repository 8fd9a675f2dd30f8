"""An administrator's work is ended by two people, and never that of the last one."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from portal import clock
from portal.accounts import services
from portal.accounts.jobs import SWEEPERS
from portal.accounts.models import Staff, StaffEnding
from portal.accounts.roles import ADMINISTRATORS, Role
from portal.accounts.services import endings, two_people
from portal.ledger.models import LedgerEvent
from portal.web.errors import WrongState
from portal.web.grants import SYSTEM_ACTOR, Actor
from tests.pages import check_page
from tests.portal.accounts import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


def acting(member):
    return Actor(member.user_id, member.name)


def has_left(member):
    return Staff.objects.get(pk=member.pk).left_on is not None


def test_ASVS_8_2_1_an_administrator_is_ended_by_two_people(sign_in):
    first, second, auditor = (people.staff(role, of="904") for role in (*[Role.SECURITY_ADMIN] * 2, Role.AUDIT_ADMIN))
    people.staff(Role.AUDIT_ADMIN, of="904")
    manager = people.staff(Role.CENTRE_MANAGER, of="904")
    asking, own = sign_in(manager.number), sign_in(first.number)
    today = {"on": clock.today().isoformat()}
    for member in (first, auditor):
        page = f"/operations/staff/{member.pk}/end/"
        assert "再办理一次" in check_page(asking.get(page))
        assert asking.post(page, today)["Location"] == "/operations/factor-resets/"
        assert not has_left(member)
    assert "已经有人申请" in asking.post(page, today).content.decode()
    ending = StaffEnding.objects.get(staff=first)
    confirm = f"/operations/endings/{ending.pk}/confirm/"
    assert asking.get(confirm).status_code == 403
    check_page(asking.get("/operations/factor-resets/"))
    for act in ("confirm", "refuse"):
        assert "自己的离岗" in own.post(f"/operations/endings/{ending.pk}/{act}/").content.decode()
    deciding = sign_in(second.number)
    assert confirm in check_page(deciding.get("/operations/factor-resets/"))
    check_page(deciding.get(confirm))
    assert deciding.post(confirm).status_code == 302
    assert has_left(first) and not has_left(auditor)
    assert own.get("/desk/").status_code == 302
    assert "已经办理" in deciding.post(confirm).content.decode()
    assert asking.post(f"/operations/endings/{StaffEnding.objects.get(staff=auditor).pk}/refuse/").status_code == 302
    kinds = set(LedgerEvent.objects.filter(subject=first.pk).values_list("kind", flat=True))
    assert {f"accounts.staff_{kind}" for kind in ("ending_requested", "ending_confirmed", "ended")} <= kinds


def test_ASVS_8_2_1_one_person_alone_ends_no_administrator():
    member, alone = people.staff(Role.AUDIT_ADMIN), people.staff(Role.CENTRE_MANAGER)
    people.staff(Role.AUDIT_ADMIN)
    with pytest.raises(WrongState, match="两位管理员"):
        services.end_staff(staff=member, left_on=clock.today(), actor=acting(alone))
    row = endings.request_ending(staff=member, left_on=clock.today(), actor=acting(alone))
    with pytest.raises(WrongState, match="另一位"):
        endings.confirm_ending(ending=row, actor=acting(alone))
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        StaffEnding.objects.update(outcome="confirmed", decided_by=alone.user, decided_at=clock.now())
    assert not has_left(member)


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_ASVS_8_2_1_the_last_administrator_of_a_kind_is_not_ended_and_keeps_the_role(role):
    member, asking, deciding = people.staff(role), people.staff(), people.staff()
    words = f"最后一位{role.label}，请先任命接任的人"
    with pytest.raises(WrongState, match=words):
        endings.request_ending(staff=member, left_on=clock.today(), actor=acting(asking))
    with pytest.raises(WrongState, match=words):
        services.end_role(assignment=member.roles.get(), actor=SYSTEM_ACTOR)
    leaving = clock.today() + dt.timedelta(days=5)
    successor = people.staff(role)
    row = endings.request_ending(staff=member, left_on=leaving, actor=acting(asking))
    again = endings.request_ending(staff=successor, left_on=leaving, actor=acting(asking))
    endings.confirm_ending(ending=row, actor=acting(deciding))
    with pytest.raises(WrongState, match=words):
        endings.confirm_ending(ending=again, actor=acting(deciding))
    assert not has_left(successor)


def test_a_request_that_nobody_decides_on_ends_and_one_decided_late_counts_from_that_day():
    member, asking, deciding = people.staff(Role.AUDIT_ADMIN), people.staff(), people.staff()
    people.staff(Role.AUDIT_ADMIN)
    row = endings.request_ending(staff=member, left_on=clock.today(), actor=acting(asking))
    with clock.shifted(clock.now() + two_people.LIFETIME):
        with pytest.raises(WrongState, match="过期"):
            endings.confirm_ending(ending=row, actor=acting(deciding))
        assert SWEEPERS["accounts.factor_resets"](10) == 1
        row = endings.request_ending(staff=member, left_on=clock.today(), actor=acting(asking))
    with clock.shifted(clock.now() + two_people.LIFETIME + dt.timedelta(days=1)):
        endings.confirm_ending(ending=row, actor=acting(deciding))
        assert Staff.objects.get(pk=member.pk).left_on == clock.today()
