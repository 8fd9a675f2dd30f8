"""The second factor (动态验证码): a time-based code (RFC 6238), and recovery codes (备用码) for a lost telephone.

Tables and arithmetic are allauth's; that a code counts once is kept in the row itself, so that it also holds while
the cache is away.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    validate_totp_code,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.db import transaction

from portal.accounts.mfa_adapter import SealedSecrets
from portal.accounts.models import User
from portal.ledger import services as ledger
from portal.privacy import cipher
from portal.web.errors import BadInput, WrongState

WRONG: Final = "动态验证码不正确，请检查；每 30 秒换一个。手机不在身边的，可以用备用码。"
USED: Final = "这个动态验证码已经用过，请等下一个，每 30 秒换一个。"


def has_one(user: User) -> bool:
    """Whether the user signs in with a time-based code."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def new_secret() -> str:
    """A secret of 160 bits in base32."""
    return str(generate_totp_secret())


def address_of(user: User, secret: str) -> str:
    """The otpauth:// address that an authenticator reads from the QR code."""
    return str(SealedSecrets().build_totp_url(user, secret))


@transaction.atomic
def activate(*, user: User, secret: str, code: str) -> list[str]:
    """Set up the factor with a first code; returns the recovery codes, which are shown this once.

    Raises BadInput for a wrong code and WrongState where there is one already.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if has_one(user):
        raise WrongState("动态验证码已经设置好了。", code="factor_set_already")
    if not validate_totp_code(secret, _plain(code)):
        text = "动态验证码不正确。请确认扫的是这个二维码，手机时间准确，再填最新的 6 位数字。"
        raise BadInput(text, code="code_wrong", field="code")
    row = TOTP.activate(user, secret).instance
    _use(row, _plain(code))
    _record(user, "accounts.second_factor_set")
    return _fresh_recovery_codes(user)


@transaction.atomic
def give(*, user: User, secret: str) -> None:
    """Let a user have the factor with a known secret: the demonstration's personas; twice changes nothing."""
    User.objects.select_for_update().get(pk=user.pk)
    if not has_one(user):
        TOTP.activate(user, secret)


@transaction.atomic
def renew_recovery_codes(*, user: User) -> list[str]:
    """New recovery codes; the old ones end. Raises WrongState without a factor."""
    User.objects.select_for_update().get(pk=user.pk)
    if not has_one(user):
        raise WrongState("还没有设置动态验证码。", code="no_factor")
    _record(user, "accounts.recovery_codes_renewed")
    return _fresh_recovery_codes(user)


@transaction.atomic
def verify(*, user: User, code: str) -> Authenticator:
    """Accept a time-based or recovery code, each once. Raises BadInput."""
    typed = _plain(code)
    rows = {row.type: row for row in Authenticator.objects.select_for_update().filter(user=user).order_by("pk")}
    totp, recovery = rows.get(Authenticator.Type.TOTP), rows.get(Authenticator.Type.RECOVERY_CODES)
    if totp is not None and validate_totp_code(decrypt(totp.data["secret"]), typed):
        if not _use(totp, typed):
            raise BadInput(USED, code="code_used", field="code")
        return totp
    if recovery is not None and RecoveryCodes(recovery).validate_code(typed):
        left = len(RecoveryCodes(Authenticator.objects.get(pk=recovery.pk)).get_unused_codes())
        _record(user, "accounts.recovery_code_used", left=left)
        return recovery
    raise BadInput(WRONG, code="code_wrong", field="code")


def recovery_codes_left(user: User) -> int:
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return 0 if row is None else len(RecoveryCodes(row).get_unused_codes())


def remove(*, user: User) -> int:
    """Take all factors away, in the caller's transaction; returns how many there were."""
    return int(Authenticator.objects.filter(user=user).delete()[0])


def secrets_of(users: Iterable[User]) -> dict[str, str]:
    """The secrets themselves by user name: only for the demonstration, whose accounts are printed."""
    rows = Authenticator.objects.filter(user__in=list(users), type=Authenticator.Type.TOTP).select_related("user")
    return {row.user.username: str(decrypt(row.data["secret"])) for row in rows}


def next_code(user: User) -> str:
    """A code that would be accepted now: only for the demonstration, whose sign-in page shows it."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if row is None:
        return ""
    secret, used = decrypt(row.data["secret"]), row.data.get("used", [])
    before, now, after = yield_hotp_counters_from_time()
    counter = next((counter for counter in (now, after, before) if counter not in used), now)
    return str(format_hotp_value(hotp_value(secret, counter)))


def reseal(old: frozenset[UUID], limit: int) -> int:
    """Bring secrets under the current master key (portal.privacy.rotation); returns how many rows changed."""
    done = 0
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            data = {} if row is None else row.data
            sealed = {name: data[name] for name in ("secret", "seed") if name in data and _is_under(data[name], old)}
            if sealed:
                row.data = {**data, **{name: SealedSecrets().encrypt(decrypt(text)) for name, text in sealed.items()}}
                row.save(update_fields=["data"])
                done += 1
        if done == limit:
            break
    return done


def _is_under(sealed: str, old: frozenset[UUID]) -> bool:
    return cipher.key_id_of(base64.b64decode(sealed)) in old


def _use(row: Authenticator, typed: str) -> bool:
    """Mark a code as used; False when it was used before."""
    secret, used = decrypt(row.data["secret"]), row.data.get("used", [])
    in_reach = list(yield_hotp_counters_from_time())
    counter = next((c for c in in_reach if c not in used and format_hotp_value(hotp_value(secret, c)) == typed), None)
    if counter is None:
        return False
    row.data["used"] = [*(c for c in used if c in in_reach), counter]
    row.save(update_fields=["data"])
    return True


def _fresh_recovery_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    return [f"{code[:4]} {code[4:]}" for code in RecoveryCodes.activate(user).generate_codes()]


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code)


def _record(user: User, kind: str, **body: int) -> None:
    ledger.record(subject=user.staff.pk, kind=kind, actor=user.pk, body=dict(body))
