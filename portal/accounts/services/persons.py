"""Natural persons: registered at a window (verified) or online (unverified), and linked to their sign-in.

Knowing an identity number opens nothing: a sign-in reaches a person whom the hall knows only by a code to the
phone that the hall recorded, or by the window.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from portal import clock
from portal.accounts.locks import lock
from portal.accounts.models import LegalPerson, Mandate, Person, User
from portal.accounts.rules import person_name_fault
from portal.accounts.services.telling import tell_person
from portal.ledger import services as ledger
from portal.privacy.identifiers import identity_number_fault, mobile_fault, normalise, normalise_mobile
from portal.privacy.services import blind_index, commitment, new_person_key
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor
from portal.web.keys import READABLE, uuid7
from portal.workdays.calendar import WorkdayCalendar
from portal.workdays.queries import current_calendar

#: Chosen, not written: the reason stands in the ledger, where no free text about a person may stand.
PHONE_REASONS: Final = {
    "changed": "本人换了号码",
    "lost": "原号码停用或者丢失",
    "wrong": "原来登记错了",
}
#: Working days for which a changed phone links nobody: the owner of the old one has been told and can object.
LINKING_WAITS: Final = 3


@transaction.atomic
def register_person_in_hall(
    *, name: str, identity_number: str, phone: str, address: str = "", phone_reason: str = "", actor: Actor
) -> Person:
    """A verified person from the document that the clerk holds; the person whom the hall knows already is returned.

    A known person's phone and address are brought to what is said now; another phone wants one of PHONE_REASONS, and
    the old one is told. Raises BadInput for a wrong number, or when the number is known under another name.
    """
    name, identity_number, phone = _checked(name, identity_number, phone)
    _lock_identity(identity_number)
    known = verified_person(identity_number)
    if known is not None:
        if known.name != name:
            raise BadInput("这个身份证号码已经用另一个姓名登记，请核对证件。", code="identity_known", field="name")
        if known.phone != phone:
            _change_phone(known, phone, phone_reason, actor)
        if address and known.address != address:
            known.address = address
            known.save(update_fields=["address"])
            _record(known, "accounts.person_contact_changed", actor, what="address")
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
    _confirm(mine, known)
    _record(known, "accounts.person_linked", actor, channel=channel, user=str(user.pk))


def _confirm(registered: Person, known: Person) -> None:
    """The online registration was this person all along; the firms that it declared are theirs."""
    registered.confirmed_as = known
    registered.save(update_fields=["confirmed_as"])
    for firm in LegalPerson.objects.filter(representative=registered):
        firm.representative = known
        firm.save()
    for mandate in Mandate.objects.filter(person=registered, valid_until__isnull=True):
        mandate.person = known
        mandate.save()


def _change_phone(person: Person, phone: str, reason: str, actor: Actor) -> None:
    """Told to every phone that could link a sign-in until now."""
    if reason not in PHONE_REASONS:
        raise BadInput(
            "大厅登记的是另一个手机号码。要改的，请选择为什么改。", code="phone_reason_required", field="phone_reason"
        )
    young = phone_is_young(person, current_calendar())
    told = dict.fromkeys([person.phone, person.previous_phone if young else ""])
    if not young:
        person.previous_phone = person.phone
    person.phone, person.phone_changed_at = phone, clock.now()
    person.save(update_fields=["phone", "phone_index", "previous_phone", "phone_changed_at"])
    _record(person, "accounts.person_contact_changed", actor, what="phone", reason=reason)
    tell_person(
        person,
        kind="phone_changed",
        text=f"您在政务大厅登记的电话已改为尾号 {phone[-4:]} 的号码。",
        key=f"phone-changed:{uuid7()}",
        phones=[each for each in told if each and each != phone],
        tail=phone[-4:],
    )


def phone_is_young(person: Person, calendar: WorkdayCalendar) -> bool:
    """Whether the recorded phone was changed so lately that it links nobody yet."""
    changed: dt.datetime | None = person.phone_changed_at
    return changed is not None and clock.today() <= calendar.add(clock.local_date(changed), LINKING_WAITS)


def phone_that_links(person: Person, calendar: WorkdayCalendar) -> str:
    """To which phone a code goes that links a sign-in: for some days after a change still to the one before."""
    phone: str = person.previous_phone if phone_is_young(person, calendar) else person.phone
    return phone


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
    return "sz" + "".join(secrets.choice(READABLE) for _ in range(10))


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
