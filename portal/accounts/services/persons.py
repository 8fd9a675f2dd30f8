"""Natural persons: registered at a window (verified) or online (unverified), and linked to their sign-in.

Knowing an identity number opens nothing: a sign-in reaches a person whom the hall knows only by a code to the
phone that the hall recorded, or by the window.
"""

from __future__ import annotations

import secrets
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from portal import clock
from portal.accounts.locks import lock
from portal.accounts.models import Person, User
from portal.accounts.rules import person_name_fault
from portal.ledger import services as ledger
from portal.privacy.identifiers import identity_number_fault, mobile_fault, normalise, normalise_mobile
from portal.privacy.services import blind_index, commitment, new_person_key
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


@transaction.atomic
def register_person_in_hall(*, name: str, identity_number: str, phone: str, address: str = "", actor: Actor) -> Person:
    """A verified person from the document that the clerk holds; the person whom the hall knows already is returned.

    A known person's phone and address are brought to what is said now. Raises BadInput for a wrong number, or when
    the number is known under another name.
    """
    name, identity_number, phone = _checked(name, identity_number, phone)
    _lock_identity(identity_number)
    known = verified_person(identity_number)
    if known is not None:
        if known.name != name:
            raise BadInput("这个身份证号码已经用另一个姓名登记，请核对证件。", code="identity_known", field="name")
        if (known.phone, known.address) != (phone, address or known.address):
            known.phone, known.address = phone, address or known.address
            known.save(update_fields=["phone", "phone_index", "address"])
            _record(known, "accounts.person_contact_changed", actor)
        return known
    person = _create(name=name, identity_number=identity_number, phone=phone, address=address, verified=True)
    _record(person, "accounts.person_verified", actor, channel="window")
    return person


@transaction.atomic
def register_online(*, name: str, identity_number: str, phone: str, password: str) -> User:
    """A sign-in with an unverified person, after the phone was proved by a code; sees only its own submissions.

    Raises WrongState when the phone already belongs to a sign-in.
    """
    return register_with_hash(
        name=name, identity_number=identity_number, phone=phone, password_hash=make_password(password)
    )


@transaction.atomic
def register_with_hash(*, name: str, identity_number: str, phone: str, password_hash: str) -> User:
    """As register_online, with the password hashed before (while the code was under way)."""
    name, identity_number, phone = _checked(name, identity_number, phone)
    lock(f"phone:{phone}")
    if user_by_phone(phone) is not None:
        raise WrongState("这个手机号码已经注册，请直接登录。", code="phone_taken", field="phone")
    person = _create(name=name, identity_number=identity_number, phone=phone, address="", verified=False)
    user = User(username=new_username(), person=person, phone=phone, phone_verified=True, password=password_hash)
    user.save()
    return user


@transaction.atomic
def verify_at_window(*, person: Person, actor: Actor) -> Person:
    """The window has seen the document of somebody who registered online; returns the verified person.

    When the hall knew the person before, their sign-in moves to that record. Raises WrongState.
    """
    _lock_identity(person.identity_number)
    person = Person.objects.select_for_update(of=("self",)).select_related("key").get(pk=person.pk)
    if person.is_verified:
        return person
    known = verified_person(person.identity_number)
    if known is None:
        person.verified_at = clock.now()
        person.save(update_fields=["verified_at"])
        _record(person, "accounts.person_verified", actor, channel="window")
        return person
    user = User.objects.filter(person=person).first()
    if user is not None:
        link_user(user=user, known=known, actor=actor, channel="window")
    return known


def link_at_window(*, user: User, person: Person, actor: Actor) -> None:
    """The window links a sign-in to the verified person who stands before it. Raises WrongState."""
    with transaction.atomic():
        link_user(user=user, known=person, actor=actor, channel="window")


def link_user(*, user: User, known: Person, actor: Actor, channel: str) -> None:
    """Give a sign-in the verified person; both must mean the same identity number and name.

    Only after a code to the recorded phone, or at the window. Raises WrongState.
    """
    user = User.objects.select_for_update(of=("self",)).select_related("person__key").get(pk=user.pk)
    mine = user.person
    if mine is not None and mine.pk == known.pk:
        return
    if not known.is_verified or mine is None or mine.is_verified:
        raise WrongState("这个账号不能再关联到别的人。", code="not_linkable")
    if mine.identity_index != known.identity_index or mine.name != known.name:
        raise WrongState("账号登记的姓名或身份证号码与大厅登记的不一致。", code="identity_differs")
    if User.objects.filter(person=known).exists():
        raise WrongState("此人已经有一个账号，请用原来的账号登录。", code="person_has_user")
    user.person = known
    user.save(update_fields=["person"])
    _record(known, "accounts.person_linked", actor, channel=channel, user=str(user.pk))


def verified_person(identity_number: str) -> Person | None:
    """The person whom the hall knows under a number."""
    return (
        Person.objects.select_related("key")
        .filter(identity_index=blind_index("identity", identity_number), verified_at__isnull=False)
        .first()
    )


def user_by_phone(phone: str) -> User | None:
    """The sign-in that proved a phone."""
    number = normalise_mobile(phone)
    if not number:
        return None
    return User.objects.filter(phone_index=blind_index("phone", number), phone_verified=True).first()


def new_username() -> str:
    """A generated user name of a citizen, without letters that are easily confused."""
    return "sz" + "".join(secrets.choice(_LETTERS) for _ in range(10))


def _checked(name: str, identity_number: str, phone: str) -> tuple[str, str, str]:
    name, identity_number, phone = name.strip(), normalise(identity_number), normalise_mobile(phone)
    for fault, field in (
        (person_name_fault(name), "name"),
        (identity_number_fault(identity_number, today=clock.today()), "identity_number"),
        (mobile_fault(phone), "phone"),
    ):
        if fault:
            raise BadInput(fault, code=f"{field}_wrong", field=field)
    return name, identity_number, phone


def _create(*, name: str, identity_number: str, phone: str, address: str, verified: bool) -> Person:
    now = clock.now()
    return Person.objects.create(
        key=new_person_key(),
        name=name,
        identity_number=identity_number,
        phone=phone,
        address=address,
        verified_at=now if verified else None,
        created_at=now,
    )


def _lock_identity(identity_number: str) -> None:
    """One registration of a number at a time, so that two windows end with one person and not with an error."""
    lock(f"identity:{blind_index('identity', identity_number)}")


def _record(person: Person, kind: str, actor: Actor, **body: str) -> None:
    key_id = person.key_id
    ledger.record(
        subject=person.pk,
        kind=kind,
        actor=actor.user_id,
        body={"person": commitment(key_id, person.identity_number), **body},
    )
