"""Empty a case of personal data: its term has run out, or the person's key is destroyed. What was done stays told."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from applications.attachments import DRAFT_KIND, OWNER_KIND
from applications.models import (
    Act,
    Case,
    CaseMaterialFile,
    CorrectionLine,
    Delivery,
    DeliveryAttempt,
    Draft,
    DraftMaterial,
    Extension,
    Opinion,
    SpecialProcedure,
)
from applications.states import FINAL_STATES
from portal import clock
from portal.files import personal_data as files
from portal.files.models import StoredFile
from portal.ledger.services import record
from portal.messaging import personal_data as messages
from portal.privacy.masking import ERASED_TEXT
from portal.privacy.retention import Kind, Retention, of
from portal.readings import services as readings


def retention_of(case: Case) -> Retention:
    """The row of the table under which a case is kept once it is closed."""
    return of(Kind.DECIDED_CASE if case.decision else Kind.ENDED_CASE)


@transaction.atomic
def forget_case(case_id: UUID) -> bool:
    """Empty names, numbers, addresses, answers, texts, files and search words; twice changes nothing.

    States, dates, numbers and acts stay: they are the office's, not the person's. Official documents never change:
    nobody reads them through the case any more (policies), and they go with the person's key.
    """
    case = Case.objects.select_for_update(no_key=True, of=("self",)).filter(pk=case_id, erased_at=None).first()
    if case is None:
        return False
    changes: dict[str, object] = {"contact_phone": "", "address": "", "details": {}, "subject": ""}
    if case.applicant_person_id is not None:
        changes["applicant_name"] = ERASED_TEXT
    if case.closing_reason:
        changes["closing_reason"] = ERASED_TEXT
    Case.objects.filter(pk=case.pk).update(erased_at=clock.now(), decision_details={}, **changes)
    _forget_search(case.pk)
    _forget_texts(case.pk)
    _forget_files(case.pk)
    messages.forget_about(case.pk)
    readings.forget_subject(case.pk)
    record(subject=case.pk, kind="privacy.case_erased", actor=None, body={"law": "个人信息保护法 47"})
    return True


def restrict_cases(person_key_id: UUID) -> None:
    """The cases of a person are kept, and neither published nor found by words any more."""
    cases = Case.objects.filter(person_key=person_key_id, restricted_at=None)
    for case_id in list(cases.order_by("pk").values_list("pk", flat=True)):
        Case.objects.filter(pk=case_id).update(restricted_at=clock.now())
        _forget_search(case_id)


def sweep(limit: int) -> int:
    """Empty cases whose term has run out; returns how many."""
    done = 0
    for case_id in _run_out(limit):
        with transaction.atomic():
            locked = Case.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(pk=case_id)
            if locked.exists() and forget_case(case_id):
                done += 1
    return done


def _run_out(limit: int) -> list[UUID]:
    today = clock.today()
    decided, ended = (of(kind).begun_before(today) for kind in (Kind.DECIDED_CASE, Kind.ENDED_CASE))
    closed = Case.objects.filter(erased_at=None, state__in=sorted(FINAL_STATES), closed_at__isnull=False)
    over = ~Q(decision="") & Q(closed_at__date__lte=decided) | Q(decision="") & Q(closed_at__date__lte=ended)
    return list(closed.filter(over).order_by("closed_at").values_list("pk", flat=True)[:limit])


def sweep_drafts(limit: int) -> int:
    """Remove drafts whose term has run out; returns how many."""
    due = Draft.objects.filter(expires_at__lte=clock.now()).order_by("expires_at").values_list("pk", flat=True)[:limit]
    return sum(forget_draft(draft_id) for draft_id in list(due))


@transaction.atomic
def forget_draft(draft_id: UUID) -> bool:
    """Remove a draft with the files that no case took over."""
    draft = Draft.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=draft_id).first()
    if draft is None:
        return False
    DraftMaterial.objects.filter(draft=draft).delete()
    draft.delete()
    files.forget(StoredFile.objects.filter(owner_kind=DRAFT_KIND, owner_id=draft_id))
    return True


def _forget_search(case_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE applications_casesearch SET vector = '', bigrams = '{}' WHERE case_id = %s", [case_id])


def _forget_texts(case_id: UUID) -> None:
    acts = Act.objects.filter(case=case_id)
    acts.exclude(note="").update(note=ERASED_TEXT)
    acts.filter(actor__isnull=False, actor__staff__isnull=True).update(actor_name=ERASED_TEXT)
    opinions = Opinion.objects.filter(case=case_id)
    opinions.update(text=ERASED_TEXT)
    opinions.exclude(departure="").update(departure=ERASED_TEXT)
    SpecialProcedure.objects.filter(case=case_id).update(reason=ERASED_TEXT)
    Extension.objects.filter(case=case_id).update(reason=ERASED_TEXT)
    CorrectionLine.objects.filter(notice=case_id).update(what=ERASED_TEXT)
    Case.objects.get(pk=case_id).materials.exclude(remark="").update(remark=ERASED_TEXT)
    given = Delivery.objects.filter(case=case_id)
    given.exclude(tracking="").update(tracking=ERASED_TEXT)
    given.update(recipient=ERASED_TEXT, remark="")
    attempts = DeliveryAttempt.objects.filter(case=case_id)
    for name in ("tracking", "notice_reason", "failure"):
        attempts.exclude(**{name: ""}).update(**{name: ERASED_TEXT})


def _forget_files(case_id: UUID) -> None:
    for draft_id in list(Draft.objects.filter(case=case_id).values_list("pk", flat=True)):
        forget_draft(draft_id)
    CaseMaterialFile.objects.filter(material__case=case_id).delete()
    files.forget(StoredFile.objects.filter(owner_kind=OWNER_KIND, owner_id=case_id))
