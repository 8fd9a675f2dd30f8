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
_LINE_LENGTH: Final = 10


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
    height: float
    layer: int

    @property
    def middle(self) -> float:
        return self.left + _BOX_WIDTH / 2

    @property
    def bottom(self) -> float:
        return self.top + self.height

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
    inside = {state: _inside(state, arrows) for state in states}
    boxes, width = _place(layers, inside)
    drawn, right = _draw_arrows(arrows, boxes)
    width = max(width, right + _MARGIN)
    height = max(box.bottom for box in boxes.values()) + _MARGIN
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
        *(_draw_box(table, state, boxes[state], inside[state]) for state in states),
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


def _inside(state: str, arrows: list[_Arrow]) -> list[str]:
    """The acts that leave a state as it is, in lines that fit into its box."""
    lines: list[str] = []
    for arrow in arrows:
        if arrow.source == arrow.target == state:
            for label in arrow.labels:
                if lines and len(lines[-1]) + 1 + len(label) <= _LINE_LENGTH:
                    lines[-1] += f" {label}"
                else:
                    lines.append(label)
    return lines


def _place(layers: list[list[str]], inside: dict[str, list[str]]) -> tuple[dict[str, _Box], float]:
    widest = max(len(layer) for layer in layers)
    inner = widest * _BOX_WIDTH + (widest - 1) * _GAP_X
    boxes = {}
    top = float(_MARGIN)
    for number, layer in enumerate(layers):
        own = len(layer) * _BOX_WIDTH + (len(layer) - 1) * _GAP_X
        left = _MARGIN + (inner - own) / 2
        height = _BOX_HEIGHT + 16 * max(len(inside[state]) for state in layer)
        for state in layer:
            boxes[state] = _Box(left, top, _BOX_HEIGHT + 16 * len(inside[state]), number)
            left += _BOX_WIDTH + _GAP_X
        top += height + _GAP_Y
    return boxes, inner + 2 * _MARGIN


def _draw_box(table: Table, state: str, box: _Box, inside: list[str]) -> str:
    """A final state has a thick border, so that it is told without colour."""
    border = 3 if state in table.finals else 1.5
    radius = 20 if state == table.initial else 4
    acts = "".join(
        f'<text x="{box.middle:.1f}" y="{box.top + 41 + 16 * number:.1f}" text-anchor="middle" '
        f'font-size="{_SMALL}" fill="#465260">{escape(line)}</text>'
        for number, line in enumerate(inside)
    )
    return (
        f'<rect x="{box.left:.1f}" y="{box.top:.1f}" width="{_BOX_WIDTH}" height="{box.height:.1f}" rx="{radius}" '
        f'fill="#FFFFFF" stroke="#17212E" stroke-width="{border}"/>'
        f'<text x="{box.middle:.1f}" y="{box.top + _BOX_HEIGHT / 2 + 5:.1f}" text-anchor="middle" '
        f'font-size="{_FONT}" fill="#17212E">{escape(table.states[state])}</text>{acts}'
    )


def _draw_arrows(arrows: list[_Arrow], boxes: dict[str, _Box]) -> tuple[list[str], float]:
    """Arrows to the next layer run straight, all others in lanes right of the boxes; the words lie above all lines."""
    lines: list[str] = []
    words: list[str] = []
    edge = max(box.right for box in boxes.values())
    straight = [arrow for arrow in arrows if _is_straight(boxes[arrow.source], boxes[arrow.target])]
    for arrow in straight:
        _draw_straight(arrow, straight, boxes, lines, words)
    lane = edge + 24
    others = [arrow for arrow in arrows if arrow.source != arrow.target and arrow not in straight]
    for number, group in enumerate(_lanes(others, boxes)):
        _draw_lane(group, boxes, lane, number % 4, lines, words)
        lane += _text_width(group[0].labels) + 18
    return [*lines, *words], lane


def _is_straight(source: _Box, target: _Box) -> bool:
    return target.layer == source.layer + 1


def _draw_straight(
    arrow: _Arrow, straight: list[_Arrow], boxes: dict[str, _Box], lines: list[str], words: list[str]
) -> None:
    """Starts and ends are spread in the order of the boxes at the other side, so that siblings do not cross."""
    siblings = sorted((a for a in straight if a.source == arrow.source), key=lambda a: boxes[a.target].left)
    rivals = sorted((a for a in straight if a.target == arrow.target), key=lambda a: boxes[a.source].left)
    x1 = boxes[arrow.source].left + _share(siblings.index(arrow), len(siblings))
    x2 = boxes[arrow.target].left + _share(rivals.index(arrow), len(rivals))
    y1, y2 = boxes[arrow.source].bottom, boxes[arrow.target].top
    lines.append(_line([(x1, y1), (x2, y2)]))
    # Wide words of neighbours take turns in height.
    part = 0.62 if siblings.index(arrow) % 2 == 0 else 0.36
    words.append(_label(x1 + (x2 - x1) * part, y1 + (y2 - y1) * part, arrow.labels, anchor="middle"))


def _share(number: int, count: int) -> float:
    return _BOX_WIDTH * (number + 1) / (count + 1)


def _lanes(arrows: list[_Arrow], boxes: dict[str, _Box]) -> list[list[_Arrow]]:
    """Arrows with the same end and the same words share a lane; short ones lie inside."""
    groups: dict[tuple[str, tuple[str, ...]], list[_Arrow]] = {}
    for arrow in arrows:
        groups.setdefault((arrow.target, arrow.labels), []).append(arrow)
    return sorted(
        groups.values(),
        key=lambda group: max(abs(boxes[a.target].top - boxes[a.source].top) for a in group),
    )


def _draw_lane(
    group: list[_Arrow], boxes: dict[str, _Box], lane: float, number: int, lines: list[str], words: list[str]
) -> None:
    """From each source down and right into the lane, and from the lane to the target from above."""
    target = boxes[group[0].target]
    end_y = target.top - 12 - 4 * number
    ys = [end_y]
    for arrow in group:
        source = boxes[arrow.source]
        start_x, start_y = source.right - 12 - 5 * number, source.bottom + 12 + 4 * number
        ys.append(start_y)
        lines.append(_line([(start_x, source.bottom), (start_x, start_y), (lane, start_y)], head=False))
    lines.append(_line([(lane, min(ys)), (lane, max(ys))], head=False))
    enter = target.right - 12 - 9 * number
    lines.append(_line([(lane, end_y), (enter, end_y), (enter, target.top)]))
    words.append(_label(lane + 4, (min(ys) + max(ys)) / 2, group[0].labels, anchor="start"))


def _text_width(labels: tuple[str, ...]) -> float:
    return max(len(label) for label in labels) * _SMALL


def _line(points: list[tuple[float, float]], *, head: bool = True) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    drawn = f'<polyline points="{path}" fill="none" stroke="#465260" stroke-width="1.25"/>'
    if not head:
        return drawn
    (x0, y0), (x, y) = points[-2], points[-1]
    length = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5 or 1
    dx, dy = (x - x0) / length, (y - y0) / length
    left = (x - 9 * dx - 4.5 * dy, y - 9 * dy + 4.5 * dx)
    right = (x - 9 * dx + 4.5 * dy, y - 9 * dy - 4.5 * dx)
    tip = f"{x:.1f},{y:.1f} {left[0]:.1f},{left[1]:.1f} {right[0]:.1f},{right[1]:.1f}"
    return f'{drawn}<polygon points="{tip}" fill="#465260"/>'


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
