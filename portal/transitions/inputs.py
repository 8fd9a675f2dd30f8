"""What an act is given, checked before anything is stored: a wrong type is an answer to the user, never a crash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from portal.transitions.process import Context
from portal.web.errors import BadInput


def _given(ctx: Context, name: str) -> Any:
    return (ctx.data or {}).get(name)


def text(ctx: Context, name: str, label: str, *, required: bool = True, longest: int = 4000, default: str = "") -> str:
    """A text without surrounding blanks."""
    value = _given(ctx, name)
    if value is None:
        value = default
    if not isinstance(value, str) or "\0" in value:
        raise BadInput(f"“{label}”应当是文字。", field=name)
    value = value.strip()
    if required and not value:
        raise BadInput(f"请填写{label}。", field=name, code=f"{name}_required")
    if len(value) > longest:
        raise BadInput(f"{label}最多 {longest} 字，现在是 {len(value)} 字。", field=name)
    return value


def choice(ctx: Context, name: str, label: str, allowed: Iterable[str], *, default: str | None = None) -> str:
    """One of the given codes."""
    value = _given(ctx, name)
    if value is None:
        value = default
    if value is None or str(value) not in set(allowed):
        raise BadInput(f"请选择{label}。", field=name, code=f"{name}_required")
    return str(value)


def number(ctx: Context, name: str, label: str, *, least: int, most: int) -> int:
    """A whole number between two bounds."""
    value = _given(ctx, name)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 10:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadInput(f"请填写{label}。", field=name, code=f"{name}_required")
    if not least <= value <= most:
        raise BadInput(f"{label}应当是 {least} 到 {most}。", field=name, code=f"{name}_range")
    return value


def day(ctx: Context, name: str, label: str, *, default: dt.date | None = None) -> dt.date:
    """A date, given as such or as YYYY-MM-DD."""
    value = _given(ctx, name)
    if value in (None, "") and default is not None:
        return default
    if isinstance(value, str):
        try:
            value = dt.date.fromisoformat(value.strip())
        except ValueError:
            value = None
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise BadInput(f"请填写{label}。", field=name, code=f"{name}_required")
    return value


def rows(ctx: Context, name: str, label: str) -> list[Mapping[str, Any]] | None:
    """A list of objects; None when nothing was given."""
    value = _given(ctx, name)
    if value is None:
        return None
    if not isinstance(value, list | tuple) or not all(isinstance(row, Mapping) for row in value):
        raise BadInput(f"“{label}”的内容不对。", field=name)
    return list(value)


def key(value: object, name: str, label: str) -> UUID:
    """The id of a row."""
    if isinstance(value, UUID):
        return value
    try:
        return UUID(str(value))
    except ValueError:
        raise BadInput(f"没有这份{label}。", field=name, code="unknown_row") from None


def row_text(row: Mapping[str, Any], name: str, longest: int) -> str:
    """A text out of one row; empty when it is missing."""
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or "\0" in value:
        raise BadInput("内容应当是文字。", field=name)
    return value.strip()[:longest]


def row_count(row: Mapping[str, Any], name: str) -> int:
    """A small count out of one row; 0 when it is missing."""
    value = row.get(name) or 0
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 999:
        raise BadInput("份数应当是 0 到 999。", field=name)
    return value
