"""Right forms with a value for every field of every model beside them: only what the form is for is stored."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Model
from django.test import override_settings

from applications.models import Case, Draft
from portal.accounts.models import RoleAssignment, Staff, User
from portal.accounts.roles import Role
from tests.letters import code_in_letters
from tests.security.test_requests import ENCODED, sent
from tests.security.walking import names_of_fields
from tests.security.world import World

pytestmark = pytest.mark.django_db


def row(thing: Model) -> dict[str, Any]:
    fresh = type(thing)._base_manager.get(pk=thing.pk)
    return {field.attname: getattr(fresh, field.attname) for field in fresh._meta.concrete_fields}


def attack(world: World, by: str, address: str, /, **data: str) -> Any:
    """Twice each name: the attacker's value first and last, so that neither order helps."""
    evil = {name: value for name, value in names_of_fields().items() if name not in data}
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=None):  # more than the portal would read of anybody
        return world.clients[by].post(address, f"{sent(evil)}&{sent(data)}&{sent(evil)}", content_type=ENCODED)


def test_ASVS_15_3_3_a_mail_address_changes_and_nothing_else_of_the_user(world: World) -> None:
    with world.undone("citizen"):
        user = world.people["citizen"]
        assert isinstance(user, User)
        before = row(user)
        answer = attack(world, "citizen", "/my/profile/data/email/", email="new@example.cn")
        assert answer.status_code == 302
        assert row(user) == before
        code = code_in_letters()
        answer = attack(world, "citizen", "/my/profile/data/email/code/", code=code)
        assert answer.status_code == 302
        changed = {name for name, value in row(user).items() if value != before[name]}
        assert changed == {"email"}


def test_ASVS_15_3_3_a_new_member_of_staff_has_no_role_and_is_nobody_special(world: World) -> None:
    with world.undone("centre_manager"):
        data = {
            "number": "X9001", "name": "王小明", "department": str(world.a.department.pk), "title": "", "phone": "",
            "joined_on": "2026-11-23", "password": "Correct-horse-77",
        }  # fmt: skip
        answer = attack(world, "centre_manager", "/operations/staff/add/", **data)
        assert answer.status_code == 302, answer.content.decode()
        member = Staff.objects.get(number="X9001")
        assert not RoleAssignment.objects.filter(staff=member).exists()
        assert (member.user.is_superuser, member.user.is_staff, member.user.person_id) == (False, False, None)
        assert (member.left_on, member.department_id) == (None, world.a.department.pk)


def test_ASVS_15_3_3_a_role_goes_to_the_member_of_the_address(world: World) -> None:
    with world.undone("security_admin"):
        member = world.a.reviewer_staff
        before = RoleAssignment.objects.count()
        data = {"role": "approver", "department": str(world.a.department.pk), "valid_from": "", "valid_until": ""}
        answer = attack(world, "security_admin", f"/operations/staff/{member.pk}/roles/add/", **data)
        assert answer.status_code == 302, answer.content.decode()
        assert RoleAssignment.objects.count() == before + 1
        given = RoleAssignment.objects.latest("pk")
        assert (given.staff_id, given.role, given.department_id) == (member.pk, Role.APPROVER, world.a.department.pk)


def test_ASVS_15_3_3_a_draft_stays_that_of_its_owner_and_edition(world: World) -> None:
    with world.undone("citizen"):
        draft = world.drafts["a"]
        before = row(draft)
        data = {"who": "self", "contact_phone": "13812345207", "address": "演示路1号", "go": "1"}
        answer = attack(world, "citizen", f"/my/drafts/{draft.pk}/applicant/", **data)
        assert answer.status_code == 302
        changed = {name for name, value in row(Draft.objects.get(pk=draft.pk)).items() if value != before[name]}
        assert changed <= {"contact_phone", "address", "steps_done", "saved_at", "expires_at", "legal_person_id"}
        assert Draft.objects.get(pk=draft.pk).legal_person_id is None


def test_ASVS_15_3_3_an_act_moves_the_case_and_not_what_it_is_about(world: World) -> None:
    with world.undone("reviewer_a"):
        case = world.a.cases["reviewing"]
        before = row(case)
        data = {"key": str(uuid4()), "recommendation": "grant", "opinion": "符合条件"}
        answer = attack(world, "reviewer_a", f"/desk/cases/{case.pk}/act/review/", **data)
        assert answer.status_code == 302, answer.content.decode()
        after = row(Case.objects.get(pk=case.pk))
        changed = {name for name in after if after[name] != before[name]}
        kept = {"number", "person_id", "legal_person_id", "department_id", "edition_id", "details", "decision"}
        kept |= {"received_at", "submitted_by_id", "applicant_name"}
        assert after["state"] == "approving"
        assert not changed & kept, changed
