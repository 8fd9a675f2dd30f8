"""Registration, forgotten password, change of phone and linking: each proved by a code to a phone."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib.auth.hashers import make_password

from portal.accounts import lockout
from portal.accounts.locks import lock
from portal.accounts.models import OneTimeCode, SignIn, User
from portal.accounts.rules import looks_like_phone
from portal.accounts.services import codes, passwords, sessions
from portal.accounts.services.persons import (
    link_user,
    phone_that_links,
    register_with_hash,
    user_by_phone,
    verified_person,
)
from portal.accounts.text_messages import send_text
from portal.privacy.identifiers import normalise_mobile
from portal.privacy.masking import mask_mobile
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor
from portal.workdays.queries import current_calendar

_P = OneTimeCode.Purpose


def begin_registration(*, name: str, identity_number: str, phone: str, password: str) -> OneTimeCode:
    """Send a code to the phone; nothing is registered before it comes back. The owner of a known phone is told so."""
    content = {"name": name, "identity_number": identity_number, "password": make_password(password)}
    return _registration_code(normalise_mobile(phone), content)


def repeat_registration(*, code_id: UUID) -> OneTimeCode:
    """Another code for the same registration, a minute after the last; everything typed stays.

    Raises BadInput, TooMany.
    """
    return _registration_code(*codes.content_to_repeat(code_id, _P.REGISTER))


def _registration_code(phone: str, content: Mapping[str, str]) -> OneTimeCode:
    known = user_by_phone(phone) is not None
    return codes.issue(
        purpose=_P.REGISTER,
        phone=phone,
        content=content,
        instead="您的手机号已经注册过，请直接登录；忘记密码可以用验证码重设。" if known else "",
    )


def finish_registration(*, code_id: UUID, typed: str) -> User:
    """The sign-in, made when the code is right. Raises BadInput, WrongState."""

    def register(row: OneTimeCode, content: Mapping[str, str]) -> User:
        return register_with_hash(
            name=content["name"],
            identity_number=content["identity_number"],
            phone=row.phone,
            password_hash=content["password"],
        )

    return codes.redeem(code_id=code_id, purpose=_P.REGISTER, typed=typed, act=register)


def begin_reset(*, login: str) -> OneTimeCode:
    """Send a code to the phone of the account that was named by phone or user name, if there is one."""
    login = login.strip()
    if looks_like_phone(login):
        asked = normalise_mobile(login)
        user, phone = user_by_phone(asked), asked
    else:
        asked = login
        user = User.objects.filter(username=login).first()
        phone = user.phone if user is not None and user.phone_verified else ""
    usable = user is not None and user.is_active and bool(phone)
    return codes.issue(
        purpose=_P.RESET,
        phone=phone if usable else "",  # a stranger's number gets no text: each one is paid for
        user=user if usable else None,
        instead="" if usable else "没有这个账号。",
        asked_for=asked,
    )


def finish_reset(*, code_id: UUID, typed: str, password: str) -> User:
    """Set the new password when the code is right; every session ends with the old one. Raises BadInput."""

    def reset(row: OneTimeCode, _content: Mapping[str, str]) -> User:
        assert row.user is not None
        user = row.user
        passwords.check(user=user, password=password, field="password1")
        passwords.set_password(user=user, password=password)
        sessions.end_all(user_id=user.pk, ending=SignIn.Ending.PASSWORD)
        lockout.lift(user)
        send_text(phone=row.phone, text="您的密码已经重设。如果不是您本人操作，请马上联系大厅。", key=f"{row.pk}:done")
        return user

    return codes.redeem(code_id=code_id, purpose=_P.RESET, typed=typed, act=reset)


def begin_phone_change(*, user: User, phone: str) -> OneTimeCode:
    """Send a code to the new phone; the form has asked for the password. Raises BadInput."""
    phone = normalise_mobile(phone)
    if phone == user.phone and user.phone_verified:
        raise BadInput("这就是现在的手机号。", code="same_phone", field="phone")
    known = user_by_phone(phone) is not None
    return codes.issue(
        purpose=_P.CHANGE_PHONE,
        phone=phone,
        user=user,
        instead="有人想把这个手机号用在另一个账号上。这个手机号已经注册过，账号没有改变。" if known else "",
    )


def finish_phone_change(*, user: User, code_id: UUID, typed: str) -> User:
    """The new phone signs in from now on; the old one is told. Raises BadInput, WrongState."""

    def change(row: OneTimeCode, _content: Mapping[str, str]) -> User:
        if row.user_id != user.pk:
            raise BadInput("验证码不正确或已过期，请检查；也可以重新获取。", code="code_wrong", field="code")
        lock(f"phone:{row.phone}")
        mine = User.objects.select_for_update().get(pk=user.pk)
        if user_by_phone(row.phone) is not None:
            raise WrongState("这个手机号码已经注册。", code="phone_taken")
        old = mine.phone if mine.phone_verified else ""
        mine.phone, mine.phone_verified = row.phone, True
        mine.save(update_fields=["phone", "phone_index", "phone_verified"])
        text = f"您的登录手机已改为 {mask_mobile(row.phone)}。如果不是您本人操作，请马上联系大厅。"
        send_text(phone=old, text=text, key=f"{row.pk}:done")
        return mine

    return codes.redeem(code_id=code_id, purpose=_P.CHANGE_PHONE, typed=typed, act=change)


def begin_link(*, user: User) -> OneTimeCode:
    """Send a code to the phone that the hall recorded for this identity, if there is such a person.

    A phone that was changed lately links nobody yet: the code goes to the one before.

    The page says the same either way: who types another's number learns nothing. Raises WrongState.
    """
    mine = user.person
    if mine is None or mine.is_verified:
        raise WrongState("您的身份已经核验。", code="verified_already")
    known, calendar = verified_person(mine.identity_number), current_calendar()
    phone = phone_that_links(known, calendar) if known is not None else ""
    taken = known is not None and User.objects.filter(person=known).exists()
    usable = known is not None and known.name == mine.name and not taken and bool(phone)
    return codes.issue(
        purpose=_P.LINK,
        phone=phone if usable else "",
        user=user,
        instead="" if usable else "没有可关联的登记。",
        asked_for=str(user.pk),
    )


def finish_link(*, user: User, code_id: UUID, typed: str) -> User:
    """The sign-in belongs to the person whom the hall verified. Raises BadInput, WrongState."""

    def link(row: OneTimeCode, _content: Mapping[str, str]) -> User:
        known = None if user.person is None else verified_person(user.person.identity_number)
        if row.user_id != user.pk or known is None or phone_that_links(known, current_calendar()) != row.phone:
            raise BadInput("验证码不正确或已过期，请检查；也可以重新获取。", code="code_wrong", field="code")
        link_user(user=user, known=known, actor=Actor(user.pk, user.get_full_name()), channel="code")
        user.refresh_from_db()
        return user

    return codes.redeem(code_id=code_id, purpose=_P.LINK, typed=typed, act=link)
