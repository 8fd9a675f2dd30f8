"""What lower floors of a person's life tell to the floors above; they register from AppConfig.ready()."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from uuid import UUID

from portal.accounts.models import Person
from portal.web.grants import Actor

#: Called in the transaction in which a staff member's work ends: (user_id, day). Claims are released here.
staff_left: list[Callable[[UUID, dt.date], None]] = []

#: Carries a text message to a phone number: (phone, text, key of this message, the same at each attempt). The last
#: registered one is used (portal.messaging puts its gateway here).
sms_channels: list[Callable[[str, str, str], None]] = []

#: Puts a message into a person's inbox, in the caller's transaction: (user_id, kind, key, facts). Messaging registers.
inboxes: list[Callable[[UUID, str, str, Mapping[str, str]], None]] = []


def tell(user_id: UUID, kind: str, key: str, facts: Mapping[str, str] | None = None) -> None:
    """Tell a person something about their account; the text is `templates/messages/account_<kind>.txt`."""
    for handler in inboxes:
        handler(user_id, kind, key, facts or {})


def announce_departure(user_id: UUID, day: dt.date) -> None:
    """Tell every registered handler that a staff member works no longer."""
    for handler in staff_left:
        handler(user_id, day)


#: A member of staff found a person by a number or a phone: (actor, person). Readings are noted here.
person_found: list[Callable[[Actor, Person], None]] = []


def announce_found(actor: Actor, person: Person) -> None:
    """Tell every registered handler whom a search has found."""
    for found in person_found:
        found(actor, person)
