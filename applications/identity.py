"""Whether a window knows who applies: an online registration is unverified until one has seen the documents.

The receipt and the days of the law run all the same; what gives a right waits (design.md section 6).
"""

from __future__ import annotations

from django.db.models import Q

from applications import rows
from applications.models import Case
from portal.accounts.models import LegalPerson, Person
from portal.accounts.services.telling import tell_person
from portal.privacy.masking import PERSON_UNCONFIRMED, UNIT_UNCONFIRMED
from portal.transitions.process import Context

HOW_TO_CONFIRM = "请申请人带身份证（单位还要营业执照）到任一窗口，由窗口在“核验身份”里核验。"


def unconfirmed(case: Case) -> str:
    """身份未核验 or 单位未核验, where no window has confirmed the applicant, else "" (1 query where none is joined)."""
    if case.erased_at is not None:
        return ""
    if case.applicant_legal_id is not None:
        firm = case.applicant_legal if Case.applicant_legal.is_cached(case) else None
        firm = firm or rows.standing_of_firm(legal_person=case.applicant_legal_id)[0]
        return "" if firm.is_confirmed else UNIT_UNCONFIRMED
    person = case.applicant_person if Case.applicant_person.is_cached(case) else None
    person = person or rows.standing_of_person(person=case.applicant_person_id)[0]
    return "" if person.is_confirmed else PERSON_UNCONFIRMED


def unconfirmed_in(ctx: Context) -> str:
    """The same within an act, asked once."""
    if "unconfirmed" not in ctx.results:
        ctx.results["unconfirmed"] = unconfirmed(ctx.subject)
    return str(ctx.results["unconfirmed"])


def marked_name(name: str, mark: str) -> str:
    """The applicant's name as papers give it."""
    return f"{name}（{mark}）" if mark else name


def tell_whom_the_name_belongs_to(case: Case) -> None:
    """Somebody unverified has applied in the name of a person or firm whom the hall knows: these are told."""
    if not unconfirmed(case):
        return
    known = _known(case)
    if known is None:
        return
    name = case.applicant_name
    tell_person(
        known,
        kind="applied_in_name",
        text=f"有人在网上以{name}的名义申请“{case.edition.name}”，办件编号 {case.number}，身份还没有核验。",
        key=f"in-name:{case.pk}",
        name=name,
        item=case.edition.name,
        number=case.number,
    )


def _known(case: Case) -> Person | None:
    """The verified person of that number, or the representative of the verified firm of that code."""
    if case.applicant_legal is not None:
        firms = LegalPerson.objects.select_related("representative__key")
        firm = firms.filter(uscc=case.applicant_legal.uscc, verified_at__isnull=False).first()
        if firm is None or firm.representative_id == case.applicant_legal.representative_id:
            return None
        return firm.representative
    assert case.applicant_person is not None
    same = Q(identity_index=case.applicant_person.identity_index, verified_at__isnull=False)
    return Person.objects.select_related("key").filter(same).first()
