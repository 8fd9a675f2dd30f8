"""Static files from npm packages: only the few that pages use, not whole `dist/` folders.

Collecting everything would take 106 s and 173 MB; this list takes a second.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core import checks
from django.core.files.storage import FileSystemStorage, Storage

# Package folder -> patterns of files. A file's source map is listed too, since the manifest follows the link to it.
ALLOWED: dict[str, tuple[str, ...]] = {
    "bootstrap": (
        "dist/css/bootstrap.min.css",
        "dist/css/bootstrap.min.css.map",
        "dist/js/bootstrap.bundle.min.js",
        "dist/js/bootstrap.bundle.min.js.map",
    ),
    "echarts": ("dist/echarts.min.js",),
    "@fontsource-variable/noto-sans-sc": ("index.css", "files/*-wght-normal.woff2"),
}
PREFIX = "vendor"


class RememberingStorage(ManifestStaticFilesStorage):
    """Remembers the address of each asset: a page asks for some thirty, and each costs a dozen calls to make."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._addresses: dict[str, str] = {}
        super().__init__(*args, **kwargs)

    def url(self, name: str | None, force: bool = False) -> str:
        name = name or ""
        if settings.DEBUG or force:
            return str(super().url(name, force))
        address = self._addresses.get(name)
        if address is None:
            address = self._addresses[name] = str(super().url(name))
        return address

    def save_manifest(self) -> None:
        super().save_manifest()
        self._addresses.clear()


def packages_dir() -> Path:
    return Path(settings.BASE_DIR) / "node_modules"


class PackageFinder(BaseFinder):
    """Serves `vendor/<package>/<file>` out of node_modules."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._storage = FileSystemStorage(location=str(packages_dir()))
        self._storage.prefix = PREFIX  # type: ignore[attr-defined]  # the protocol of collectstatic

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        find_all = find_all or bool(kwargs.get("all"))
        if path.startswith(PREFIX + "/"):
            wanted = path[len(PREFIX) + 1 :]
            for name in self._names():
                if name == wanted:
                    found = str(packages_dir() / name)
                    return [found] if find_all else found
        return [] if find_all else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for name in self._names():
            yield name, self._storage

    def _names(self) -> Iterator[str]:
        root = packages_dir()
        for package, patterns in ALLOWED.items():
            for pattern in patterns:
                for path in sorted((root / package).glob(pattern)):
                    yield path.relative_to(root).as_posix()


@checks.register(checks.Tags.staticfiles)
def check_packages(**_kwargs: Any) -> list[checks.CheckMessage]:
    """The web packages are installed."""
    missing = [package for package in ALLOWED if not (packages_dir() / package).is_dir()]
    if not missing:
        return []
    text = f"Web packages are missing ({', '.join(missing)}): run `make setup`."
    return [checks.Warning(text, id="operations.W001")]
