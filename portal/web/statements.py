"""SQL that is written once and used for the life of the process.

Django makes the text of a query anew at each call, which costs more than most queries themselves. Pages can afford it;
an act under a lock cannot. `Prepared` keeps the text of a QuerySet, `insert` and `update` that of saving a row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from typing import Any, Generic, TypeVar, cast

from django.db import connection, models
from django.db.models.expressions import Expression
from django.db.models.signals import post_save, pre_save

M = TypeVar("M", bound=models.Model)


class Parameter(Expression):
    """A place in a prepared query that gets its value at each call."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=models.Field())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class Prepared(Generic[M]):
    """A query of whole rows whose text is kept: `Prepared(lambda: Act.objects.filter(case_id=Parameter("case")))`.

    Only filters, order, a limit, a lock and `only()`; relations are fetched as rows of their own. Values reach the
    database as they are given: dates, numbers, text, UUIDs.
    """

    def __init__(self, build: Callable[[], models.QuerySet[M]]) -> None:
        self._build = build
        self._made: tuple[str, tuple[Any, ...], type[M], list[models.Field[Any, Any]]] | None = None

    def __call__(self, **values: object) -> list[M]:
        """The rows. Raises KeyError when a parameter is missing."""
        sql, parameters, model, fields = self._made or self._make()
        with connection.cursor() as cursor:
            cursor.execute(sql, [cast("Any", values[p.name]) if isinstance(p, Parameter) else p for p in parameters])
            rows = cursor.fetchall()
        names = [field.attname for field in fields]
        opened = [
            (place, field.from_db_value) for place, field in enumerate(fields) if hasattr(field, "from_db_value")
        ]
        found = []
        for row in rows:
            cells = list(row)
            for place, open_value in opened:
                cells[place] = open_value(cells[place], None, connection)
            found.append(model.from_db(connection.alias, names, cells))
        return found

    def first(self, **values: object) -> M | None:
        rows = self(**values)
        return rows[0] if rows else None

    def _make(self) -> tuple[str, tuple[Any, ...], type[M], list[models.Field[Any, Any]]]:
        queryset = self._build()
        compiler = queryset.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        fields = [cast("models.Field[Any, Any]", column[0].target) for column in compiler.select]
        self._made = sql, tuple(parameters), queryset.model, fields
        return self._made


def insert(row: models.Model) -> None:
    """Save a new row of a model that nobody listens to; its key is set already. Raises what the database raises."""
    sql, fields = _insert(type(row))
    _run(sql, [_value(field, row, add=True) for field in fields])
    row._state.adding = False
    row._state.db = connection.alias


def update(row: models.Model, names: Collection[str]) -> None:
    """Save some fields of a row of a model that nobody listens to."""
    sql, fields = _update(type(row), tuple(names))
    _run(sql, [*(_value(field, row, add=False) for field in fields), row.pk])


def _run(sql: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _value(field: models.Field[Any, Any], row: models.Model, *, add: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add), connection)


@cache
def _insert(model: type[models.Model]) -> tuple[str, list[models.Field[Any, Any]]]:
    _refuse_listeners(model)
    fields = list(model._meta.local_concrete_fields)
    columns = ", ".join(_quoted(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES ({places})", fields


@cache
def _update(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[models.Field[Any, Any]]]:
    _refuse_listeners(model)
    fields = [cast("models.Field[Any, Any]", model._meta.get_field(name)) for name in names]
    changes = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
    key = model._meta.pk
    assert key is not None
    return f"UPDATE {_quoted(model._meta.db_table)} SET {changes} WHERE {_quoted(key.column)} = %s", fields


def _refuse_listeners(model: type[models.Model]) -> None:
    """History and other followers hear of a saved row by signals, which nothing here sends."""
    if pre_save.has_listeners(model) or post_save.has_listeners(model):
        raise TypeError(f"{model.__name__} has listeners: save it as Django does")


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))

