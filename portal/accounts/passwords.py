"""The rules on passwords (domain.md 11.1), in Chinese: validators for AUTH_PASSWORD_VALIDATORS.

Citizens: 10 characters or more. Staff: 8 (administrators 12) of at least three classes, none of the last five.
"""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from portal.accounts.grants import assignments_of
from portal.accounts.roles import ADMINISTRATORS
from portal.accounts.security_models import PasswordRecord

CITIZEN_LENGTH: Final = 10
STAFF_LENGTH: Final = 8
ADMINISTRATOR_LENGTH: Final = 12
LEAST_CLASSES: Final = 3
HISTORY: Final = 5
_LENGTHS: Final = {
    "": CITIZEN_LENGTH,
    PasswordRecord.Level.STAFF: STAFF_LENGTH,
    PasswordRecord.Level.ADMINISTRATOR: ADMINISTRATOR_LENGTH,
}


def level_of(user: Any) -> str:
    """Whose rules hold: of an administrator, of staff, or (empty) of a citizen."""
    if user is None or not hasattr(user, "staff"):
        return ""
    roles = {role for role, _department in assignments_of(user)}
    return PasswordRecord.Level.STAFF if roles.isdisjoint(ADMINISTRATORS) else PasswordRecord.Level.ADMINISTRATOR


def faults(password: str, level: str) -> list[str]:
    """What is wrong with length and kinds of characters."""
    least = _LENGTHS[level]
    found = [f"密码太短，至少 {least} 位。"] if len(password) < least else []
    if level and classes(password) < LEAST_CLASSES:
        found.append("密码要含大写字母、小写字母、数字、符号中的三种。")
    return found


def classes(password: str) -> int:
    """How many of: capitals, small letters, digits, anything else."""
    kinds = (str.isupper, str.islower, str.isdigit, lambda c: not (c.isupper() or c.islower() or c.isdigit()))
    return sum(any(kind(c) for c in password) for kind in kinds)


def help_text(level: str) -> str:
    """The rules in one sentence, for the form."""
    if not level:
        return f"至少 {CITIZEN_LENGTH} 位，不能只有数字，不要用常见的密码。"
    return f"至少 {_LENGTHS[level]} 位，含大写字母、小写字母、数字、符号中的三种，不能是最近用过的 5 个。"


class _Rule:
    def get_help_text(self) -> str:
        return ""


class StrengthValidator(_Rule):
    """Length and classes, by whose password it is."""

    def validate(self, password: str, user: Any = None) -> None:
        if found := faults(password, level_of(user)):
            raise ValidationError([ValidationError(sentence, code="weak") for sentence in found])


class PlaceNameValidator(_Rule):
    """For staff: what everybody here would try first stands in no foreign list of common passwords."""

    guesses: Final = ("shuozhou", "zhengwu", "zwfw", "0349")

    def validate(self, password: str, user: Any = None) -> None:
        lower = password.lower()
        if not level_of(user):
            return
        if any(lower.replace(guess, "", 1).strip("0123456789@#._-!") == "" for guess in self.guesses if guess in lower):
            raise ValidationError("密码不能由地名、平台名加数字组成。", code="guessable")


class HistoryValidator(_Rule):
    """None of the last five of a member of staff."""

    def validate(self, password: str, user: Any = None) -> None:
        has_history = getattr(user, "pk", None) is not None and hasattr(user, "staff")
        if has_history and was_used(user, password):
            raise ValidationError("这个密码最近用过，请换一个。", code="used_before")


def was_used(user: Any, password: str) -> bool:
    """Whether it is one of the last five, the present one among them."""
    hashes = PasswordRecord.objects.filter(user=user).order_by("-set_at", "-pk").values_list("password", flat=True)
    return any(check_password(password, old) for old in list(hashes[:HISTORY]) or [user.password])
