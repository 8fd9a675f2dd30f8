"""The real import graph between the rooms of the house, and how docs/architecture.md draws it.

`.venv/bin/python -m tests.docs.import_graph` prints the drawing anew.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "architecture.md"
#: Who knows everybody by their task (design: addresses, interface, worker, settings): not part of the layers.
KNOW_EVERYBODY = frozenset({"portal.settings", "portal.urls", "portal.api", "portal.celery", "portal.wsgi"})
Edge = tuple[str, str]


def contract() -> list[frozenset[str]]:
    """The layers of the import-linter contract, from the top; one that may be absent stands in brackets."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = next(c["layers"] for c in settings["contracts"] if c["type"] == "layers")
    return [frozenset(part.strip(" ()") for part in layer.split("|")) for layer in layers]


def roots() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    return list(settings["root_packages"])


def imports() -> set[Edge]:
    """Every direct import from one room into another."""
    graph = grimp.build_graph(*roots(), cache_dir=None)
    found = set()
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            edge = (room_of(module), room_of(imported))
            if edge[0] != edge[1] and not KNOW_EVERYBODY & set(edge) and "portal" not in edge:
                found.add(edge)
    return found


def room_of(module: str) -> str:
    """`portal.ledger.services` belongs to `portal.ledger`, `catalog.models` to `catalog`."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "portal" else parts[0]


def reduced(edges: set[Edge]) -> set[Edge]:
    """The edges that no other way implies: what a drawing needs."""
    return {edge for edge in edges if edge[1] not in reachable(edge[0], edges - {edge})}


def reachable(start: str, edges: set[Edge]) -> set[str]:
    """All rooms that a way of edges leads to."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for source, target in edges:
            if source == here and target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def drawn_layers() -> list[frozenset[str]]:
    """The layers as the page's diagram groups them, from the top."""
    groups = re.findall(r"^  subgraph L\d+\[[^\]]*\]\n(.*?)^  end$", _diagram(), flags=re.M | re.S)
    return [frozenset(re.findall(r"\[([a-z.]+)\]", group)) for group in groups]


def drawn_edges() -> set[Edge]:
    """The arrows of the page's diagram."""
    names = dict(re.findall(r"^ +(\w+)\[([a-z.]+)\]$", _diagram(), flags=re.M))
    arrows = re.findall(r"^  (\w+) --> (\w+)$", _diagram(), flags=re.M)
    return {(names[source], names[target]) for source, target in arrows}


def _diagram() -> str:
    found = re.search(r"```mermaid\n(flowchart TB\n.*?)```", PAGE.read_text("utf-8"), flags=re.S)
    assert found is not None, "docs/architecture.md has no flowchart"
    return found.group(1)


def draw() -> str:
    """The diagram for the page: the contract's layers, and the imports that no other way implies."""
    lines = ["flowchart TB"]
    for number, layer in enumerate(contract(), start=1):
        lines.append(f"  subgraph L{number}[ ]")
        lines += [f"    {_node(room)}[{room}]" for room in sorted(layer)]
        lines.append("  end")
    rooms = frozenset[str]().union(*contract())
    edges = reduced({edge for edge in imports() if set(edge) <= rooms})
    lines += [f"  {_node(source)} --> {_node(target)}" for source, target in sorted(edges)]
    return "\n".join(lines) + "\n"


def _node(room: str) -> str:
    return room.rpartition(".")[2]


if __name__ == "__main__":
    print(draw(), end="")
