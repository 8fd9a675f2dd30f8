"""The picture of a table: layers from the initial state down, one arrow for each act."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from portal.transitions.table import Table, Transition

_BOX_WIDTH: Final = 132
_BOX_HEIGHT: Final = 40
_GAP_X: Final = 76
_GAP_Y: Final = 92
_MARGIN: Final = 28
_FONT: Final = 15
_SMALL: Final = 12.5


@dataclass(frozen=True, slots=True)
class _Arrow:
    """All acts that lead from one state to another, with their labels."""

    source: str
    target: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float

    @property
    def middle(self) -> float:
        return self.left + _BOX_WIDTH / 2

    @property
    def bottom(self) -> float:
        return self.top + _BOX_HEIGHT

    @property
    def right(self) -> float:
        return self.left + _BOX_WIDTH


def mermaid(table: Table, *, public_only: bool = False) -> str:
    """The table as a Mermaid state diagram."""
    arrows = _arrows(table, public_only=public_only)
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{table.states[state]}" as {state}' for state in _states(table, arrows)]
    lines.append(f"    [*] --> {table.initial}")
    lines += [f"    {arrow.source} --> {arrow.target}: {'、'.join(arrow.labels)}" for arrow in arrows]
    lines += [f"    {state} --> [*]" for state in _states(table, arrows) if state in table.finals]
    return "\n".join(lines) + "\n"


def svg(table: Table, *, public_only: bool = False) -> str:
    """The table as SVG with a title and a description in words; black on white, presentation attributes only."""
    arrows = _arrows(table, public_only=public_only)
    states = _states(table, arrows)
    layers = _layers(table, states, arrows)
    boxes, width = _place(layers)
    drawn, right = _draw_arrows(arrows, boxes)
    width = max(width, right + _MARGIN)
    height = _MARGIN * 2 + len(layers) * _BOX_HEIGHT + (len(layers) - 1) * _GAP_Y
    title = f"{table.label}流程图"
    words = "；".join(
        f"{table.states[arrow.source]}经{'、'.join(arrow.labels)}到{table.states[arrow.target]}"
        if arrow.source != arrow.target
        else f"{table.states[arrow.source]}时可以{'、'.join(arrow.labels)}"
        for arrow in arrows
    )
    name = "".join(character if character.isalnum() else "-" for character in table.name)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f"aria-labelledby={quoteattr(f'{name}-title {name}-desc')}>",
        f"<title id={quoteattr(f'{name}-title')}>{escape(title)}</title>",
        f"<desc id={quoteattr(f'{name}-desc')}>{escape(words)}。</desc>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#FFFFFF"/>',
        *drawn,
        *(_draw_box(table, state, boxes[state]) for state in states),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _shown(transition: Transition, *, public_only: bool) -> bool:
    return bool(transition.public_label) or not public_only


def _arrows(table: Table, *, public_only: bool) -> list[_Arrow]:
    """Arrows in the order of the table; acts between the same two states share one."""
    labels: dict[tuple[str, str], list[str]] = {}
    order = list(table.states)
    for transition in table.transitions:
        if not _shown(transition, public_only=public_only):
            continue
        if transition.target is None and public_only:
            continue
        for source in sorted(transition.sources, key=order.index):
            pair = (source, source if transition.target is None else transition.target)
            names = labels.setdefault(pair, [])
            label = transition.public_label if public_only else transition.label
            if label not in names:
                names.append(label)
    return [_Arrow(source, target, tuple(names)) for (source, target), names in labels.items()]


def _states(table: Table, arrows: Iterable[_Arrow]) -> list[str]:
    used = {table.initial} | {arrow.source for arrow in arrows} | {arrow.target for arrow in arrows}
    return [state for state in table.states if state in used]


def _layers(table: Table, states: list[str], arrows: list[_Arrow]) -> list[list[str]]:
    """States by the longest way from the start along arrows that go forward in the order of a life."""
    place = {state: number for number, state in enumerate(states)}
    depth = dict.fromkeys(states, 0)
    for state in states:
        for arrow in arrows:
            if arrow.source == state and place[arrow.target] > place[state]:
                depth[arrow.target] = max(depth[arrow.target], depth[state] + 1)
    found: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for state in states:
        found[depth[state]].append(state)
    return [layer for layer in found if layer]


def _place(layers: list[list[str]]) -> tuple[dict[str, _Box], float]:
    widest = max(len(layer) for layer in layers)
    inner = widest * _BOX_WIDTH + (widest - 1) * _GAP_X
    boxes = {}
    for number, layer in enumerate(layers):
        own = len(layer) * _BOX_WIDTH + (len(layer) - 1) * _GAP_X
        left = _MARGIN + (inner - own) / 2
        top = _MARGIN + number * (_BOX_HEIGHT + _GAP_Y)
        for state in layer:
            boxes[state] = _Box(left, top)
            left += _BOX_WIDTH + _GAP_X
    return boxes, inner + 2 * _MARGIN


def _draw_box(table: Table, state: str, box: _Box) -> str:
    """A final state has a double border, so that it is told without colour."""
    border = 3 if state in table.finals else 1.5
    radius = 20 if state == table.initial else 4
    return (
        f'<rect x="{box.left:.1f}" y="{box.top:.1f}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="{radius}" '
        f'fill="#FFFFFF" stroke="#17212E" stroke-width="{border}"/>'
        f'<text x="{box.middle:.1f}" y="{box.top + _BOX_HEIGHT / 2 + 5:.1f}" text-anchor="middle" '
        f'font-size="{_FONT}" fill="#17212E">{escape(table.states[state])}</text>'
    )


def _draw_arrows(arrows: list[_Arrow], boxes: dict[str, _Box]) -> tuple[list[str], float]:
    """Forward arrows run straight to the next layer; all others run in lanes of their own right of the boxes."""
    lanes = 0
    edge = max(box.right for box in boxes.values())
    parts: list[str] = []
    right = edge
    fan: dict[str, int] = {}
    for arrow in arrows:
        source, target = boxes[arrow.source], boxes[arrow.target]
        number = fan[arrow.source] = fan.get(arrow.source, -1) + 1
        rows = target.top - source.top
        if arrow.source == arrow.target:
            y = source.top + _BOX_HEIGHT / 2
            points = [
                (source.right, y - 9),
                (source.right + 16, y - 9),
                (source.right + 16, y + 9),
                (source.right, y + 9),
            ]
            parts.append(_line(points))
            parts.append(_label(source.right + 20, y + 4 - 7 * (len(arrow.labels) - 1), arrow.labels, anchor="start"))
            right = max(right, source.right + 20 + _text_width(arrow.labels))
        elif abs(rows - (_BOX_HEIGHT + _GAP_Y)) < 1:
            x1 = source.middle + _spread(number)
            x2 = target.middle
            y1, y2 = source.bottom, target.top
            parts.append(_line([(x1, y1), (x2, y2)]))
            share = 0.42 + 0.2 * (number % 2)
            parts.append(_label(x1 + (x2 - x1) * share, y1 + (y2 - y1) * share, arrow.labels, anchor="middle"))
        else:
            lane = edge + 24 + lanes * 26
            lanes += 1
            y1 = source.top + _BOX_HEIGHT / 2 + 6 * (number % 3)
            y2 = target.top + _BOX_HEIGHT / 2 - 10
            between = (source.bottom + 10 + 5 * (number % 3), target.top - 10 - 5 * (lanes % 3))
            points = [(source.right, y1), (lane, y1), (lane, y2), (target.right, y2)]
            if source.right < edge - 1:
                points[:2] = [(source.middle + 40, source.bottom), (source.middle + 40, between[0]), (lane, between[0])]
            if target.right < edge - 1:
                points[-2:] = [(lane, between[1]), (target.middle + 50, between[1]), (target.middle + 50, target.top)]
            parts.append(_line(points))
            middle = (points[-3][1] + points[-2][1]) / 2 if target.right >= edge - 1 else (y1 + y2) / 2
            parts.append(_label(lane + 4, middle, arrow.labels, anchor="start"))
            right = max(right, lane + 8 + _text_width(arrow.labels))
    return parts, right


def _spread(number: int) -> float:
    return (0, -34, 34, -52, 52)[number % 5]


def _text_width(labels: tuple[str, ...]) -> float:
    return max(len(label) for label in labels) * _SMALL


def _line(points: list[tuple[float, float]]) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    (x0, y0), (x, y) = points[-2], points[-1]
    length = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5 or 1
    dx, dy = (x - x0) / length, (y - y0) / length
    left = (x - 9 * dx - 4.5 * dy, y - 9 * dy + 4.5 * dx)
    right = (x - 9 * dx + 4.5 * dy, y - 9 * dy - 4.5 * dx)
    head = f"{x:.1f},{y:.1f} {left[0]:.1f},{left[1]:.1f} {right[0]:.1f},{right[1]:.1f}"
    return (
        f'<polyline points="{path}" fill="none" stroke="#465260" stroke-width="1.25"/>'
        f'<polygon points="{head}" fill="#465260"/>'
    )


def _label(x: float, y: float, labels: tuple[str, ...], *, anchor: str) -> str:
    """The words of an arrow on white, so that lines behind do not disturb."""
    width, height = _text_width(labels) + 6, 16.0 * len(labels)
    left = x - width / 2 if anchor == "middle" else x - 3
    lines = "".join(
        f'<text x="{x:.1f}" y="{y + 4 + 16 * number:.1f}" text-anchor="{anchor}" font-size="{_SMALL}" '
        f'fill="#17212E">{escape(label)}</text>'
        for number, label in enumerate(labels)
    )
    return f'<rect x="{left:.1f}" y="{y - 9:.1f}" width="{width:.1f}" height="{height:.1f}" fill="#FFFFFF"/>{lines}'
