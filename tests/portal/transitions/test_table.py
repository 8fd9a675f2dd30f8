"""A table checks itself and draws itself."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from portal.transitions.table import FaultyTable, Party, Table, Transition
from tests.portal.transitions.toy import TABLE


def test_a_sound_table_passes():
    TABLE.check()
    assert TABLE.find("accept").label == "受理"
    assert [transition.action for transition in TABLE.available("accepted")] == [
        "remark",
        "grant",
        "refuse",
        "withdraw",
    ]
    assert TABLE.available("granted") == ()
    with pytest.raises(LookupError):
        TABLE.find("explode")


def test_every_fault_is_named():
    bad = Table(
        name="bad",
        label="坏",
        initial="nowhere",
        states={"a": "甲", "b": "乙", "island": "岛"},
        finals=frozenset({"z"}),
        transitions=(
            Transition("go", "走", frozenset({"a"}), "b", (Party.SYSTEM,)),
            Transition("go", "走", frozenset({"a"}), "c", (Party.SYSTEM,)),
            Transition("lost", "丢", frozenset(), "b", ()),
        ),
    )
    with pytest.raises(FaultyTable) as found:
        bad.check()
    for words in (
        "action go is defined twice",
        "initial state nowhere is not a state",
        "final state z is not a state",
        "action go names c",
        "action lost starts nowhere",
        "action lost may be done by nobody",
        "state island cannot be reached",
        "state b is neither final nor has a way out",
    ):
        assert words in str(found.value)


def test_the_mermaid_picture_names_states_and_acts_in_chinese():
    text = TABLE.to_mermaid()
    assert 'state "已收件" as received' in text
    assert "[*] --> received" in text
    assert "received --> accepted: 受理、视为受理" in text
    assert "received --> received: 备注" in text
    assert "granted --> [*]" in text


def test_the_public_picture_shows_only_public_acts_by_their_public_names():
    text = TABLE.to_mermaid(public_only=True)
    assert "accepted --> refused: 不予许可、撤回" in text
    assert "视为受理" not in text
    assert "备注" not in text


@pytest.mark.parametrize("public_only", [True, False])
def test_the_svg_is_well_formed_titled_inside_its_frame_and_free_of_styles(public_only):
    text = TABLE.to_svg(public_only=public_only)
    root = ElementTree.fromstring(text)
    names = {"s": "http://www.w3.org/2000/svg"}
    assert root.find("s:title", names).text == "玩具流程图"
    assert "已收件经受理" in root.find("s:desc", names).text
    assert not re.search(r"style=|class=|<script|on\w+=|href", text)
    _, _, width, height = (float(number) for number in root.get("viewBox").split())
    for box in root.findall("s:rect", names):
        left, top = float(box.get("x", 0)), float(box.get("y", 0))
        assert left >= 0
        assert left + float(box.get("width")) <= width
        assert top >= 0
        assert top + float(box.get("height")) <= height
    labels = {node.text for node in root.findall("s:text", names)}
    assert set(TABLE.states.values()) <= labels


def test_labels_are_escaped():
    table = replace(TABLE, label="<甲&乙>", states={**TABLE.states, "received": "<收>"})
    assert "&lt;甲&amp;乙&gt;流程图" in table.to_svg()
    ElementTree.fromstring(table.to_svg())
