"""The sign-ins that the demonstration shows on its sign-in page; production shows none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who can be signed in as in the demonstration."""

    username: str
    password: str
    role: str
    name: str = ""


_sources: Final[list[Callable[[], Sequence[Persona]]]] = []


def register(source: Callable[[], Sequence[Persona]]) -> None:
    """Called from the demonstration's AppConfig.ready()."""
    if source not in _sources:
        _sources.append(source)


def personas() -> list[Persona]:
    """All personas in the demonstration; none anywhere else, whatever is registered."""
    if not settings.DEMONSTRATION:
        return []
    return [persona for source in _sources for persona in source()]
