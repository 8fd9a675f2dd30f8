"""Persons and firms of the demonstration city: registered at windows and online, by the services."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random
from uuid import UUID

from django.contrib.auth.hashers import make_password

from portal import clock
from portal.accounts import services
from portal.accounts.models import LegalPerson, Person, User
from portal.accounts.services.persons import register_with_hash
from portal.demonstration import personas
from portal.demonstration.names import Names
from portal.privacy.identifiers import identity_check_character
from portal.web.grants import Actor


@dataclass(frozen=True)
class Resident:
    """A person with the sign-in that he has, if he has one."""

    person_id: UUID
    name: str
    phone: str
    address: str
    user: User | None
    actor: Actor | None


@dataclass(frozen=True)
class Firm:
    legal_id: UUID
    legal: LegalPerson
    name: str
    representative: Resident


@dataclass
class Population:
    persons: list[Resident]
    firms: list[Firm]
    #: The personas by key, and the firm of the one who has one.
    citizens: dict[str, Resident]
    persona_firm: Firm


def settle(names: Names, rng: Random, clerk: Actor, *, persons: int, firms: int, since: dt.datetime) -> Population:
    """Everybody arrives within the four weeks after `since`; every second person registered online."""
    closed = make_password(None)
    citizens = {persona.key: _persona(persona, clerk, closed, names, since) for persona in personas.CITIZENS}
    settled = []
    for place in range(persons - len(citizens)):
        with clock.shifted(since + dt.timedelta(minutes=place * 97 + rng.randrange(60))):
            # Who represents a firm applies online for it.
            online = place < firms or rng.random() < 0.4
            settled.append(_register(names, clerk, closed, online=online))
    made = []
    for place in range(firms):
        representative = citizens["firm"] if place == 0 else settled[place - 1]
        name = personas.FIRM_NAME if place == 0 else names.firm()
        with clock.shifted(since + dt.timedelta(days=22, minutes=place * 43)):
            made.append(_found(names, name, representative, clerk))
    return Population(persons=settled, firms=made[1:], citizens=citizens, persona_firm=made[0])


def _persona(persona: personas.Citizen, clerk: Actor, closed: str, names: Names, at: dt.datetime) -> Resident:
    with clock.shifted(at):
        user = register_with_hash(
            name=persona.name,
            identity_number=persona.identity_body + identity_check_character(persona.identity_body),
            phone=persona.phone,
            password_hash=closed,
        )
        assert user.person is not None
        if persona.key == "firm":
            services.verify_at_window(person=user.person, actor=clerk)
    return _resident(_user(user), names.address())


def _register(names: Names, clerk: Actor, closed: str, *, online: bool) -> Resident:
    name, number, phone, address = names.person(), names.identity_number(), names.phone(), names.address()
    if not online:
        person = services.register_person_in_hall(
            name=name, identity_number=number, phone=phone, address=address, actor=clerk
        )
        return Resident(person.pk, name, phone, address, None, None)
    user = register_with_hash(name=name, identity_number=number, phone=phone, password_hash=closed)
    assert user.person is not None
    services.verify_at_window(person=user.person, actor=clerk)
    return _resident(_user(user), address)


def _found(names: Names, name: str, representative: Resident, clerk: Actor) -> Firm:
    legal = services.create_legal_person(
        name=name,
        uscc=names.credit_code(),
        representative=Person.objects.select_related("key").get(pk=representative.person_id),
        address=names.address(),
        actor=clerk,
    )
    return Firm(legal.pk, legal, name, representative)


def _user(user: User) -> User:
    return User.objects.select_related("person__key").get(pk=user.pk)


def _resident(user: User, address: str) -> Resident:
    assert user.person is not None
    # Citizens all hold the same: nothing that depends on a department.
    return Resident(user.person.pk, user.person.name, user.phone, address, user, Actor(user.pk, user.person.name))
