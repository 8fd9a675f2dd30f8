"""Five failures lock an account for fifteen minutes (domain.md 11.1), counted in the shared cache.

By what was typed, known or not, so that a lock says nothing about who is registered. The address alone is slowed only
after many failures (ACCOUNT_RATE_LIMITS): a hall's citizens share one.
"""

from __future__ import annotations

from typing import Final

import structlog
from django.core.cache import cache
from django.core.exceptions import ValidationError

from portal.web import limits
from portal.web.errors import TooMany

FAILURES: Final = 5
MINUTES: Final = 15
LOCKED: Final = f"登录失败次数太多，请 {MINUTES} 分钟后再试；忘记密码的，可以用验证码重设，工作人员请联系管理员。"
_GROUP: Final = "sign-in-failed"

logger = structlog.get_logger(__name__)


def is_locked(login: str) -> bool:
    return cache.get(_lock(login)) is not None


def refusal() -> ValidationError:
    """What a form says of a locked account; its page is a 429."""
    return ValidationError(LOCKED, code=TooMany.default_code, params={"retry_after": MINUTES * 60})


def note_failure(login: str) -> bool:
    """Count a failure; True when it was the one that locks."""
    if limits.count(_GROUP, login, MINUTES * 60) < FAILURES:
        return False
    cache.set(_lock(login), 1, MINUTES * 60)
    limits.forget(_GROUP, login)
    logger.warning("sign_in_locked", account=limits.hidden(_GROUP, login))
    return True


def forget(login: str) -> None:
    """A right password ends the count of wrong ones."""
    limits.forget(_GROUP, login)


def _lock(login: str) -> str:
    return f"locked:{limits.hidden(_GROUP, login)}"
