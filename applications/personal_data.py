"""The room of cases in the registry of personal data: copies, terms, restriction, erasure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from applications.answers import value_text
from applications.attachments import DRAFT_KIND, OWNER_KIND
from applications.models import Act, Case, Delivery, Draft
from applications.services import forgetting
from portal.clock import local_date
from portal.files import personal_data as files
from portal.privacy.masking import ERASED_TEXT
from portal.privacy.retention import Term
from portal.privacy.rights import Data, Room, register


def cases_under(key_id: UUID) -> QuerySet[Case]:
    """The cases whose applicant's data stands under the key, oldest first."""
    return Case.objects.filter(person_key=key_id, erased_at=None).order_by("received_at", "pk")


def _drafts_of(key_id: UUID) -> QuerySet[Draft]:
    mine = Draft.objects.filter(user__person__key=key_id, case=None)
    return mine.select_related("edition").order_by("saved_at", "pk")


def _export(key_id: UUID) -> Data:
    cases = cases_under(key_id).select_related("edition", "department", "person_key", "applicant_legal")
    return {
        "办件": [_case(case) for case in cases],
        "草稿": [
            {
                "事项": draft.edition.name,
                "联系电话": draft.contact_phone,
                "地址": draft.address,
                "申请内容": draft.details,
                "保存时间": draft.saved_at.isoformat(),
            }
            for draft in _drafts_of(key_id)
        ],
    }


def _case(case: Case) -> dict[str, Any]:
    answers = case.details
    return {
        "办件编号": case.number,
        "事项": case.edition.name,
        "承办部门": case.department.name,
        "申请人": case.applicant_name,
        "联系电话": case.contact_phone,
        "地址": case.address,
        "状态": case.get_state_display(),
        "收到时间": case.received_at.isoformat(),
        "决定时间": case.decided_at.isoformat() if case.decided_at is not None else None,
        "申请内容": {
            str(spec.get("label") or spec["name"]): value_text(spec, answers.get(str(spec["name"])))
            for spec in case.edition.form_fields
        },
        "办理过程": [{"时间": act.at.isoformat(), "动作": act.label} for act in case.acts.order_by("seq")],
        "材料": [
            {"材料": material.name, "文件": [given.file.name for given in material.files.all()]}
            for material in case.materials.select_related("requirement").prefetch_related("files__file")
        ],
    }


def _files(key_id: UUID) -> Iterator[tuple[str, bytes]]:
    for case in cases_under(key_id).only("pk", "number"):
        for name, content in files.copies(owner_kind=OWNER_KIND, owner_id=case.pk):
            yield f"{case.number}/{name}", content
    for draft in _drafts_of(key_id):
        for name, content in files.copies(owner_kind=DRAFT_KIND, owner_id=draft.pk):
            yield f"草稿/{name}", content


def _terms(key_id: UUID) -> list[Term]:
    found = []
    for case in cases_under(key_id).only("number", "decision", "closed_at"):
        if case.closed_at is not None:
            row = forgetting.retention_of(case)
            found.append(Term(row.kind, f"办件 {case.number}", row.until(local_date(case.closed_at))))
    return found


def _obstacles(key_id: UUID) -> list[str]:
    return [
        f"办件 {number} 还没有结束，请等它办结，或者先撤回。"
        for number in cases_under(key_id).filter(closed_at=None).values_list("number", flat=True)
    ]


def _erase(key_id: UUID) -> None:
    users = Q(user__person__key=key_id)
    for draft_id in list(Draft.objects.filter(users).values_list("pk", flat=True)):
        forgetting.forget_draft(draft_id)
    for case_id in list(cases_under(key_id).values_list("pk", flat=True)):
        forgetting.forget_case(case_id)
    # In the cases of others: where the person acted or received as their agent.
    Act.objects.filter(actor__person__key=key_id).update(actor_name=ERASED_TEXT)
    for delivery in Delivery.objects.filter(case__agent__key=key_id).select_related("case__agent"):
        agent = delivery.case.agent
        if agent is not None and delivery.recipient == agent.name:
            Delivery.objects.filter(pk=delivery.pk).update(recipient=ERASED_TEXT)


def register_all() -> None:
    """Called from AppConfig.ready()."""
    register(
        Room(
            "cases",
            "办件",
            _export,
            _erase,
            files=_files,
            terms=_terms,
            obstacles=_obstacles,
            restrict=forgetting.restrict_cases,
        )
    )
