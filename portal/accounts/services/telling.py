"""What people are told of themselves: of a change that somebody else made, and of their sign-in, whoever did it.

In the inbox and by text; all of it in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable

from portal.accounts import hooks
from portal.accounts.models import Person, User
from portal.accounts.text_messages import send_text
from portal.organizations.queries import city_hall
from portal.privacy.identifiers import mobile_fault, normalise_mobile
from portal.privacy.masking import ERASED_TEXT


def tell_person(
    person: Person, *, kind: str, text: str, key: str, phones: Iterable[str] | None = None, **facts: str
) -> None:
    """The text, with whom to call, to the phones (default: the recorded one); the message `kind` into the inbox.

    One who has no sign-in gets the text alone.
    """
    call = whom_to_call()
    for place, phone in enumerate(phones if phones is not None else [person.phone]):
        if phone and phone != ERASED_TEXT:
            send_text(phone=phone, text=f"{text}{call}", key=f"{key}:{place}")
    user = User.objects.filter(person=person, is_active=True).only("pk").first()
    if user is not None:
        hooks.tell(user.pk, kind, key, {**facts, "call": call})


def tell_user(*, user: User, kind: str, text: str, key: str) -> None:
    """Of the own sign-in; the inbox's words are `templates/messages/account_<kind>.txt`."""
    hooks.tell(user.pk, kind, key)
    send_text(phone=phone_of(user), text=text, key=key)


def phone_of(user: User) -> str:
    """The verified phone of the sign-in, or the office's number where that is a mobile; empty when there is none."""
    if user.phone_verified and user.phone:
        return str(user.phone)
    staff = getattr(user, "staff", None)
    number: str = normalise_mobile(staff.phone) if staff is not None else ""
    return "" if mobile_fault(number) else number


def whom_to_call() -> str:
    """The sentence for whoever did not do it themselves."""
    hall = city_hall()
    where = f"致电政务大厅 {hall.phone}" if hall is not None else "联系政务大厅"
    return f"不是本人办理的，请马上{where}。"
