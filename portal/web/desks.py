"""The workbenches: each app says where who with which permission begins the day; `/desk/` leads there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.web.grants import Grants
from portal.web.permissions import PermissionEnum


@dataclass(frozen=True, slots=True)
class Desk:
    """A page to begin with, and who begins there."""

    url_name: str
    permissions: tuple[PermissionEnum, ...]
    #: The smaller goes first, for whoever may sit at several.
    rank: int


#: What one works at every day; what one looks after; what one may look at besides.
WORK, CARE, BESIDES = 10, 20, 90

_desks: dict[tuple[str, int], Desk] = {}


def register(url_name: str, permissions: Sequence[PermissionEnum], *, rank: int = CARE) -> None:
    """Called from AppConfig.ready()."""
    _desks[url_name, rank] = Desk(url_name, tuple(permissions), rank)


def first_of(grants: Grants) -> str | None:
    """The name of the page where these grants begin; None without a desk."""
    ranked = sorted(_desks.values(), key=lambda desk: desk.rank)
    return next((desk.url_name for desk in ranked if grants.has_any(*desk.permissions)), None)
