"""Five failures lock an account for fifteen minutes (domain.md 11.1), counted in the shared cache.

By what was typed, known or not, so that a lock says nothing about who is registered; an address from which the account
has signed in before is counted by itself. The address alone is slowed only after many failures (ACCOUNT_RATE_LIMITS): a
hall's citizens share one.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import structlog
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import Q

from portal import clock
from portal.accounts.models import SignIn, User
from portal.accounts.rules import looks_like_phone
from portal.privacy.identifiers import normalise_mobile
from portal.privacy.services import blind_index
from portal.web import limits
from portal.web.errors import TooMany

FAILURES: Final = 5
MINUTES: Final = 15
LOCKED: Final = f"登录失败次数太多，请 {MINUTES} 分钟后再试；忘记密码的，可以用验证码重设，工作人员请联系管理员。"
#: For so long an address is known from which an account has signed in.
KNOWN: Final = dt.timedelta(days=30)
_GROUP: Final = "sign-in-failed"

logger = structlog.get_logger(__name__)


def refusal() -> ValidationError:
    """What a form says of a locked account; its page is a 429."""
    return ValidationError(LOCKED, code=TooMany.default_code, params={"retry_after": MINUTES * 60})


def enter(whom: str) -> None:
    """Count a try before anything is hashed; a right one gives it back (`forget`). Raises the refusal when locked.

    Counting first, so that tries that come together are counted as one after the other. The last one that is let in
    sets the lock, for a quarter of an hour from then on.
    """
    if cache.get(_lock(whom)) is not None:
        raise refusal()
    tries = limits.count(_GROUP, whom, MINUTES * 60)
    if tries >= FAILURES:
        cache.set(_lock(whom), 1, MINUTES * 60)
    if tries > FAILURES:
        raise refusal()


def note_failure(whom: str) -> None:
    """A try that was counted was wrong; the log says when it was the one that locks."""
    if cache.get(_lock(whom)) is not None:
        logger.warning("sign_in_locked", account=limits.hidden(_GROUP, whom))


def forget(whom: str) -> None:
    """A right password, or a new one, ends count and lock."""
    limits.forget(_GROUP, whom)
    cache.delete(_lock(whom))


def check_password(user: User, password: str, *, wrong: str) -> None:
    """The password once more of somebody who is signed in; one count for all forms that ask for it.

    Raises ValidationError: the sentence `wrong`, or the refusal of a locked account.
    """
    whom = f"proof:{user.pk}"
    enter(whom)
    if not user.check_password(password):
        note_failure(whom)
        raise ValidationError(wrong, code="password_wrong")
    forget(whom)


def key_of_sign_in(login: str, address: str) -> str:
    """Whose tries are counted together at the sign-in: all of an account's that come from addresses unknown to it.

    An address from which the account has signed in lately is counted by itself, so that a stranger does not lock the
    owner out at the own desk. One query, whether the account exists or not.
    """
    login = login.lower()
    of_user = Q(user__username__iexact=login)
    if looks_like_phone(login):
        of_user |= Q(user__phone_index=blind_index("phone", normalise_mobile(login)), user__phone_verified=True)
    lately = SignIn.objects.filter(of_user, address=address, began_at__gt=clock.now() - KNOWN)
    return f"{login}@{address}" if lately.exists() else login


def lift(user: User) -> None:
    """A new password that was given to the person: no lock of the sign-in stands any more."""
    names = [user.username.lower(), *([str(user.phone)] if user.phone and user.phone_verified else [])]
    known = SignIn.objects.filter(user=user, began_at__gt=clock.now() - KNOWN)
    addresses = list(known.values_list("address", flat=True).distinct())
    for whom in [*names, *(f"{name}@{address}" for name in names for address in addresses), f"proof:{user.pk}"]:
        forget(whom)


def _lock(whom: str) -> str:
    return f"locked:{limits.hidden(_GROUP, whom)}"
