"""One-time codes to a phone. Known and unknown get the same answer, at the price of the same statements."""

from __future__ import annotations

import datetime as dt
import json
import math
import secrets
from collections.abc import Callable, Mapping
from typing import Final, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from portal import clock
from portal.accounts.models import OneTimeCode, User
from portal.accounts.text_messages import send_letter, send_text
from portal.privacy.services import blind_index
from portal.web.errors import BadInput, TooMany
from portal.web.limits import count

LIFETIME: Final = dt.timedelta(minutes=10)
ATTEMPTS: Final = 5
#: Kept a day for questions, then removed with all that was written into them.
KEPT: Final = dt.timedelta(days=1)
#: One code a minute and six an hour to one phone (or account).
MINUTE: Final = 60
_LIMITS: Final = (("code-minute", 1, MINUTE), ("code-hour", 6, 3600))

_Result = TypeVar("_Result")


def issue(
    *,
    purpose: OneTimeCode.Purpose,
    phone: str,
    user: User | None = None,
    content: Mapping[str, str] | None = None,
    instead: str = "",
    asked_for: str = "",
    mail: str = "",
) -> OneTimeCode:
    """Send a code to the phone (or to `mail`), or the text `instead` of it: then no code will ever be right.

    Limits count per `asked_for` (what the caller typed), so that a limit, too, says nothing about who is known.
    Raises TooMany.
    """
    whom = blind_index("code", asked_for or phone or mail)
    for group, allowed, period in _LIMITS:
        if count(f"{group}:{purpose}", whom, period) > allowed:
            raise TooMany(f"验证码发得太频繁，请过 {period // 60} 分钟再试。", field=None, retry_after=period)
    code = f"{secrets.randbelow(1_000_000):06}"
    with transaction.atomic():
        now = clock.now()
        OneTimeCode.objects.filter(expires_at__lt=now - KEPT).delete()
        row = OneTimeCode(
            purpose=purpose,
            user=user,
            phone=phone,
            content=json.dumps(dict(content or {}), ensure_ascii=False),
            created_at=now,
            expires_at=now + LIFETIME,
        )
        row.code_hash = _hash(row.pk, secrets.token_hex(8) if instead else code)
        row.save()
        label = OneTimeCode.Purpose(purpose).label
        text = instead or f"验证码 {code}，用于{label}，10 分钟内有效。请不要告诉任何人。"
        if mail:
            send_letter(address=mail, text=text, key=str(row.pk))
        else:
            send_text(phone=phone, text=text, key=str(row.pk))
    return row


def seconds_to_wait(row: OneTimeCode) -> int:
    """In how many seconds another code may follow this one."""
    age = (clock.now() - row.created_at).total_seconds()
    return max(0, math.ceil(MINUTE - age))


def content_to_repeat(code_id: UUID, purpose: OneTimeCode.Purpose) -> tuple[str, dict[str, str]]:
    """Phone and content of a code that is asked for again. Raises BadInput when it is gone, TooMany when too early."""
    row = OneTimeCode.objects.filter(pk=code_id, purpose=purpose).first()
    if row is None:
        raise BadInput("填写的内容已经过期，请重新填写。", code="code_gone")
    if wait := seconds_to_wait(row):
        raise TooMany(f"请过 {wait} 秒再重新发送。", field=None, retry_after=wait)
    content: dict[str, str] = json.loads(row.content)
    return row.phone, content


def redeem(
    *,
    code_id: UUID,
    purpose: OneTimeCode.Purpose,
    typed: str,
    act: Callable[[OneTimeCode, Mapping[str, str]], _Result],
) -> _Result:
    """Use a code and do what it was for in one transaction; wrong attempts are counted. Raises BadInput."""
    with transaction.atomic():
        row = (
            OneTimeCode.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(pk=code_id, purpose=purpose, used_at__isnull=True)
            .first()
        )
        now = clock.now()
        if row is not None and row.attempts < ATTEMPTS and row.expires_at > now:
            if constant_time_compare(row.code_hash, _hash(row.pk, typed.strip())):
                row.used_at = now
                row.save(update_fields=["used_at"])
                return act(row, json.loads(row.content))
            row.attempts += 1
            row.save(update_fields=["attempts"])
    raise BadInput("验证码不正确或已过期，请检查；也可以重新获取。", code="code_wrong", field="code")


def _hash(code_id: UUID, code: str) -> str:
    return salted_hmac("portal.accounts.codes", f"{code_id}|{code}", algorithm="sha256").hexdigest()
