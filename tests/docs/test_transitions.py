"""The drawn transition table is that of the code."""

from applications.table_page import pages
from applications.transitions import TABLE
from tests.docs.import_graph import ROOT


def test_the_drawn_table_is_up_to_date() -> None:
    stale = [name for name, text in pages().items() if (ROOT / name).read_text("utf-8") != text]
    assert not stale, f"run manage.py draw_transitions: {stale}"


def test_the_page_names_every_act_and_every_state() -> None:
    page = pages()["docs/transitions.md"]
    assert all(f"`{transition.action}`" in page for transition in TABLE.transitions)
    assert all(f"| `{state}` | {label} |" in page for state, label in TABLE.states.items())
