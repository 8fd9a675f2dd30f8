"""docs/architecture.md tells the truth about the layers and the imports."""

from tests.docs import import_graph


def test_the_diagram_groups_the_rooms_as_the_contract_layers_them() -> None:
    assert import_graph.drawn_layers() == import_graph.contract()


def test_the_table_names_the_same_layers() -> None:
    page = import_graph.PAGE.read_text("utf-8")
    for number, layer in enumerate(import_graph.contract(), start=1):
        row = next(line for line in page.splitlines() if line.startswith(f"| {number} |"))
        named = {part.strip(" `") for part in row.split("|")[2].split(",")}
        assert named == layer


def test_every_arrow_is_an_import_and_every_import_follows_the_arrows() -> None:
    imports, drawn = import_graph.imports(), import_graph.drawn_edges()
    rooms = frozenset[str]().union(*import_graph.contract())
    assert drawn, "the diagram has no arrows"
    assert drawn <= imports, f"drawn, but nobody imports so: {sorted(drawn - imports)}"
    ways = {room: import_graph.reachable(room, drawn) for room in rooms}
    missing = sorted(edge for edge in imports if set(edge) <= rooms and edge[1] not in ways[edge[0]])
    assert not missing, f"imports without a way in the diagram (draw it anew): {missing}"


def test_every_arrow_points_down() -> None:
    floor = {room: number for number, layer in enumerate(import_graph.contract()) for room in layer}
    assert all(floor[source] < floor[target] for source, target in import_graph.drawn_edges())


def test_every_room_of_the_code_has_a_layer_or_knows_everybody() -> None:
    rooms = frozenset[str]().union(*import_graph.contract()) | import_graph.KNOW_EVERYBODY
    portal = {
        f"portal.{path.stem}"
        for path in (import_graph.ROOT / "portal").iterdir()
        if (path.is_dir() and (path / "__init__.py").exists()) or (path.suffix == ".py" and path.stem != "__init__")
    }
    tops = set(import_graph.roots()) - {"portal"}
    assert portal | tops == rooms | {"portal.embedded"}
