"""Registry of reference data: each app registers its idempotent loader for `manage.py load_reference`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: A loader brings the database to what the shipped data says and returns one line about what it did.
Loader = Callable[[], str]


@dataclass(frozen=True, slots=True)
class ReferenceLoader:
    """A loader with its place: lower floors (design.md section 2) load first."""

    floor: int
    name: str
    load: Loader


_loaders: dict[str, ReferenceLoader] = {}

#: Floors, in the order of the layers.
CALENDAR, ORGANIZATIONS, ACCOUNTS, CATALOG, APPLICATIONS = 10, 20, 30, 50, 60


def register(*, floor: int, name: str, load: Loader) -> None:
    """Register a loader from AppConfig.ready(); the same name again replaces it."""
    _loaders[name] = ReferenceLoader(floor=floor, name=name, load=load)


def loaders() -> list[ReferenceLoader]:
    """All loaders, lowest floor first."""
    return sorted(_loaders.values(), key=lambda loader: (loader.floor, loader.name))
