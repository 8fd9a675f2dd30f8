"""Legal persons with their representative: verified at the window, or declared online until a window confirms."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from portal import clock
from portal.accounts.locks import lock
from portal.accounts.models import LegalPerson, Mandate, Person, User
from portal.accounts.services.telling import tell_person
from portal.ledger import services as ledger
from portal.privacy.identifiers import credit_code_fault, normalise
from portal.privacy.services import commitment
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor

#: Chosen, not written: the reason stands in the ledger.
CHANGE_REASONS: Final = {
    "registered": "已经办理变更登记，新执照上是新的人",
    "wrong": "原来登记错了",
}


@transaction.atomic
def create_legal_person(
    *,
    name: str,
    uscc: str,
    representative: Person,
    address: str = "",
    change_reason: str = "",
    licence_seen: bool = False,
    actor: Actor,
) -> LegalPerson:
    """A verified legal person from the licence that the clerk holds, with its legal representative.

    A known one is returned; when its representative changed, which wants one of CHANGE_REASONS and the new licence,
    the old mandate ends today, the new one begins, and the former representative is told.
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
        _replace_representative(known, representative, change_reason, actor, licence_seen=licence_seen)
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
    declared = _create(name, uscc, user.person, address, verified=False, actor=Actor(user.pk, user.get_full_name()))
    if known is not None and known.representative_id != user.person_id:
        tell_person(
            known.representative,
            kind="firm_declared",
            text=f"有人在网上说自己是{known.name}的{known.representative_word}，窗口还没有核验。",
            key=f"declared:{declared.pk}",
            firm=known.name,
            word=known.representative_word,
        )
    return declared


@transaction.atomic
def verify_legal_person(*, legal_person: LegalPerson, change_reason: str = "", actor: Actor) -> LegalPerson:
    """The window has seen the licence of a legal person that was declared online; returns the verified one.

    Where the hall knows another representative, one of CHANGE_REASONS is needed. Raises BadInput, WrongState.
    """
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
            _replace_representative(known, declared.representative, change_reason, actor, licence_seen=True)
        for mandate in Mandate.objects.filter(legal_person=declared, valid_until__isnull=True):
            mandate.valid_until = clock.today()
            mandate.save()
        declared.confirmed_as = known
        declared.save()
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


def _represent(legal_person: LegalPerson, person: Person) -> Mandate:
    return Mandate.objects.create(
        person=person,
        legal_person=legal_person,
        kind=Mandate.Kind.REPRESENTATIVE,
        valid_from=clock.today(),
    )


def _replace_representative(
    legal_person: LegalPerson, person: Person, reason: str, actor: Actor, *, licence_seen: bool
) -> None:
    """Holds at once; the former one is told by inbox and phone, and the ledger says who it was and who it is."""
    word, former = legal_person.representative_word, legal_person.representative
    if reason not in CHANGE_REASONS:
        raise BadInput(
            f"大厅登记的{word}是另一个人。要改的，请选择为什么改。",
            code="change_reason_required",
            field="change_reason",
        )
    if not licence_seen:
        raise BadInput(f"看过营业执照，才能改{word}。", code="licence_unseen", field="licence_seen")
    for mandate in Mandate.objects.filter(
        legal_person=legal_person, kind=Mandate.Kind.REPRESENTATIVE, valid_until__isnull=True
    ):
        mandate.valid_until = clock.today()
        mandate.save()
    legal_person.representative = person
    legal_person.save()
    began = _represent(legal_person, person)
    _record(
        legal_person,
        "accounts.representative_changed",
        actor,
        old=_sealed(former),
        new=_sealed(person),
        reason=reason,
        licence="seen",
    )
    tell_person(
        former,
        kind="representative_changed",
        text=f"您不再是{legal_person.name}的{word}：窗口按营业执照登记了新的{word}。",
        key=f"representative:{began.pk}",
        firm=legal_person.name,
        word=word,
    )


def _sealed(person: Person) -> str:
    """Who it was, for the ledger; nothing once their key is destroyed."""
    return "" if person.key.is_erased else commitment(person.key_id, person.identity_number)


def _record(legal_person: LegalPerson, kind: str, actor: Actor, **body: str) -> None:
    ledger.record(subject=legal_person.pk, kind=kind, actor=actor.user_id, body={"uscc": legal_person.uscc, **body})
