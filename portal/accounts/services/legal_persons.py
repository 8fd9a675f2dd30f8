"""Legal persons with their representative: verified at the window, or declared online until a window confirms."""

from __future__ import annotations

from django.db import transaction

from portal import clock
from portal.accounts.locks import lock
from portal.accounts.models import LegalPerson, Mandate, Person, User
from portal.ledger import services as ledger
from portal.privacy.identifiers import credit_code_fault, normalise
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor


@transaction.atomic
def create_legal_person(
    *, name: str, uscc: str, representative: Person, address: str = "", actor: Actor
) -> LegalPerson:
    """A verified legal person from the licence that the clerk holds, with its legal representative.

    A known one is returned; when its representative changed, the old mandate ends today and the new one begins.
    Raises BadInput, also when the representative's identity is not verified.
    """
    name, uscc = _checked(name, uscc)
    if not representative.is_verified:
        raise BadInput("请先核验法定代表人的身份。", code="representative_unverified", field="representative")
    lock(f"uscc:{uscc}")
    known = (
        LegalPerson.objects.select_related("representative__key").filter(uscc=uscc, verified_at__isnull=False).first()
    )
    if known is None:
        return _create(name, uscc, representative, address, verified=True, actor=actor)
    if known.name != name:
        raise BadInput("这个信用代码已经用另一个名称登记，请核对营业执照。", code="uscc_known", field="name")
    if known.representative_id != representative.pk:
        _replace_representative(known, representative, actor)
    return known


@transaction.atomic
def declare_legal_person(*, user: User, name: str, uscc: str, address: str = "") -> LegalPerson:
    """A citizen says that they are the legal representative; unverified until a window has seen the licence.

    It is a record of its own, which opens nothing of what the hall knows. Raises BadInput, WrongState.
    """
    name, uscc = _checked(name, uscc)
    if user.person is None:
        raise WrongState("请先登记本人身份。", code="no_person")
    lock(f"declare:{user.person_id}:{uscc}")
    mine = Mandate.objects.filter(person=user.person, legal_person__uscc=uscc, valid_until__isnull=True)
    if mine.exists():
        raise BadInput("您已经添加过这个单位。", code="declared_twice", field="uscc")
    known = LegalPerson.objects.filter(uscc=uscc, verified_at__isnull=False).first()
    if known is not None and known.name != name:
        raise BadInput("这个信用代码登记的是另一个名称，请照营业执照填写。", code="uscc_known", field="name")
    return _create(name, uscc, user.person, address, verified=False, actor=Actor(user.pk, user.get_full_name()))


@transaction.atomic
def verify_legal_person(*, legal_person: LegalPerson, actor: Actor) -> LegalPerson:
    """The window has seen the licence of a legal person that was declared online; returns the verified one."""
    lock(f"uscc:{legal_person.uscc}")
    declared = (
        LegalPerson.objects.select_for_update(of=("self",))
        .select_related("representative__key")
        .get(pk=legal_person.pk)
    )
    if declared.is_verified:
        return declared
    if not declared.representative.is_verified:
        raise WrongState("请先核验法定代表人的身份。", code="representative_unverified")
    known = LegalPerson.objects.filter(uscc=declared.uscc, verified_at__isnull=False).first()
    if known is not None:
        if known.representative_id != declared.representative_id:
            _replace_representative(known, declared.representative, actor)
        for mandate in Mandate.objects.filter(legal_person=declared, valid_until__isnull=True):
            mandate.valid_until = clock.today()
            mandate.save()
        return known
    declared.verified_at = clock.now()
    declared.save()
    _record(declared, "accounts.legal_person_verified", actor)
    return declared


@transaction.atomic
def end_mandate(*, mandate: Mandate, actor: Actor) -> None:
    """From today on the person does not act for the legal person any more."""
    mandate = Mandate.objects.select_for_update(of=("self",)).select_related("legal_person").get(pk=mandate.pk)
    if mandate.valid_until is not None:
        return
    mandate.valid_until = clock.today()
    mandate.save()
    _record(mandate.legal_person, "accounts.mandate_ended", actor, mandate=str(mandate.pk))


def _checked(name: str, uscc: str) -> tuple[str, str]:
    name = name.strip()
    if not name:
        raise BadInput("请填写单位名称。", code="name_missing", field="name")
    uscc = normalise(uscc)
    if fault := credit_code_fault(uscc):
        raise BadInput(fault, code="uscc_wrong", field="uscc")
    return name, uscc


def _create(name: str, uscc: str, representative: Person, address: str, *, verified: bool, actor: Actor) -> LegalPerson:
    now = clock.now()
    legal_person = LegalPerson.objects.create(
        name=name,
        uscc=uscc,
        representative=representative,
        address=address.strip(),
        verified_at=now if verified else None,
        created_at=now,
    )
    _represent(legal_person, representative)
    kind = "accounts.legal_person_verified" if verified else "accounts.legal_person_declared"
    _record(legal_person, kind, actor)
    return legal_person


def _represent(legal_person: LegalPerson, person: Person) -> None:
    Mandate.objects.create(
        person=person,
        legal_person=legal_person,
        kind=Mandate.Kind.REPRESENTATIVE,
        valid_from=clock.today(),
    )


def _replace_representative(legal_person: LegalPerson, person: Person, actor: Actor) -> None:
    for mandate in Mandate.objects.filter(
        legal_person=legal_person, kind=Mandate.Kind.REPRESENTATIVE, valid_until__isnull=True
    ):
        mandate.valid_until = clock.today()
        mandate.save()
    legal_person.representative = person
    legal_person.save()
    _represent(legal_person, person)
    _record(legal_person, "accounts.representative_changed", actor)


def _record(legal_person: LegalPerson, kind: str, actor: Actor, **body: str) -> None:
    ledger.record(subject=legal_person.pk, kind=kind, actor=actor.user_id, body={"uscc": legal_person.uscc, **body})
