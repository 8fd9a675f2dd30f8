"""The rules between the elements of an item (domain reference 2.2, 2.3): each is broken once on a good item."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from catalog.item_data import ItemData
from catalog.item_files import DATA, ItemRefused, digest_of, read_item
from catalog.rules import faults

FOOD = DATA / "items" / "026.yaml"


@pytest.fixture
def raw() -> dict[str, Any]:
    return deepcopy(yaml.safe_load(FOOD.read_text(encoding="utf-8")))


def rules_broken_by(raw: dict[str, Any]) -> set[tuple[str, str]]:
    return {(fault.rule, fault.place) for fault in faults(ItemData.model_validate(raw))}


@pytest.mark.parametrize("path", sorted((DATA / "items").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_item_passes_schema_and_rules(path: Any) -> None:
    assert read_item(path).number == int(path.stem)


def test_there_are_54_items_with_numbers_1_to_54() -> None:
    numbers = [read_item(path).number for path in sorted((DATA / "items").glob("*.yaml"))]
    assert numbers == list(range(1, 55))


def test_the_food_permit_has_the_limits_of_its_law() -> None:
    item = read_item(FOOD)
    assert (item.limits.statutory.n, item.limits.promised.n) == (20, 10)  # type: ignore[union-attr]


BREAKS: list[tuple[str, str, Any]] = [
    ("2.3-1", "limits.promised", lambda d: d.update(handling="immediate")),
    ("2.3-1", "limits.promised", lambda d: d["limits"].update(promised=None)),
    ("2.3-2", "result.type", lambda d: d["result"].update(type="document")),
    ("2.3-2", "result.type", lambda d: d["result"].update(name="核准批复")),
    ("2.3-3", "visits.reason", lambda d: (d.update(online_depth="3"), d["visits"].update(count=1, reason=""))),
    ("2.3-3", "visits.reason", lambda d: d["visits"].update(count=0, reason="核对原件")),
    ("2.3-4", "channels", lambda d: d.update(channels=["1"])),
    ("2.3-5", "visits.count", lambda d: (d.update(online_depth="4"), d["visits"].update(count=1, reason="核对原件"))),
    ("2.3-6", "fee.basis", lambda d: d["fee"].update(charged=True, name="工本费", standard="10 元", basis_rank="law")),
    ("2.3-6", "fee.online_payment", lambda d: d["fee"].update(online_payment=True)),
    (
        "FEE-1",
        "fee.basis_rank",
        lambda d: d["fee"].update(charged=True, name="工本费", standard="10 元", basis="通知", basis_rank="rule"),
    ),
    ("2.3-7", "supervision_phone", lambda d: d.update(supervision_phone=d["consultation_phone"])),
    ("2.3-7", "consultation_phone", lambda d: d.update(consultation_phone="12345")),
    ("2.3-8", "themes_person", lambda d: d.update(service_objects=["2"], themes_person=["就业创业"])),
    ("2.3-8", "themes_firm", lambda d: d.update(service_objects=["1"], themes_person=["就业创业"])),
    ("2.3-8", "themes_firm", lambda d: d.update(themes_firm=["没有的主题"])),
    ("2.3-9", "faq", lambda d: d.update(faq=[])),
    ("2.3-10", "flow", lambda d: d.update(flow=d["flow"][:3])),
    ("2.3-10", "flow", lambda d: d["flow"][1].update(limit={"n": 60, "unit": "workday"})),
    ("2.3-11", "result.sample", lambda d: d["result"].update(sample="")),
    ("2.3-12", "limits", lambda d: d["limits"].update(promised={"n": 21, "unit": "workday"})),
    ("2.3-12", "limits", lambda d: d["limits"].update(promised={"n": 1, "unit": "calendar_day"})),
    ("2.3-12", "basis", lambda d: d.update(basis=[])),
    ("2.3-12", "materials.M01", lambda d: d["materials"][0].update(name="其他有关材料")),
    ("2.2", "limits.statutory_reason", lambda d: d["limits"].update(statutory=None, statutory_reason="")),
    ("2.2", "conditions", lambda d: d.update(conditions=[])),
    ("2.2", "materials", lambda d: d.update(materials=[])),
    ("2.2", "sample", lambda d: d.update(sample="")),
    ("2.2", "materials", lambda d: d["materials"][1].update(code=d["materials"][0]["code"])),
    ("2.4", "basic_code", lambda d: d.update(basic_code="150123026000")),
    ("2.4", "basic_code", lambda d: d.update(basic_code="140723026000")),
    ("TIM-1", "extension.max", lambda d: d.update(extension={"allowed": True, "max": 11})),
    ("TIM-1", "extension.max", lambda d: d.update(extension={"allowed": True, "max": 0})),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "place", "spoil"), BREAKS, ids=[f"{r}-{p}-{i}" for i, (r, p, _) in enumerate(BREAKS)])
def test_a_broken_rule_is_named_with_its_place(raw: dict[str, Any], rule: str, place: str, spoil: Any) -> None:
    assert rules_broken_by(raw) == set()
    spoil(raw)
    assert (rule, place) in rules_broken_by(raw)


def test_ex_officio_items_need_no_limits_materials_and_sample() -> None:
    inspection = read_item(DATA / "items" / "054.yaml")
    assert inspection.exercise == "ex_officio"
    assert inspection.limits.promised is None and inspection.materials == () and inspection.sample == ""


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.update(unknown_field=1),
        lambda d: d.pop("name"),
        lambda d: d["limits"]["promised"].update(n=0),
        lambda d: d["limits"]["promised"].update(n="10"),
        lambda d: d["materials"][0].update(necessity="maybe"),
    ],
)
def test_a_field_that_is_unknown_missing_or_of_another_type_is_refused(raw: dict[str, Any], spoil: Any) -> None:
    spoil(raw)
    with pytest.raises(ValidationError):
        ItemData.model_validate(raw)


def test_a_refusal_names_file_place_and_rule(tmp_path: Any, raw: dict[str, Any]) -> None:
    raw["faq"] = []
    bad = tmp_path / "026.yaml"
    bad.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ItemRefused) as refusal:
        read_item(bad)
    assert "026.yaml" in str(refusal.value) and "faq" in str(refusal.value) and "2.3-9" in str(refusal.value)


def test_a_file_that_is_no_yaml_is_refused_with_its_name(tmp_path: Any) -> None:
    bad = tmp_path / "099.yaml"
    bad.write_text("name: [", encoding="utf-8")
    with pytest.raises(ItemRefused, match=r"099\.yaml"):
        read_item(bad)


def test_equal_content_has_an_equal_digest_and_a_change_another(raw: dict[str, Any]) -> None:
    item = ItemData.model_validate(raw)
    assert digest_of(item) == digest_of(ItemData.model_validate(deepcopy(raw)))
    raw["hours"] = "工作日 9:00–11:00"
    assert digest_of(item) != digest_of(ItemData.model_validate(raw))
