"""Staff and postings: who works where, until when, and whether the plan's rules are kept."""

import datetime as dt

import pytest
from django.test import Client

from portal import clock
from portal.accounts import hooks, queries, services
from portal.accounts.backend import PortalBackend
from portal.accounts.jobs import leave
from portal.accounts.models import Posting, User
from portal.accounts.permissions import AccountsPermission
from portal.accounts.roles import Role
from portal.accounts.rules import Standing, stationing_faults
from portal.organizations.models import Window
from portal.outbox import services as outbox
from portal.web.errors import BadInput, WrongState
from portal.web.grants import SYSTEM_ACTOR, grants_of
from tests.portal.accounts import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


def post(member, *, window="B12", post=Posting.Post.CLERK, **traits):
    return services.add_posting(
        staff=member,
        department=member.department,
        window=Window.objects.get(code=window),
        post=post,
        actor=SYSTEM_ACTOR,
        **traits,
    )


def test_ASVS_7_4_2_leaving_today_ends_sign_in_grants_postings_and_claims(monkeypatch, sign_in):
    told = []
    monkeypatch.setattr(hooks, "staff_left", [lambda user_id, day: told.append((user_id, day))])
    member = people.staff(Role.REVIEWER)
    post(member)
    client = sign_in(member.number)
    services.end_staff(staff=member, left_on=clock.today(), actor=SYSTEM_ACTOR)
    member.user.refresh_from_db()
    assert not member.user.is_active
    assert not grants_of(member.user).scopes
    assert told == [(member.user_id, clock.today())]
    assert not queries.postings_in_force().exists()
    assert client.get("/my/profile/").status_code == 302
    page = Client().post("/accounts/login/", {"login": member.number, "password": people.PASSWORD}, follow=True)
    assert "账号已停用" in page.content.decode()


def test_leaving_on_a_later_day_changes_nothing_before_it(monkeypatch):
    told = []
    monkeypatch.setattr(hooks, "staff_left", [lambda user_id, day: told.append(day)])
    member = people.staff(Role.REVIEWER)
    day = clock.today() + dt.timedelta(days=5)
    services.end_staff(staff=member, left_on=day, actor=SYSTEM_ACTOR)
    assert grants_of(member.user).has(AccountsPermission.VIEW_STATIONING)
    outbox.run_due(100)
    assert told == []
    with clock.shifted(dt.datetime.combine(day, dt.time(0, 1), tzinfo=clock.SHANGHAI)):
        assert not grants_of(member.user).scopes
        outbox.run_due(100)
    assert told == [day]
    member.user.refresh_from_db()
    assert not member.user.is_active
    assert leave


def test_ASVS_7_4_2_staff_sign_in_and_hold_their_roles_from_the_first_day_on_and_not_before():
    day = clock.today() + dt.timedelta(days=5)
    member = people.staff(Role.REVIEWER, joined_on=day)
    eve = dt.datetime.combine(day, dt.time(0), tzinfo=clock.SHANGHAI) - dt.timedelta(seconds=1)
    typed = {"login": member.number, "password": people.PASSWORD}
    with clock.shifted(eve):
        assert not grants_of(member.user).scopes.get(AccountsPermission.VIEW_STATIONING)
        for wrong in ({**typed, "password": "wrong-horse-7"}, {**typed, "login": "T99999"}):
            assert "账号或密码不正确" in Client().post("/accounts/login/", wrong).content.decode()
        early = Client()
        assert "还没有启用" in early.post("/accounts/login/", typed, follow=True).content.decode()
        assert early.get("/desk/cases/").status_code == 302
        assert PortalBackend().get_user(member.user_id) is None
        begun = Client()
        begun.force_login(member.user, backend="portal.accounts.backend.PortalBackend")
        assert begun.get("/desk/cases/").status_code == 302
    with clock.shifted(eve + dt.timedelta(seconds=1)):
        first = Client()
        assert first.post("/accounts/login/", typed).status_code == 302
        assert first.get("/desk/cases/").status_code == 200
        assert grants_of(User.objects.get(pk=member.user_id)).has(AccountsPermission.VIEW_STATIONING)
        assert PortalBackend().get_user(member.user_id) == member.user


def test_roles_and_postings_of_one_who_is_yet_to_come_begin_on_the_first_day():
    day = clock.today() + dt.timedelta(days=5)
    member = people.staff(Role.REVIEWER, joined_on=day)
    assert member.roles.get().valid_from == day
    assert post(member).valid_from == day
    with pytest.raises(BadInput, match="到岗日期"):
        services.assign_role(
            staff=member, role=Role.WINDOW_CLERK, actor=SYSTEM_ACTOR, valid_from=day - dt.timedelta(days=1)
        )


def test_nobody_is_given_a_role_or_a_posting_for_days_that_are_over():
    member = people.staff(joined_on=dt.date(2020, 1, 1))
    day = clock.today() - dt.timedelta(days=1)
    for until in (None, clock.today(), clock.today() + dt.timedelta(days=9)):
        with pytest.raises(BadInput, match="开始日期不能早于今天"):
            services.assign_role(
                staff=member, role=Role.SUPERVISOR, actor=SYSTEM_ACTOR, valid_from=day, valid_until=until
            )
        with pytest.raises(BadInput, match="开始日期不能早于今天"):
            post(member, valid_from=day, valid_until=until)
    assert not member.roles.exists() and not member.postings.exists()
    assert services.assign_role(
        staff=member, role=Role.SUPERVISOR, actor=SYSTEM_ACTOR, valid_from=clock.today()
    ).valid_from == post(member, valid_from=clock.today()).valid_from


def test_the_head_of_an_office_cannot_leave_before_another_is_named():
    head, other = people.staff(), people.staff()
    office = services.establish_office(department=people.department(), head=head, actor=SYSTEM_ACTOR)
    with pytest.raises(WrongState, match="主任"):
        services.end_staff(staff=head, left_on=clock.today(), actor=SYSTEM_ACTOR)
    services.set_office_head(office=office, head=other, actor=SYSTEM_ACTOR)
    services.end_staff(staff=head, left_on=clock.today(), actor=SYSTEM_ACTOR)


def test_a_staff_number_is_used_once_and_the_past_is_not_rewritten():
    member = people.staff(number="A1001")
    with pytest.raises(BadInput, match="已经有人使用"):
        people.staff(number="a1001")
    with pytest.raises(BadInput, match="不能早于今天"):
        services.end_staff(
            staff=people.staff(joined_on=dt.date(2020, 1, 1)),
            left_on=clock.today() - dt.timedelta(days=1),
            actor=SYSTEM_ACTOR,
        )
    services.end_staff(staff=member, left_on=clock.today(), actor=SYSTEM_ACTOR)
    with pytest.raises(WrongState):
        services.end_staff(staff=member, left_on=clock.today(), actor=SYSTEM_ACTOR)
    with pytest.raises(WrongState):
        services.assign_role(staff=member, role=Role.REVIEWER, department=people.department(), actor=SYSTEM_ACTOR)


def test_nobody_stands_at_two_windows_at_once():
    member = people.staff()
    first = post(member)
    with pytest.raises(WrongState, match="别的窗口"):
        post(member, window="A01")
    services.end_posting(posting=first, actor=SYSTEM_ACTOR)
    post(member, window="A01")


def test_postings_one_after_the_other_do_not_overlap():
    member = people.staff()
    today = clock.today()
    post(member, valid_until=today + dt.timedelta(days=10))
    post(member, window="A01", valid_from=today + dt.timedelta(days=10))
    with pytest.raises(WrongState):
        post(member, window="A02", valid_from=today + dt.timedelta(days=9), valid_until=today + dt.timedelta(days=10))


def test_a_department_has_one_chief_representative_at_a_time():
    post(people.staff(), post=Posting.Post.CHIEF)
    with pytest.raises(WrongState, match="首席代表"):
        post(people.staff(), post=Posting.Post.CHIEF)
    post(people.staff(of="013"), window="B13", post=Posting.Post.CHIEF)


def test_a_backup_names_a_colleague():
    first, second = people.staff(), people.staff()
    with pytest.raises(BadInput, match="替谁"):
        post(second, post=Posting.Post.BACKUP)
    with pytest.raises(BadInput):
        post(second, post=Posting.Post.BACKUP, stands_in_for=people.staff(of="013"))
    assert post(second, post=Posting.Post.BACKUP, stands_in_for=first).stands_in_for == first


def test_a_window_of_another_department_and_staff_of_another_are_refused():
    with pytest.raises(BadInput, match="别的部门"):
        post(people.staff(), window="B13")
    with pytest.raises(BadInput, match="派出部门"):
        services.add_posting(
            staff=people.staff(of="013"),
            department=people.department("012"),
            window=Window.objects.get(code="B12"),
            post="clerk",
            actor=SYSTEM_ACTOR,
        )


@pytest.mark.parametrize(
    ("standing", "codes"),
    [
        (Standing(True, 2, True, "赵"), []),
        (Standing(True, 1, True, "赵"), ["window_staff"]),
        (Standing(True, 2, False, ""), ["office"]),
        (Standing(True, 2, True, ""), ["head"]),
        (Standing(True, 0, False, ""), ["window_staff", "office"]),
        (Standing(False, 2, False, ""), []),
        (Standing(False, 0, False, ""), ["window_staff"]),
    ],
)
def test_PLAN_0_5_two_window_staff_and_an_office_with_a_head(standing, codes):
    assert [fault.code for fault in stationing_faults(standing)] == codes


def test_the_stationing_page_says_what_is_missing_and_filters(sign_in):
    first, second = people.staff(name="赵一"), people.staff(name="钱二")
    post(first, post=Posting.Post.CHIEF)
    post(second)
    services.establish_office(department=people.department(), head=first, actor=SYSTEM_ACTOR)
    reader = people.staff(Role.REVIEWER, of="013")
    client = sign_in(reader.number)
    page = client.get("/desk/stationing/").content.decode()
    assert page.count("<tr>") == 1 + 40
    assert "主任 赵一" in page
    assert "还差 2 人" in page
    page = client.get("/desk/stationing/?state=ok").content.decode()
    assert page.count("<tr>") == 2
    page = client.get("/desk/stationing/?q=钱二").content.decode()
    assert page.count("<tr>") == 2
    assert "没有符合条件的部门" in client.get("/desk/stationing/?q=无此人").content.decode()
    assert client.get("/desk/stationing/?kind=x").status_code == 200


def test_the_stationing_query_count_does_not_depend_on_the_number_of_departments(django_assert_max_num_queries):
    for number in ("012", "013", "014"):
        for _ in range(2):
            member = people.staff(of=number)
            post(member, window=f"B{int(number):02}")
    with django_assert_max_num_queries(4):
        queries.stationing()


def test_citizens_and_strangers_do_not_see_the_stationing_page(sign_in, client):
    people.citizen(mobile="13900000001")
    assert sign_in("13900000001").get("/desk/stationing/").status_code == 403
    assert client.get("/desk/stationing/").status_code == 302
