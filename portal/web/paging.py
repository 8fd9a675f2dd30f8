"""Pages of a list by keyset: the cost of a page does not depend on how far down it lies; counts are capped."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Model, Q, QuerySet
from django.http import HttpRequest

PAGE_SIZE: Final = 25
PARAMETER: Final = "page"

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One key of an order. Rows without a value come last, whichever the direction."""

    name: str
    descending: bool = False
    nullable: bool = False

    @classmethod
    def of(cls, spelled: "str | OrderKey") -> "OrderKey":
        """From Django's spelling, "-received_at"."""
        if isinstance(spelled, OrderKey):
            return spelled
        return cls(spelled.removeprefix("-"), descending=spelled.startswith("-"))

    def expression(self, *, backwards: bool) -> Any:
        descending = self.descending is not backwards
        if not self.nullable:
            return F(self.name).desc() if descending else F(self.name).asc()
        places = {"nulls_first": True} if backwards else {"nulls_last": True}
        return F(self.name).desc(**places) if descending else F(self.name).asc(**places)

    def beyond(self, value: Any, *, backwards: bool) -> Q | None:
        """The rows that come strictly after (before) the value in this key; None when there can be none."""
        descending = self.descending is not backwards
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if backwards else None
        found = Q(**{f"{self.name}__{'lt' if descending else 'gt'}": value})
        if self.nullable and not backwards:
            found |= Q(**{f"{self.name}__isnull": True})
        return found

    def equal(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of rows; `next_url` and `previous_url` keep every filter of the address and are empty at the ends."""

    rows: Sequence[Row]
    next_url: str
    previous_url: str
    first_url: str

    @property
    def has_other_pages(self) -> bool:
        return bool(self.next_url or self.previous_url)

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def paginate(
    queryset: QuerySet[Row],
    request: HttpRequest,
    *,
    order: Sequence[str | OrderKey],
    size: int = PAGE_SIZE,
    parameter: str = PARAMETER,
) -> Page[Row]:
    """The page that the address asks for, by one query; the last order key has to be unique.

    A cursor that cannot be read shows the first page.
    """
    keys = [OrderKey.of(key) for key in order]
    backwards, values = False, None
    if text := request.GET.get(parameter, ""):
        backwards, values = _read(text, queryset, keys)
    if values is not None:
        queryset = queryset.filter(_beyond(keys, values, backwards=backwards))
    ordered = queryset.order_by(*(key.expression(backwards=backwards) for key in keys))
    rows = list(ordered[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_next = bool(rows) and (more or backwards)
    has_previous = bool(rows) and values is not None and (more or not backwards)
    return Page(
        rows=rows,
        next_url=_url(request, parameter, _write(rows[-1], keys, backwards=False)) if has_next else "",
        previous_url=_url(request, parameter, _write(rows[0], keys, backwards=True)) if has_previous else "",
        first_url=_url(request, parameter, None),
    )


@dataclass(frozen=True, slots=True)
class CappedCount:
    """A count up to a cap; beyond it only "1000+" is known."""

    number: int
    is_capped: bool

    def __str__(self) -> str:
        return f"{self.number}+" if self.is_capped else str(self.number)

    def __bool__(self) -> bool:
        return self.number > 0


def capped_count(queryset: QuerySet[Any], cap: int = 1001) -> CappedCount:
    """Count at most `cap` rows: what a page shows as "1000+" has to cost no more than a thousand."""
    found = queryset.order_by()[:cap].count()
    return CappedCount(min(found, cap - 1), is_capped=found >= cap)


def query_string(request: HttpRequest, *, parameter: str = PARAMETER, **changes: str | None) -> str:
    """The address's query with changes (None removes), always from the first page; for filter links."""
    query = request.GET.copy()
    query.pop(parameter, None)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}" if query else request.path


def _beyond(keys: Sequence[OrderKey], values: Sequence[Any], *, backwards: bool) -> Q:
    condition: Q | None = None
    for key, value in reversed(list(zip(keys, values, strict=True))):
        beyond = key.beyond(value, backwards=backwards)
        parts = [] if beyond is None else [beyond]
        if condition is not None:
            parts.append(key.equal(value) & condition)
        condition = Q(*parts, _connector=Q.OR) if parts else Q(pk__in=[])
    first, value = keys[0], values[0]
    assert condition is not None
    if value is not None and not first.nullable:
        # Says nothing new, and lets the planner start in the index.
        descending = first.descending is not backwards
        condition &= Q(**{f"{first.name}__{'lte' if descending else 'gte'}": value})
    return condition


def _url(request: HttpRequest, parameter: str, cursor: str | None) -> str:
    query = request.GET.copy()
    query.pop(parameter, None)
    if cursor is not None:
        query[parameter] = cursor
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _write(row: Model, keys: Sequence[OrderKey], *, backwards: bool) -> str:
    values = [_plain(_value(row, key.name)) for key in keys]
    text = json.dumps(["b" if backwards else "f", *values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _value(row: Any, name: str) -> Any:
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value


def _read(text: str, queryset: QuerySet[Any], keys: Sequence[OrderKey]) -> tuple[bool, list[Any] | None]:
    """The cursor's direction and values, each converted by the field that it is compared with."""
    try:
        padded = text + "=" * (-len(text) % 4)
        direction, *raw = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
        if direction not in ("f", "b") or len(raw) != len(keys):
            return False, None
        values = [_convert(queryset.model, key, value) for key, value in zip(keys, raw, strict=True)]
    except (ValueError, TypeError, ValidationError, binascii.Error, UnicodeError, RecursionError):
        return False, None
    return direction == "b", values


def _convert(model: type[Model], key: OrderKey, value: Any) -> Any:
    if isinstance(value, dict | list):
        raise TypeError("a cursor holds plain values")
    if value is None:
        if not key.nullable:
            raise ValueError("this key always has a value")
        return None
    field = _field(model, key.name)
    if field is None:
        return value
    converted = field.to_python(value)
    field.run_validators(converted)
    return converted


def _field(model: type[Model], name: str) -> "Field[Any, Any] | None":
    """The model field behind a key; None for an annotation."""
    field: Any = None
    for part in name.split("__"):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        if field.is_relation and field.related_model is not None:
            model = field.related_model
    return field if isinstance(field, Field) else None
