"""What a user may do, as ids: resolved once per request; accounts registers the resolver."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from portal.web.permissions import PermissionEnum


class Everywhere:
    """The set of all departments, present and future."""

    def __contains__(self, department_id: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "ALL"


ALL: Final = Everywhere()
Scope = frozenset[UUID] | Everywhere
NOWHERE: Final[frozenset[UUID]] = frozenset()


@dataclass(frozen=True, slots=True)
class Grants:
    """The permissions of one user with the departments for which each holds."""

    scopes: Mapping[str, Scope] = field(default_factory=dict)

    def departments(self, permission: PermissionEnum | str) -> Scope:
        """The departments for which the permission holds; `ALL` when it holds everywhere."""
        return self.scopes.get(str(permission), NOWHERE)

    def has(self, permission: PermissionEnum | str) -> bool:
        """Whether the permission holds for any department at all."""
        scope = self.departments(permission)
        return isinstance(scope, Everywhere) or bool(scope)

    def has_any(self, *permissions: PermissionEnum | str) -> bool:
        """Whether one of the permissions holds for any department."""
        return any(self.has(permission) for permission in permissions)

    def has_for(self, permission: PermissionEnum | str, department_id: UUID | None) -> bool:
        """Whether the permission holds for this department."""
        scope = self.departments(permission)
        return isinstance(scope, Everywhere) or (department_id is not None and department_id in scope)


NO_GRANTS: Final = Grants()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user with grants, nobody (user_id None), or the system itself."""

    user_id: UUID | None
    name: str
    grants: Grants = NO_GRANTS
    is_system: bool = False

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None and not self.is_system


def acting_user(actor: Actor) -> UUID:
    """The id of the user who acts; only the system and visitors have none, and neither may come here."""
    assert actor.user_id is not None
    return actor.user_id


SYSTEM_ACTOR: Final = Actor(user_id=None, name="系统", is_system=True)
ANONYMOUS: Final = Actor(user_id=None, name="访客")

GrantsResolver = Callable[[Any], Grants]
NameResolver = Callable[[Any], str]

_resolvers: dict[str, Callable[[Any], Any]] = {}


def register_resolver(grants: GrantsResolver, *, name: NameResolver | None = None) -> None:
    """Say how a signed-in user's grants, and the name to show, are found; called from AppConfig.ready()."""
    _resolvers["grants"] = grants
    if name is not None:
        _resolvers["name"] = name


def grants_of(user: Any) -> Grants:
    """The grants of a user; none for an anonymous one."""
    resolver = _resolvers.get("grants")
    if resolver is None or not user.is_authenticated:
        return NO_GRANTS
    grants: Grants = resolver(user)
    return grants


def actor_of(user: Any, grants: Grants | None = None) -> Actor:
    """The actor for a user; `grants` saves resolving them twice."""
    if not user.is_authenticated:
        return ANONYMOUS
    name = _resolvers.get("name", str)(user)
    return Actor(user_id=user.pk, name=name, grants=grants_of(user) if grants is None else grants)
