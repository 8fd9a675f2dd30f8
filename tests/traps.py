"""What goes wrong silently elsewhere fails here: order by luck, undefined template variables, the network."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from django.conf import settings
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler
from django.template import engines
from django.template.base import Node

LOOPBACK = ("127.", "localhost", "::1")


@contextmanager
def shuffled_unordered_queries() -> Iterator[None]:
    """A query without an order comes in random order, so that no test passes by luck."""
    original = SQLCompiler._order_by_pairs

    def pairs(compiler: SQLCompiler) -> Iterator[Any]:
        given = list(original(compiler))
        query = compiler.query
        grouped = (
            query.combinator
            or query.distinct
            or query.distinct_fields
            or query.group_by is not None
            or any(getattr(annotation, "contains_aggregate", False) for annotation in query.annotations.values())
        )
        if given or query.subquery or grouped or getattr(query, "combined_queries", ()):
            yield from given
        else:
            yield OrderBy(Random()), False

    with mock.patch.object(SQLCompiler, "_order_by_pairs", pairs):
        yield


class InvalidVariable(str):
    """Django puts it where a variable is undefined; in a template of ours that is an error."""

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, variable: object) -> str:
        origin = _rendering_template()
        if origin is not None and Path(origin).is_relative_to(settings.BASE_DIR / "templates"):
            raise AssertionError(f"undefined template variable {{{{ {variable} }}}} in {origin}")
        return ""


def _rendering_template() -> str | None:
    frame = sys._getframe(2)
    while frame is not None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None) is not None:
            return str(node.origin.name)
        frame = frame.f_back  # type: ignore[assignment]  # None ends the walk
    return None


def undefined_template_variables_fail() -> None:
    """Set the trap in the template engine."""
    engines["django"].engine.string_if_invalid = InvalidVariable("%s")


def refuse_network() -> None:
    """No test leaves this machine."""
    original = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {address[0]}")
        original(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign]  # for the whole process
