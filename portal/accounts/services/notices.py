"""What a person is told of their own sign-in, whoever did it: in the inbox and, where there is a phone, by a text."""

from __future__ import annotations

from portal.accounts import hooks
from portal.accounts.models import User
from portal.accounts.text_messages import send_text
from portal.privacy.identifiers import mobile_fault, normalise_mobile


def tell(*, user: User, kind: str, text: str, key: str) -> None:
    """Enqueue both, in the caller's transaction; the inbox's words are `templates/messages/account_<kind>.txt`."""
    hooks.tell(user.pk, kind, key)
    send_text(phone=phone_of(user), text=text, key=key)


def phone_of(user: User) -> str:
    """The verified phone of the sign-in, or the office's number where that is a mobile; empty when there is none."""
    if user.phone_verified and user.phone:
        return str(user.phone)
    staff = getattr(user, "staff", None)
    number: str = normalise_mobile(staff.phone) if staff is not None else ""
    return "" if mobile_fault(number) else number
