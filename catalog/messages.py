"""Who is told of an act on a change: whose work it is next, and those who began it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from catalog.models import ChangeAct
from catalog.states import ChangeState
from portal.accounts.models import User
from portal.accounts.queries import holders_of
from portal.accounts.roles import Role
from portal.messaging import services as messaging

#: Whose work begins with a state; of the change's department, or of the one office there is.
NEXT: Final[dict[str, tuple[Role, bool]]] = {
    ChangeState.AT_HEAD: (Role.ORGAN_HEAD, True),
    ChangeState.VERIFYING: (Role.ESTABLISHMENT_OFFICE, False),
    ChangeState.VERIFIED: (Role.GOVERNMENT_OFFICE, False),
}
#: What the department hears of: it came back, it is decided.
BACK: Final = frozenset(
    {"send_back", "return", "return_by_meeting", "strike", "approve", "verify_and_publish", "take_effect"}
)


def tell(act: ChangeAct) -> None:
    """Messages into the inboxes, in the act's transaction; nobody is told what they did themselves."""
    change = act.change
    readers: dict[object, User] = {}
    if (following := NEXT.get(change.state)) is not None and act.from_state != act.to_state:
        role, of_department = following
        readers |= _by_id(holders_of(role, change.department_id if of_department else None))
    if act.action in BACK:
        people = [pk for pk in (change.drafter_id, change.submitter_id, change.edited_by_id) if pk is not None]
        readers |= _by_id(User.objects.filter(pk__in=people, is_active=True))
    readers.pop(act.actor_id, None)
    for reader in readers.values():
        messaging.send(
            kind="item_change",
            user=reader,
            context={"act": act, "change": change, "is_next": change.state in NEXT and act.action not in BACK},
            key=f"item_change:{act.pk}:{reader.pk}",
            link=f"/desk/catalogue/changes/{change.pk}/",
            now=act.at,
        )


def _by_id(users: Iterable[User]) -> dict[object, User]:
    return {user.pk: user for user in users}
