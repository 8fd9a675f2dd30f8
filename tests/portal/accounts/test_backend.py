"""The one statement that says who a session belongs to."""

from uuid import uuid4

import pytest
from django.test import Client

from portal.accounts.backend import PortalBackend, user_with_staff
from portal.accounts.models import User
from portal.accounts.roles import Role
from tests import factories as make
from tests.portal.accounts import people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def organisation(db):
    people.load_organisation()


def test_a_member_of_staff_comes_with_department_in_one_query(django_assert_num_queries):
    member = people.staff(Role.REVIEWER, of="012")
    with django_assert_num_queries(1):
        user = user_with_staff(member.user_id)
        assert (user.get_full_name(), user.staff.number, user.staff.department.name) == (
            member.name,
            member.number,
            member.department.name,
        )
        assert user.staff.user is user and user.check_password("wrong") is False
    assert user.staff.department.short_name == member.department.short_name  # the rest is read when asked for
    stored = User.objects.get(pk=member.user_id)
    assert all(getattr(user, f.attname) == getattr(stored, f.attname) for f in User._meta.concrete_fields)


def test_of_a_citizen_it_is_known_that_there_is_no_staff_row(django_assert_num_queries):
    user = user_with_staff(make.citizen("王强").pk)
    with django_assert_num_queries(0):
        assert not hasattr(user, "staff")


def test_a_phone_is_read_when_asked_for_and_kept_when_the_user_is_saved():
    citizen = make.citizen("王强")
    before = User.objects.get(pk=citizen.pk)
    user = user_with_staff(citizen.pk)
    user.username = "another"
    user.save()
    after = User.objects.get(pk=citizen.pk)
    assert after.username == "another"
    assert (after.phone, after.phone_index) == (before.phone, before.phone_index)
    assert user.phone == before.phone


def test_nobody_and_who_may_not_sign_in_any_more_is_nobody():
    member = people.staff(Role.REVIEWER)
    backend = PortalBackend()
    assert backend.get_user(member.user_id) == member.user
    assert backend.get_user(uuid4()) is None
    browser = Client()
    browser.force_login(member.user)
    assert browser.get("/desk/cases/").status_code == 200
    User.objects.filter(pk=member.user_id).update(is_active=False)
    assert backend.get_user(member.user_id) is None
    assert browser.get("/desk/cases/").status_code == 302
