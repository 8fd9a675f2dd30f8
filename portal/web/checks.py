"""Checks of what is stored: each app registers its own, `manage.py verify` runs them all every night."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """How far a check goes."""

    #: Nothing acts any more: then nothing may wait, be leased or be due either.
    settled: bool = False
    #: Read every byte of every file; else the sixteenth part whose turn it is today.
    thorough: bool = True


#: Gives a sentence for everything impossible, in words for the operator and without personal data.
Check = Callable[[Scope], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Registered:
    name: str
    label: str
    check: Check


_registered: dict[str, Registered] = {}


def register(name: str, label: str, check: Check) -> None:
    """Register a check under a name and what it is called on the operator's page."""
    if name in _registered and _registered[name].check is not check:
        raise ValueError(f"two checks named {name!r}")
    _registered[name] = Registered(name, label, check)


def registered() -> list[Registered]:
    """All checks, in the order of registration: from the ground floor up."""
    return list(_registered.values())
