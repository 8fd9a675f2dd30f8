"""Roles, their permissions and their scope."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from guardian.models import UserObjectPermission

from applications.permissions import CasePermission
from portal import clock
from portal.accounts import grants, services
from portal.accounts.models import RoleAssignment
from portal.accounts.permissions import AccountsPermission
from portal.accounts.roles import ADMINISTRATORS, Role, kept_apart, may_have_department
from portal.web.errors import BadInput, WrongState
from portal.web.grants import ALL, SYSTEM_ACTOR, Actor, grants_of
from portal.web.permissions import permissions_of_role
from tests.portal.accounts import people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def organisation(db):
    people.load_organisation()


def test_ASVS_8_4_1_a_role_for_one_department_gives_nothing_on_another():
    reviewer = people.staff(Role.REVIEWER, of="012")
    found = grants_of(reviewer.user)
    assert found.has_for(AccountsPermission.VIEW_STATIONING, people.department("012").pk)
    assert not found.has_for(AccountsPermission.VIEW_STATIONING, people.department("013").pk)
    assert not found.has(AccountsPermission.MANAGE_STAFF)


def test_a_role_for_the_city_holds_for_every_department():
    manager = people.staff(Role.CENTRE_MANAGER, of="904")
    assert grants_of(manager.user).departments(AccountsPermission.MANAGE_STAFF) is ALL


def test_grants_of_staff_are_resolved_in_one_query_and_those_of_citizens_in_two(django_assert_num_queries):
    member = people.staff(Role.REVIEWER, Role.APPROVER, Role.WINDOW_CLERK)
    with django_assert_num_queries(1):
        grants_of(member.user)
    citizen = people.citizen()
    with django_assert_num_queries(2):
        grants_of(citizen)


def test_an_assignment_without_rows_of_guardian_counts_for_nothing():
    member = people.staff(Role.REVIEWER)
    UserObjectPermission.objects.filter(user=member.user).delete()
    assert member.roles.exists()
    assert not grants_of(member.user).scopes


def test_the_roles_of_two_departments_stay_apart():
    member = people.staff(Role.REVIEWER, of="012")
    services.assign_role(staff=member, role=Role.WINDOW_CLERK, department=people.department("013"), actor=SYSTEM_ACTOR)
    found = grants_of(member.user)
    clerk_only = {str(p) for p in permissions_of_role(Role.WINDOW_CLERK)} - {
        str(p) for p in permissions_of_role(Role.REVIEWER)
    }
    assert clerk_only
    for permission in clerk_only:
        assert found.departments(permission) == {people.department("013").pk}
    for permission in permissions_of_role(Role.REVIEWER):
        assert people.department("012").pk in found.departments(permission)


def test_ASVS_8_3_2_who_has_left_holds_nothing_from_that_day():
    member = people.staff(Role.REVIEWER)
    member.left_on = clock.today()
    member.save()
    assert not grants_of(member.user).scopes


def test_roles_of_all_departments_and_of_one_are_added_up():
    member = people.staff(Role.WINDOW_CLERK, of="012")
    services.assign_role(staff=member, role=Role.WINDOW_CLERK, actor=SYSTEM_ACTOR)
    assert grants_of(member.user).departments(AccountsPermission.REGISTER_PERSON) is ALL


def test_ASVS_8_3_2_a_role_ends_on_its_day_even_if_no_worker_ran():
    member = people.staff(Role.REVIEWER)
    assignment = member.roles.get()
    end = clock.today() + dt.timedelta(days=3)
    services.end_role(assignment=assignment, on=end, actor=SYSTEM_ACTOR)
    assert grants_of(member.user).has(AccountsPermission.VIEW_STATIONING)
    with clock.shifted(dt.datetime.combine(end, dt.time(0, 1), tzinfo=clock.SHANGHAI)):
        assert not grants_of(member.user).has(AccountsPermission.VIEW_STATIONING)
        grants.sync_user(member.user)
    assert not UserObjectPermission.objects.filter(user=member.user).exists()


def test_a_role_that_begins_later_gives_nothing_yet():
    member = people.staff()
    start = clock.today() + dt.timedelta(days=1)
    services.assign_role(
        staff=member, role=Role.REVIEWER, department=people.department(), valid_from=start, actor=SYSTEM_ACTOR
    )
    assert not grants_of(member.user).has(AccountsPermission.VIEW_STATIONING)
    with clock.shifted(dt.datetime.combine(start, dt.time(0, 1), tzinfo=clock.SHANGHAI)):
        grants.sync_user(member.user)
        assert grants_of(member.user).has(AccountsPermission.VIEW_STATIONING)


def test_rows_of_guardian_without_an_assignment_count_for_nothing():
    member = people.staff(Role.REVIEWER)
    RoleAssignment.objects.filter(staff=member).delete()
    assert UserObjectPermission.objects.filter(user=member.user).exists()
    assert not grants_of(member.user).scopes


def test_syncing_twice_changes_nothing():
    member = people.staff(Role.REVIEWER)
    before = set(UserObjectPermission.objects.values_list("pk", flat=True))
    grants.sync_roles()
    grants.sync_user(member.user)
    assert set(UserObjectPermission.objects.values_list("pk", flat=True)) == before


def test_every_role_can_be_given_and_its_permissions_are_those_of_the_enums():
    for role in Role:
        if role in (Role.CITIZEN, Role.AGENCY):
            continue
        member = people.staff(role, of="012")
        assert set(grants_of(member.user).scopes) == {str(p) for p in permissions_of_role(role)}


def test_a_citizen_holds_no_permission_of_staff():
    assert not grants_of(people.citizen()).scopes


@pytest.mark.parametrize("first", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("second", sorted(ADMINISTRATORS))
def test_three_administrators_are_never_one_person(first, second):
    member = people.staff(first, of="904")
    if first == second:
        services.assign_role(staff=member, role=second, actor=SYSTEM_ACTOR)
        assert member.roles.count() == 1
        return
    with pytest.raises(WrongState, match="不能是同一个人"):
        services.assign_role(staff=member, role=second, actor=SYSTEM_ACTOR)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(staff=member, role=second, valid_from=clock.today())


def test_a_later_administrator_role_of_the_same_person_is_refused_while_they_overlap():
    member = people.staff(Role.SYSTEM_ADMIN, of="904")
    with pytest.raises(WrongState):
        services.assign_role(
            staff=member, role=Role.AUDIT_ADMIN, valid_from=clock.today() + dt.timedelta(days=90), actor=SYSTEM_ACTOR
        )
    people.staff(Role.SYSTEM_ADMIN, of="904")
    services.end_role(assignment=member.roles.get(), on=clock.today() + dt.timedelta(days=30), actor=SYSTEM_ACTOR)
    services.assign_role(
        staff=member, role=Role.AUDIT_ADMIN, valid_from=clock.today() + dt.timedelta(days=90), actor=SYSTEM_ACTOR
    )


PAIRS_APART = [(a, b) for a in sorted(Role) for b in sorted(kept_apart(a)) if a not in ADMINISTRATORS]


@pytest.mark.parametrize(("held", "wanted"), PAIRS_APART)
def test_3_1_who_watches_handles_nothing_and_who_protects_data_does_not_administer(held, wanted):
    member = people.staff(held, of="012")
    department = people.department("013") if may_have_department(wanted) else None
    with pytest.raises(WrongState, match="不能是同一个人") as refused:
        services.assign_role(staff=member, role=wanted, department=department, actor=SYSTEM_ACTOR)
    assert held.label in refused.value.message and wanted.label in refused.value.message
    assert [row.role for row in member.roles.all()] == [held]
    services.end_role(assignment=member.roles.get(), actor=SYSTEM_ACTOR)
    services.assign_role(staff=member, role=wanted, department=department, actor=SYSTEM_ACTOR)


@pytest.mark.parametrize("administrator", sorted(ADMINISTRATORS))
def test_11_1_ASVS_8_2_1_an_administrator_holds_no_role_that_reads_or_moves_cases(administrator):
    on_cases = {role for role in Role if {str(p) for p in CasePermission} & {str(p) for p in permissions_of_role(role)}}
    assert on_cases and on_cases <= set(kept_apart(administrator))
    assert all(administrator in kept_apart(role) for role in on_cases)
    member = people.staff(administrator, of="904")
    with pytest.raises(WrongState, match="办理、查看办件的人不能是同一个人"):
        services.assign_role(staff=member, role=Role.APPROVER, department=people.department(), actor=SYSTEM_ACTOR)


def test_what_is_kept_apart_is_kept_apart_both_ways_and_leaves_small_offices_able_to_work():
    assert {(b, a) for a in Role for b in kept_apart(a)} == {(a, b) for a in Role for b in kept_apart(a)}
    for watching in (Role.SUPERVISOR, Role.INSPECTOR):
        handling = {Role.WINDOW_CLERK, Role.REVIEWER, Role.APPROVER, Role.ORGAN_HEAD}
        assert set(kept_apart(watching)) == handling | ADMINISTRATORS
    assert Role.SYSTEM_ADMIN in kept_apart(Role.DATA_PROTECTION_OFFICER)
    people.staff(Role.WINDOW_CLERK, Role.REVIEWER, Role.APPROVER, of="012")


def test_ASVS_8_2_1_nobody_gives_a_role_to_themselves():
    member = people.staff(Role.SECURITY_ADMIN, of="904")
    with pytest.raises(WrongState, match="给自己"):
        services.assign_role(
            staff=member, role=Role.CENTRE_MANAGER, actor=Actor(member.user_id, member.name, grants_of(member.user))
        )


def test_a_reviewer_needs_a_department_and_a_supervisor_takes_none():
    member = people.staff()
    with pytest.raises(BadInput):
        services.assign_role(staff=member, role=Role.REVIEWER, actor=SYSTEM_ACTOR)
    with pytest.raises(BadInput):
        services.assign_role(staff=member, role=Role.SUPERVISOR, department=people.department(), actor=SYSTEM_ACTOR)
    with pytest.raises(BadInput):
        services.assign_role(staff=member, role=Role.CITIZEN, actor=SYSTEM_ACTOR)
