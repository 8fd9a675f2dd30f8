"""README, CONTRIBUTING and docs name only what exists."""

import re
import unicodedata
from pathlib import Path

import pytest
from django.core.management import get_commands

from portal.settings import environment
from tests.docs.import_graph import ROOT

PAPERS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
#: Pictures of the running portal are taken later than the words are written.
SCREENSHOTS = {"home.png", "case.png", "worklist.png"}
ids = {"ids": lambda path: str(path.relative_to(ROOT))}


@pytest.mark.parametrize("paper", PAPERS, **ids)
def test_every_link_leads_to_a_file_and_a_heading(paper: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", paper.read_text("utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        path = (paper.parent / name).resolve() if name else paper
        assert path.exists() or path.name in SCREENSHOTS, f"{target} is not there"
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path), f"{target}: no such heading"


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, made as forges make them."""
    found = re.findall(r"^#+ +(.+)$", path.read_text("utf-8"), flags=re.M)
    return {"".join(_anchor_character(c) for c in heading.lower()) for heading in found}


def _anchor_character(character: str) -> str:
    if character == " ":
        return "-"
    return character if character in "-_" or unicodedata.category(character)[0] in "LN" else ""


@pytest.mark.parametrize("paper", PAPERS, **ids)
def test_every_management_command_that_is_named_exists(paper: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", paper.read_text("utf-8")))
    assert named <= set(get_commands()), sorted(named - set(get_commands()))


@pytest.mark.parametrize("paper", PAPERS, **ids)
def test_every_make_target_that_is_named_exists(paper: Path) -> None:
    named = set(re.findall(r"`make ([a-z-]+)", paper.read_text("utf-8")))
    named |= set(re.findall(r"^make ([a-z-]+)", paper.read_text("utf-8"), flags=re.M))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.M))
    assert named <= targets, sorted(named - targets)


@pytest.mark.parametrize("paper", PAPERS, **ids)
def test_every_path_of_the_code_that_is_named_exists(paper: Path) -> None:
    roots = "portal|catalog|applications|supervision|disclosure|templates|static|tests|requirements|docs"
    for name in re.findall(rf"`((?:{roots})/[^`*<>…{{}} ]+)`", paper.read_text("utf-8")):
        assert (ROOT / name).exists(), name


def test_operations_explains_every_environment_variable() -> None:
    manual = (ROOT / "docs" / "operations.md").read_text("utf-8")
    missing = [name for name, _default, _text in environment.described() if f"`{name}`" not in manual]
    assert not missing


def test_operations_states_the_defaults_of_the_list() -> None:
    manual = (ROOT / "docs" / "operations.md").read_text("utf-8")
    for name, default, _text in environment.described():
        row = next(line for line in manual.splitlines() if line.startswith(f"| `{name}` |"))
        shown = row.split("|")[2].strip(" `")
        assert shown == (".data" if name == "DATA_DIR" else default or "empty"), name


def test_every_decision_has_a_number_of_its_own_and_stands_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    numbers = [path.name[:4] for path in sorted(folder.glob("[0-9]*.md"))]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    listed = (folder / "README.md").read_text("utf-8")
    assert all(f"({path.name})" in listed for path in folder.glob("[0-9]*.md"))
