"""The content of editions as data, drafts in the making, and what is said to be wrong with them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from catalog import contents
from catalog.comparison import Change, compare
from catalog.item_files import DATA, digest_of, read_item
from catalog.models import ItemEdition
from catalog.shape import OUTSIDE, SECTIONS, elements
from portal.organizations.models import Department

FOOD = DATA / "items" / "026.yaml"


@pytest.fixture
def food() -> dict[str, Any]:
    return contents.draft_of(read_item(FOOD))


def test_every_element_is_edited_in_one_section_or_given_from_outside() -> None:
    edited = [name for section in SECTIONS for name in section.names]
    assert len(edited) == len(set(edited))
    assert set(edited) | set(OUTSIDE) == set(elements())
    assert not set(edited) & set(OUTSIDE)


@pytest.mark.django_db
def test_what_was_published_is_read_back_to_the_letter(catalogue: None, django_assert_num_queries: Any) -> None:
    editions = {edition.pk: edition.digest for edition in ItemEdition.objects.order_by("pk")}
    assert len(editions) == 54
    with django_assert_num_queries(6):
        found = contents.of_editions(editions)
    assert {pk: digest_of(item) for pk, item in found.items()} == editions


@pytest.mark.django_db
def test_a_blank_draft_names_everything_that_is_missing(catalogue: None) -> None:
    draft = contents.blank(Department.objects.get(number="023"))
    places = {fault.place for fault in contents.faults_of(draft)}
    assert {"name", "place", "consultation_phone", "supervision_phone", "result.type"} <= places
    assert all("请" in fault.message for fault in contents.faults_of(draft))


def test_a_complete_draft_has_no_fault_and_a_code_comes_later(food: dict[str, Any]) -> None:
    assert contents.faults_of(food) == []
    assert contents.faults_of(food | {"basic_code": "", "number": None}) == []


def test_a_fault_of_a_row_names_the_row_by_its_code(food: dict[str, Any]) -> None:
    food["materials"][2]["issuer"] = ""
    (fault,) = contents.faults_of(food)
    assert fault.place == "materials.M03.issuer"
    assert fault.message == "请填写申请材料 M03，出具机构"


def test_a_rule_is_told_once_the_draft_has_its_shape(food: dict[str, Any]) -> None:
    food["limits"]["promised"] = {"n": 30, "unit": "workday"}
    assert any(fault.rule == "2.3-12" and fault.place == "limits" for fault in contents.faults_of(food))


def test_equal_contents_do_not_differ(food: dict[str, Any]) -> None:
    assert compare(food, copy.deepcopy(food)) == []


def test_a_shorter_promise_is_the_one_difference(food: dict[str, Any]) -> None:
    after = copy.deepcopy(food)
    after["limits"]["promised"]["n"] = 5
    (difference,) = compare(food, after)
    assert (difference.place, difference.title) == ("limits.promised", "办理时限，承诺时限")
    assert (difference.before, difference.after, difference.change) == ("10 个工作日", "5 个工作日", Change.CHANGED)


def test_a_material_is_the_same_by_its_code_whatever_it_is_called(food: dict[str, Any]) -> None:
    after = copy.deepcopy(food)
    after["materials"][1]["name"] = "营业执照（副本）"
    del after["materials"][5]
    after["materials"].append(after["materials"][0] | {"code": "M09", "name": "消防承诺书"})
    found = {difference.place: difference for difference in compare(food, after)}
    assert found["materials.M02.name"].before == "营业执照"
    assert found["materials.M06"].change is Change.REMOVED
    assert found["materials.M09"].change is Change.ADDED
    assert set(found) == {"materials.M02.name", "materials.M06", "materials.M09"}


def test_another_order_is_told_once(food: dict[str, Any]) -> None:
    after = copy.deepcopy(food)
    after["materials"].reverse()
    (difference,) = compare(food, after)
    assert (difference.place, difference.change) == ("materials", Change.MOVED)
    assert difference.after.startswith("授权委托书")
