"""How a case begins: a draft is submitted online, or a clerk receives it in the hall. The same case afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from applications import clockwork, papers
from applications.attachments import OWNER_KIND, unclean_fault
from applications.models import Act, Case, CaseClock, CaseMaterial, CaseMaterialFile
from applications.people import applicant_key
from applications.permissions import CasePermission
from applications.process import PROCESS
from applications.recording import act_id, add_clock_event, move_tasks
from applications.services import numbers, searching
from applications.services.checking import check_application, subject_of
from applications.states import CaseChannel, CaseState
from applications.transitions import SUBMIT, TABLE
from catalog.models import ItemEdition, MaterialRequirement, Situation
from portal import clock, crashpoints
from portal.accounts.models import LegalPerson, Person
from portal.files import services as files
from portal.files.models import StoredFile
from portal.ledger.services import record
from portal.organizations.models import Window
from portal.transitions.process import Context
from portal.web.errors import BadInput, NotAllowed, NotFound
from portal.web.grants import Actor


@dataclass(frozen=True, slots=True)
class Submitted:
    """A case that began; `repeated` when the same click had made it before."""

    case: Case
    repeated: bool


@dataclass(frozen=True, slots=True)
class GivenMaterial:
    """What came for one published material."""

    requirement: MaterialRequirement
    files: Sequence[StoredFile] = ()
    originals: int = 0
    copies: int = 0
    original_seen: bool = False
    not_applicable_reason: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that an application holds, online and in the hall alike."""

    edition: ItemEdition
    situation: Situation | None
    channel: CaseChannel
    person: Person | None
    legal_person: LegalPerson | None
    agent: Person | None
    contact_phone: str
    address: str
    details: Mapping[str, Any]
    delivery_method: str
    window: Window | None = None
    materials: Sequence[GivenMaterial] = field(default_factory=tuple)


def create_case(application: Application, *, actor: Actor, key: UUID, now: dt.datetime) -> Case:
    """Store a new case with everything that belongs to its receipt; inside the caller's transaction.

    Raises BadInput when the application is not one for this edition.
    """
    check_application(application)
    _check_files(application)
    edition, today = application.edition, clock.local_date(now)
    applicant = application.legal_person or application.person
    assert applicant is not None and actor.user_id is not None
    case = Case(
        person_key=applicant_key(application.person, application.legal_person),
        number=numbers.allocate(edition.department, today),
        query_code=numbers.query_code(),
        edition=edition,
        situation=application.situation,
        department=edition.department,
        channel=application.channel,
        window=application.window,
        state=CaseState.RECEIVED,
        applicant_person=None if application.legal_person is not None else application.person,
        applicant_legal=application.legal_person,
        applicant_name=applicant.name,
        agent=application.agent,
        submitted_by_id=actor.user_id,
        contact_phone=application.contact_phone.strip(),
        address=application.address.strip(),
        subject=subject_of(edition, application.details),
        details=dict(application.details),
        delivery_method=application.delivery_method,
        declared_at=now,
        received_at=now,
    )
    if application.channel == CaseChannel.HALL:
        case.clerk_id = actor.user_id
    case.save(force_insert=True)
    _store_materials(case, application.materials, actor.user_id, now)
    ctx = Context(PROCESS, case, actor, SUBMIT.action, {}, now, key)
    _start_clock(ctx, case, today)
    searching.index_case(case)
    move_tasks(case, now)
    ctx.results["document"] = papers.issue(ctx, SUBMIT)
    entry = record(
        subject=case.pk,
        kind=f"{TABLE.name}.{SUBMIT.action}",
        actor=actor.user_id,
        body={"from": "", "to": case.state, "channel": case.channel, **PROCESS.event_body(ctx, SUBMIT)},
        key=key,
        at=now,
    )
    PROCESS.recorded(ctx, SUBMIT, entry)
    return case


def _check_files(application: Application) -> None:
    """No file goes into a case before it passed the check."""
    for material in application.materials:
        if fault := unclean_fault(material.files):
            raise BadInput(f"{material.requirement.name}：{fault}", field="materials", code="file_not_clean")


def _start_clock(ctx: Context, case: Case, today: dt.date) -> None:
    add_clock_event(case, str(SUBMIT.clock), ctx.now, act_id(ctx))
    narrow = CaseClock(
        case=case, department_id=case.department_id, state=case.state, acceptance_due_on=today, sort_on=today
    )
    case.clock = narrow
    clockwork.refresh(case, narrow, ctx.now)


def _store_materials(case: Case, given: Sequence[GivenMaterial], user_id: UUID, now: dt.datetime) -> None:
    by_requirement = {material.requirement.pk: material for material in given}
    for requirement in case.edition.materials.all():
        came = by_requirement.get(requirement.pk)
        material = CaseMaterial.objects.create(
            case=case,
            requirement=requirement,
            position=requirement.position,
            original_seen=came.original_seen if came is not None else False,
            originals_received=came.originals if came is not None else 0,
            copies_received=came.copies if came is not None else 0,
            not_applicable_reason=came.not_applicable_reason if came is not None and not came.files else "",
        )
        for file in came.files if came is not None else ():
            files.assign(file, OWNER_KIND, case.pk)
            CaseMaterialFile.objects.create(material=material, file=file, added_at=now, added_by_id=user_id)


@transaction.atomic
def receive_in_hall(
    *,
    key: UUID,
    actor: Actor,
    edition_id: UUID,
    contact_phone: str,
    delivery_method: str,
    declared: bool,
    person_id: UUID | None = None,
    legal_person_id: UUID | None = None,
    agent_id: UUID | None = None,
    situation_id: UUID | None = None,
    window_id: UUID | None = None,
    address: str = "",
    details: Mapping[str, Any] | None = None,
    materials: Sequence[Mapping[str, Any]] = (),
) -> Submitted:
    """Receive an application at a window, now. `materials`: {requirement, originals, copies, original_seen, files}.

    The same key twice makes one case. Raises NotFound, NotAllowed, BadInput.
    """
    _one_at_a_time(key)
    earlier = Act.objects.filter(key=key, action=SUBMIT.action, actor_id=actor.user_id).select_related("case").first()
    if earlier is not None:
        return Submitted(earlier.case, repeated=True)
    edition = ItemEdition.objects.select_related("department", "item").filter(pk=edition_id).first()
    if edition is None:
        raise NotFound("没有这个事项。")
    if not actor.grants.has_for(CasePermission.RECEIVE_CASE, edition.department_id):
        raise NotAllowed("您没有权限收这个部门的件。")
    if not declared:
        raise BadInput("请申请人确认材料真实（行政许可法第三十一条）。", field="declared", code="declaration_required")
    application = Application(
        edition=edition,
        situation=edition.situations.filter(pk=situation_id).first() if situation_id is not None else None,
        channel=CaseChannel.HALL,
        window=Window.objects.filter(pk=window_id).first() if window_id is not None else None,
        person=Person.objects.select_related("key").filter(pk=person_id).first() if person_id is not None else None,
        legal_person=LegalPerson.objects.select_related("representative__key").filter(pk=legal_person_id).first()
        if legal_person_id is not None
        else None,
        agent=Person.objects.filter(pk=agent_id).first() if agent_id is not None else None,
        contact_phone=contact_phone,
        address=address,
        details=details or {},
        delivery_method=delivery_method,
        materials=_given(edition, materials, actor),
    )
    case = create_case(application, actor=actor, key=key, now=clock.now())
    crashpoints.around_commit("submit")
    return Submitted(case, repeated=False)


def _given(edition: ItemEdition, rows: Sequence[Mapping[str, Any]], actor: Actor) -> list[GivenMaterial]:
    requirements = {str(requirement.pk): requirement for requirement in edition.materials.all()}
    given = []
    for row in rows:
        requirement = requirements.get(str(row.get("requirement")))
        if requirement is None:
            raise BadInput("材料不在本事项公布的清单里。", field="materials", code="material_unknown")
        counts = [row.get("originals") or 0, row.get("copies") or 0]
        if not all(isinstance(n, int) and 0 <= n <= 999 for n in counts):
            raise BadInput("份数应当是 0 到 999。", field="materials")
        wanted = list(row.get("files") or ())
        found = list(
            StoredFile.objects.filter(pk__in=wanted, uploaded_by_id=actor.user_id).exclude(owner_kind=OWNER_KIND)
        )
        if len(found) != len(set(map(str, wanted))):
            raise BadInput("没有找到上传的文件，请重新上传。", field="materials", code="file_unknown")
        given.append(
            GivenMaterial(requirement, found, counts[0], counts[1], original_seen=bool(row.get("original_seen")))
        )
    return given


def _one_at_a_time(key: UUID) -> None:
    """Two requests with one key wait for each other before either has a row that could be locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key.int >> 65])
