"""The mark of a view: who may call it. A view without a mark is refused.

    @public
    @signed_in
    @needs(CatalogPermission.EDIT_ITEM)          # any of the given, for any department

work on functions and on class-based views (`access` is then an attribute of the class). Views of third parties
are marked by the name of their URL: `mark_url("account_login", PUBLIC)`, `mark_url("api:*", PUBLIC)`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any, Final, TypeVar

from portal.web.permissions import PermissionEnum


class Audience(Enum):
    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    PERMITTED = "permitted"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a view; `permissions` are alternatives."""

    audience: Audience
    permissions: tuple[PermissionEnum, ...] = ()

    @property
    def is_public(self) -> bool:
        return self.audience is Audience.PUBLIC


PUBLIC: Final = Access(Audience.PUBLIC)
SIGNED_IN: Final = Access(Audience.SIGNED_IN)

View = TypeVar("View", bound=Callable[..., Any])

_by_url_name: dict[str, Access] = {}


def public(view: View) -> View:
    """Anyone may call it; it must not look at request.user, so that its pages can be cached."""
    return _mark(view, PUBLIC)


def signed_in(view: View) -> View:
    """Anyone who is signed in may call it."""
    return _mark(view, SIGNED_IN)


def needs(*permissions: PermissionEnum) -> Callable[[View], View]:
    """Whoever has one of the permissions for any department; the view checks the object's department."""
    if not permissions:
        raise ValueError("needs() wants at least one permission")
    access = Access(Audience.PERMITTED, permissions)
    return lambda view: _mark(view, access)


def mark_url(name: str, access: Access) -> None:
    """Mark a third-party view by its URL name with namespace; `*` stands for anything."""
    _by_url_name[name] = access


def access_of(view: Any, url_name: str = "") -> Access | None:
    """The mark of a view, or None when it has none."""
    for candidate in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        access = getattr(candidate, "access", None)
        if isinstance(access, Access):
            return access
    return _by_name(url_name)


def _by_name(url_name: str) -> Access | None:
    if url_name in _by_url_name:
        return _by_url_name[url_name]
    for pattern, access in _by_url_name.items():
        if "*" in pattern and fnmatchcase(url_name, pattern):
            return access
    return None


def _mark(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]  # a function's attribute is how Django marks views, too
    return view
