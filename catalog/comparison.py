"""Two editions side by side, element by element; rows are the same row when their code is the same. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from catalog.contents import ROW_KEYS, Content, place_of
from catalog.enumerations import LimitUnit
from catalog.shape import Element, Kind, elements, section_of


class Change(Enum):
    ADDED = "新增"
    REMOVED = "删去"
    CHANGED = "修改"
    MOVED = "换位置"


@dataclass(frozen=True, slots=True)
class Difference:
    """One element that differs: where, how, and both readings in words."""

    place: str
    section: str
    title: str
    change: Change
    before: str
    after: str


def compare(before: Content, after: Content) -> list[Difference]:
    """Every element that differs, in the order of the list; empty for equal contents."""
    found: list[Difference] = []
    for name, element in elements().items():
        found += _differences(element, name, element.title, before.get(name), after.get(name))
    return found


def words(element: Element, value: Any) -> str:
    """The value of an element as a reader sees it; empty for nothing."""
    if value in (None, "", [], ()):
        return ""
    match element.kind:
        case Kind.YES_NO:
            return "是" if value else "否"
        case Kind.CHOICE:
            return element.words_of(value)
        case Kind.CHOICES:
            return "、".join(element.words_of(each) for each in value)
        case Kind.LINES:
            return "\n".join(str(each) for each in value)
        case Kind.LIMIT:
            return f"{value['n']} {LimitUnit(value['unit']).label}"
        case Kind.GROUP:
            return _parts_in_words(element, value)
        case Kind.ROWS:
            return "\n".join(_parts_in_words(element, row) for row in value)
    return str(value)


def _parts_in_words(element: Element, value: Mapping[str, Any]) -> str:
    told = ((part.title, words(part, value.get(part.name))) for part in element.parts)
    return "；".join(f"{title}：{text}" for title, text in told if text)


def _differences(element: Element, place: str, title: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if element.kind is Kind.GROUP:
        for part in element.parts:
            yield from _differences(
                part,
                f"{place}.{part.name}",
                f"{title}，{part.title}",
                (before or {}).get(part.name),
                (after or {}).get(part.name),
            )
    elif element.kind is Kind.ROWS:
        yield from _rows(element, before or [], after or [])
    else:
        one, other = words(element, before), words(element, after)
        if one != other:
            yield _difference(place, title, one, other)


def _difference(place: str, title: str, before: str, after: str, change: Change | None = None) -> Difference:
    section = section_of(place.split(".")[0])
    kind = change or (Change.ADDED if not before else Change.REMOVED if not after else Change.CHANGED)
    return Difference(place, section.title if section is not None else "基本信息", title, kind, before, after)


def _rows(
    element: Element, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    keys = ROW_KEYS[element.name]
    old, new = _by_key(keys, before), _by_key(keys, after)
    for key, (index, row) in old.items():
        if key not in new:
            yield _difference(
                place_of(element.name, row, index),
                _row_title(element, row),
                _parts_in_words(element, row),
                "",
                Change.REMOVED,
            )
    for key, (index, row) in new.items():
        place, title = place_of(element.name, row, index), _row_title(element, row)
        if key not in old:
            yield _difference(place, title, "", _parts_in_words(element, row), Change.ADDED)
            continue
        for part in element.parts:
            yield from _differences(
                part, f"{place}.{part.name}", f"{title}，{part.title}", old[key][1].get(part.name), row.get(part.name)
            )
    kept_before = [key for key in old if key in new]
    kept_after = [key for key in new if key in old]
    if kept_before != kept_after:
        names = [
            "、".join(_short(element, each[key][1]) for key in order)
            for each, order in ((old, kept_before), (new, kept_after))
        ]
        yield _difference(element.name, f"{element.title}的次序", names[0], names[1], Change.MOVED)


def _by_key(
    keys: tuple[str, ...], rows: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, ...], tuple[int, Mapping[str, Any]]]:
    """Rows by what they are known by; a second one of the same key is told apart by its turn."""
    found: dict[tuple[str, ...], tuple[int, Mapping[str, Any]]] = {}
    for index, row in enumerate(rows):
        key = tuple(str(row.get(name, "")) for name in keys)
        turn = 2
        while key in found:
            key = (*key[: len(keys)], str(turn))
            turn += 1
        found[key] = (index, row)
    return found


def _row_title(element: Element, row: Mapping[str, Any]) -> str:
    return f"{element.title}“{_short(element, row)}”"


def _short(element: Element, row: Mapping[str, Any]) -> str:
    """What a row is called in a sentence."""
    for name in ("label", "name", "q"):
        if row.get(name):
            return str(row[name])
    return "".join(str(row.get(part)) for part in ROW_KEYS[element.name])
