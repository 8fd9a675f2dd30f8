"""Drafts of online applications, and how one becomes a case."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from applications.attachments import DRAFT_KIND
from applications.identity import tell_whom_the_name_belongs_to
from applications.models import Draft, DraftMaterial
from applications.people import may_act_for
from applications.services.checking import check_edition, edition_materials
from applications.services.submission import Application, GivenMaterial, Submitted, create_case
from applications.states import CaseChannel
from catalog.enumerations import Necessity
from catalog.models import ItemEdition, MaterialRequirement
from portal import clock, crashpoints
from portal.accounts.models import User
from portal.files import services as files
from portal.files.models import StoredFile
from portal.web.errors import BadInput, NotAllowed, NotFound, WrongState
from portal.web.grants import Actor

KEPT: Final = dt.timedelta(days=30)
#: What a step of the form may change.
EDITABLE: Final = frozenset(
    {"legal_person", "situation", "contact_phone", "address", "details", "delivery_method"}
    | {"not_applicable", "not_applicable_reasons"}
)
MAX_REASON: Final = 300
STEPS: Final = ("conditions", "applicant", "details", "materials", "delivery", "check")


@transaction.atomic
def begin_draft(*, edition: ItemEdition, actor: Actor) -> Draft:
    """Start an application; an open draft of the same item is taken up again. Raises NotAllowed, WrongState."""
    user = _citizen(actor)
    now = clock.now()
    check_edition(edition, clock.local_date(now))
    found = (
        Draft.objects.filter(user=user, edition__item=edition.item_id, case=None, expires_at__gt=now)
        .order_by("-saved_at")
        .first()
    )
    if found is not None:
        return found
    return Draft.objects.create(
        user=user,
        edition=edition,
        contact_phone=user.phone or (user.person.phone if user.person is not None else ""),
        created_at=now,
        saved_at=now,
        expires_at=now + KEPT,
    )


@transaction.atomic
def save_draft(*, draft_id: UUID, actor: Actor, step: str, **fields: Any) -> Draft:
    """Store what one step of the form holds, as it is; nothing is lost before everything is right.

    `details` are merged. Raises NotFound, WrongState when it was submitted, NotAllowed for a firm without mandate.
    """
    draft = open_own_draft(draft_id, actor)
    if step not in STEPS:
        raise BadInput("没有这个步骤。", field="step")
    for name, value in fields.items():
        if name not in EDITABLE:
            raise BadInput("申请表没有这一项。", field=name)
        if name == "details":
            value = {**draft.details, **value}
        if name == "legal_person" and value is not None:
            _check_mandate(draft.user, value.pk)
        setattr(draft, name, value)
    if step not in draft.steps_done:
        draft.steps_done = [*draft.steps_done, step]
    draft.saved_at = clock.now()
    draft.expires_at = draft.saved_at + KEPT
    draft.save()
    return draft


@transaction.atomic
def attach_to_draft(*, draft_id: UUID, requirement_id: UUID, file: StoredFile, actor: Actor) -> DraftMaterial:
    """Put an uploaded file under a material of the draft's edition. Raises NotFound, WrongState, FileRefused."""
    draft = open_own_draft(draft_id, actor)
    requirement = draft.edition.materials.filter(pk=requirement_id).first()
    if requirement is None or file.uploaded_by_id != draft.user_id:
        raise NotFound("没有这份材料。")
    same = draft.materials.filter(requirement=requirement, file__original_sha256=file.original_sha256).first()
    if same is not None:  # the same content twice under one material (a page sent again) is once
        return same
    # Under the draft's lock: several uploads at once are counted one after the other.
    files.check_count(
        of_material=draft.materials.filter(requirement=requirement).count(), of_case=draft.materials.count()
    )
    files.assign(file, DRAFT_KIND, draft.pk)
    return DraftMaterial.objects.create(draft=draft, requirement=requirement, file=file, added_at=clock.now())


@transaction.atomic
def detach_from_draft(*, draft_id: UUID, material_id: UUID, actor: Actor) -> None:
    """Take a file out of the draft again."""
    draft = open_own_draft(draft_id, actor)
    if not draft.materials.filter(pk=material_id).delete()[0]:
        raise NotFound("没有这个文件。")


@transaction.atomic
def discard_draft(*, draft_id: UUID, actor: Actor) -> None:
    """Throw a draft away because the citizen says so."""
    open_own_draft(draft_id, actor).delete()


@transaction.atomic
def follow_edition(*, draft_id: UUID, actor: Actor) -> Draft:
    """Bring a draft to the edition in force: materials of the same code stay; `edition_changed_from` is the old one."""
    draft = open_own_draft(draft_id, actor)
    current = draft.edition.item.editions.in_force(clock.today()).first()
    if current is None:
        raise WrongState("这个事项现在不能申请。", code="item_not_open")
    if current.pk == draft.edition_id:
        return draft
    by_code = {requirement.code: requirement for requirement in edition_materials(current)}
    for material in draft.materials.select_related("requirement"):
        same = by_code.get(material.requirement.code)
        if same is None:
            material.delete()
        else:
            material.requirement = same
            material.save(update_fields=["requirement"])
    draft.not_applicable = [code for code in draft.not_applicable if code in by_code]
    draft.not_applicable_reasons = {
        code: reason for code, reason in draft.not_applicable_reasons.items() if code in by_code
    }
    names = {str(field["name"]) for field in current.form_fields}
    draft.details = {name: value for name, value in draft.details.items() if name in names}
    if draft.situation is not None:
        draft.situation = current.situations.filter(code=draft.situation.code).first()
    draft.edition_changed_from = draft.edition.version
    draft.edition = current
    draft.steps_done = []
    draft.saved_at = clock.now()
    draft.save()
    return draft


@transaction.atomic
def submit_draft(*, draft_id: UUID, actor: Actor, declared: bool) -> Submitted:
    """Submit a draft: received now. The second click finds the case of the first.

    Raises NotFound, NotAllowed, BadInput (declaration APP-6, missing materials), WrongState (a newer edition).
    """
    user = _citizen(actor)
    # No joins under the lock: they would show the draft as it was before the first click committed.
    draft = Draft.objects.select_for_update().filter(pk=draft_id, user=user).first()
    if draft is None:
        raise NotFound("没有这份草稿。")
    if draft.case is not None:
        return Submitted(draft.case, repeated=True)
    if not declared:
        raise BadInput("请确认材料真实（行政许可法第三十一条）。", field="declared", code="declaration_required")
    person, legal = user.person, draft.legal_person
    if person is None:
        raise BadInput("请先填写您的身份信息。", field="applicant", code="person_required")
    if legal is not None:
        _check_mandate(user, legal.pk)
    given: dict[UUID, list[StoredFile]] = {}
    for material in draft.materials.select_related("file"):
        given.setdefault(material.requirement_id, []).append(material.file)
    application = Application(
        edition=draft.edition,
        situation=draft.situation,
        channel=CaseChannel.ONLINE,
        person=person,
        legal_person=legal,
        agent=person if legal is not None and legal.representative_id != person.pk else None,
        contact_phone=draft.contact_phone,
        address=draft.address,
        details=draft.details,
        delivery_method=draft.delivery_method,
        materials=[
            GivenMaterial(
                requirement,
                given.get(requirement.pk, ()),
                not_applicable_reason=not_applicable_reason(draft, requirement),
            )
            for requirement in edition_materials(draft.edition)
        ],
    )
    now = clock.now()
    draft.case = create_case(application, actor=actor, key=draft.submit_key, now=now)
    draft.saved_at = now
    draft.save(update_fields=["case", "saved_at"])
    tell_whom_the_name_belongs_to(draft.case)
    crashpoints.around_commit("submit")
    return Submitted(draft.case, repeated=False)


def not_applicable_reason(draft: Draft, requirement: MaterialRequirement) -> str:
    """Why the applicant says that a conditional material is not for them; "" when they do not say so."""
    if requirement.necessity != Necessity.CONDITIONAL or requirement.code not in draft.not_applicable:
        return ""
    written = str(draft.not_applicable_reasons.get(requirement.code, "")).strip()
    if written:
        return written[:MAX_REASON]
    return f"不属于这种情况：{requirement.condition}"[:MAX_REASON] if requirement.condition else "不属于这种情况"


def _citizen(actor: Actor) -> User:
    """The acting user; staff accounts never apply (design.md section 6)."""
    if actor.user_id is None:
        raise NotAllowed("请先登录。")
    user = User.objects.select_related("person__key").filter(pk=actor.user_id).first()
    if user is None:
        raise NotAllowed("请先登录。")
    if hasattr(user, "staff"):
        raise NotAllowed("工作人员账号不能申请办事，请用个人账号。", code="staff_never_apply")
    return user


def _check_mandate(user: User, legal_person_id: UUID) -> None:
    if user.person_id is None or not may_act_for(user.person_id, legal_person_id, clock.today()):
        raise NotAllowed("您没有代表这个单位办事的授权。", code="mandate_missing")


def open_own_draft(draft_id: UUID, actor: Actor) -> Draft:
    """The citizen's own draft that is not submitted, locked. Raises NotFound, WrongState."""
    draft = Draft.objects.select_for_update().filter(pk=draft_id, user=_citizen(actor)).first()
    if draft is None:
        raise NotFound("没有这份草稿。")
    if draft.case_id is not None:
        raise WrongState("这份申请已经提交。", code="draft_submitted")
    return draft
