"""A draft as its pages see it: the steps, what is still missing in each, and what a new edition changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from applications.attachments import unclean_fault
from applications.models import Delivery, Draft, DraftMaterial
from applications.services.checking import details_faults
from catalog.enumerations import MaterialForm, Necessity
from catalog.models import ItemEdition, MaterialRequirement, ServiceItem, Situation
from portal.accounts.models import LegalPerson, Mandate, Person
from portal.accounts.queries import mandates_of
from portal.privacy.identifiers import mobile_fault
from portal.web.dates import clock_time, day_text, moment_text
from portal.web.errors import Expired, NotFound
from portal.web.grants import Actor

STEPS: Final[dict[str, str]] = {
    "conditions": "确认条件",
    "applicant": "申请人",
    "details": "申请信息",
    "materials": "材料",
    "delivery": "领取方式",
    "check": "核对并提交",
}
ORDER: Final = tuple(STEPS)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is missing or wrong in a step: the sentence, and the id of the place on the step's page."""

    step: str
    sentence: str
    anchor: str = ""


@dataclass(slots=True)
class MaterialState:
    """One material of the edition in this draft."""

    requirement: MaterialRequirement
    files: list[DraftMaterial]
    not_applicable: bool
    reason: str = ""
    """What the applicant wrote why it is not for them."""
    errors: list[str] = field(default_factory=list)

    @property
    def is_conditional(self) -> bool:
        return self.requirement.necessity == Necessity.CONDITIONAL

    @property
    def on_paper(self) -> bool:
        return self.requirement.form == MaterialForm.PAPER

    @property
    def anchor(self) -> str:
        return f"material-{self.requirement.code}"

    @property
    def input_name(self) -> str:
        return f"file-{self.requirement.code}"

    @property
    def reason_name(self) -> str:
        return f"reason-{self.requirement.code}"

    @property
    def is_ready(self) -> bool:
        return bool(self.files) or self.not_applicable or self.on_paper

    @property
    def tag(self) -> tuple[str, str]:
        """Kind and word of the tag beside the name."""
        if any(given.file.is_refused for given in self.files):
            return "stop", "没有通过检查"
        if any(given.file.is_pending for given in self.files):
            return "wait", "正在检查"
        if self.files:
            return "ok", "已备"
        if self.not_applicable:
            return "neutral", "不适用"
        if self.on_paper:
            return "neutral", "到窗口交"
        if self.requirement.necessity == Necessity.DEFERRABLE:
            return "todo", "可以后补"
        return "todo", "没上传"

    @property
    def fault(self) -> str:
        """What keeps the application from being submitted, for this material."""
        if fault := unclean_fault([given.file for given in self.files]):
            return f"{self.requirement.name}：{fault}"
        if self.is_ready:
            return ""
        if self.requirement.is_required:
            return f"{self.requirement.name}：还没有上传。"
        if self.is_conditional:
            return f"{self.requirement.name}：请上传，或者勾选“不适用”。"
        return ""


@dataclass(slots=True)
class OpenDraft:
    """A draft with everything that its pages show (6 queries)."""

    draft: Draft
    person: Person | None
    materials: list[MaterialState]
    situations: Sequence[Situation]
    mandates: Sequence[Mandate]
    current: ItemEdition | None
    """The edition in force when it is another than the draft's, else None."""
    is_open: bool
    """Whether the item can be applied for today."""

    @property
    def edition(self) -> ItemEdition:
        return self.draft.edition

    @property
    def firms(self) -> list[LegalPerson]:
        """Whom the user may stand for in this item."""
        if not self.edition.serves_firms:
            return []
        found: dict[UUID, LegalPerson] = {}
        for mandate in self.mandates:
            if mandate.kind == Mandate.Kind.REPRESENTATIVE or not self.edition.in_person_required:
                found.setdefault(mandate.legal_person_id, mandate.legal_person)
        return list(found.values())

    def faults(self) -> list[Fault]:
        """Everything that keeps the draft from being submitted, in the order of the steps."""
        return [
            *self._condition_faults(),
            *self._applicant_faults(),
            *(
                Fault("details", sentence, f"id_{name}")
                for name, sentence in details_faults(self.edition, self.draft.details).items()
            ),
            *(Fault("materials", state.fault, state.anchor) for state in self.materials if state.fault),
            *self._delivery_faults(),
        ]

    def _condition_faults(self) -> list[Fault]:
        if "conditions" not in self.draft.steps_done:
            return [Fault("conditions", "请确认申请条件。")]
        if self.situations and self.draft.situation_id is None:
            return [Fault("conditions", "请选择情形。", "id_situation")]
        return []

    def _applicant_faults(self) -> list[Fault]:
        if "applicant" not in self.draft.steps_done:
            return [Fault("applicant", "请确认申请人和联系电话。", "id_who")]
        found = []
        legal = self.draft.legal_person
        if self.person is None:
            found.append(Fault("applicant", "请先填写您的身份信息。", "id_who"))
        elif legal is None and not self.edition.serves_persons:
            found.append(Fault("applicant", "这个事项由单位申请，请选择您代表的单位。", "id_who"))
        elif legal is not None and legal.pk not in {firm.pk for firm in self.firms}:
            found.append(Fault("applicant", f"您现在不能代表{legal.name}申请，请重新选择申请人。", "id_who"))
        fault = contact_phone_fault(self.draft.contact_phone)
        if fault:
            found.append(Fault("applicant", fault, "id_contact_phone"))
        return found

    def _delivery_faults(self) -> list[Fault]:
        if not self.draft.delivery_method:
            return [Fault("delivery", "请选择领取方式。", "id_delivery_method")]
        if self.draft.delivery_method == Delivery.Method.POST and not self.draft.address.strip():
            return [Fault("delivery", "邮寄要填写收件地址。", "id_address")]
        return []


def contact_phone_fault(number: str) -> str:
    """A mobile or a landline with its area code; "" when it is one."""
    number = number.strip()
    if not number:
        return "请填写联系电话。"
    digits = number.replace("-", "").replace(" ", "")
    if digits.startswith("0") and digits.isascii() and digits.isdigit():
        return "" if 10 <= len(digits) <= 12 else "座机要连区号一起填，例如 0349-0000123。"
    return mobile_fault(digits) or ""


def open_draft(actor: Actor, draft_id: UUID, now: dt.datetime, today: dt.date) -> OpenDraft:
    """The user's own draft, submitted or not. Raises NotFound for another's, Expired after its time."""
    draft = (
        Draft.objects.select_related(
            "user__person", "edition__item", "edition__department", "situation", "legal_person__representative", "case"
        )
        .filter(pk=draft_id, user_id=str(actor.user_id))
        .first()
    )
    if draft is None:
        raise NotFound("没有这份草稿。")
    if draft.case_id is None and draft.expires_at <= now:
        raise Expired("这份草稿超过了保留时间，请重新申请。")
    files: dict[UUID, list[DraftMaterial]] = defaultdict(list)
    for given in draft.materials.select_related("file").order_by("added_at", "pk"):
        files[given.requirement_id].append(given)
    edition = draft.edition
    materials = [
        MaterialState(
            requirement,
            files[requirement.pk],
            requirement.code in draft.not_applicable,
            str(draft.not_applicable_reasons.get(requirement.code, "")),
        )
        for requirement in edition.materials.order_by("position")
    ]
    current = _in_force(edition, today)
    return OpenDraft(
        draft=draft,
        person=draft.user.person,
        materials=materials,
        situations=list(edition.situations.order_by("position")),
        mandates=list(mandates_of(draft.user, today)),
        current=current if current is not None and current.pk != edition.pk else None,
        is_open=current is not None
        and current.by_application
        and edition.item.status == ServiceItem.Status.IN_FORCE,
    )


def _in_force(edition: ItemEdition, today: dt.date) -> ItemEdition | None:
    if edition.effective_from <= today and (edition.effective_until is None or today < edition.effective_until):
        return edition
    current: ItemEdition | None = edition.item.editions.in_force(today).order_by("-version").first()
    return current


def step_rows(opened: OpenDraft, current: str, urls: dict[str, str]) -> list[dict[str, Any]]:
    """The step list at the left: what is done, where one is, and where something has to be mended."""
    counts: dict[str, int] = defaultdict(int)
    for fault in opened.faults():
        counts[fault.step] += 1
    rows = []
    for step, label in STEPS.items():
        seen = step in opened.draft.steps_done
        wrong = counts[step] if seen else 0
        rows.append(
            {
                "label": label,
                "url": "" if step == current else urls[step],
                "state": "current" if step == current else "done" if seen and not wrong else "todo",
                "note": f"有 {wrong} 处要改" if wrong else "",
            }
        )
    return rows


def saved_text(draft: Draft, today: dt.date, saved_on: dt.date) -> str:
    """草稿 10:42 已保存，保留 30 天。"""
    when = clock_time(draft.saved_at) if saved_on == today else moment_text(draft.saved_at)
    return f"草稿 {when} 已保存，保留 {(draft.expires_at - draft.saved_at).days} 天。"


def edition_changes(old: ItemEdition, new: ItemEdition) -> list[str]:
    """What a new edition changed for the applicant, as sentences (up to 4 queries)."""
    changes = [*_material_changes(old, new), *_field_changes(old, new)]
    if old.conditions != new.conditions:
        changes.append("申请条件有变化，请重新确认。")
    if (old.promised_n, old.limit_unit) != (new.promised_n, new.limit_unit):
        told = f"{new.promised_n} {new.get_limit_unit_display()}" if new.promised_n else "当场办结"
        changes.append(f"承诺时限改为 {told}。")
    situations = [set(e.situations.values_list("name", flat=True)) for e in (old, new)]
    if situations[0] != situations[1]:
        changes.append("情形有变化，请重新选择。")
    return changes or [f"办事指南从{day_text(new.effective_from)}起用新版本，您填的内容不受影响。"]


def _material_changes(old: ItemEdition, new: ItemEdition) -> list[str]:
    before = {m.code: m for m in old.materials.order_by("position")}
    after = {m.code: m for m in new.materials.order_by("position")}
    changes = [f"新增材料：{m.name}。" for code, m in after.items() if code not in before]
    changes += [f"不再需要：{m.name}。" for code, m in before.items() if code not in after]
    for code, material in after.items():
        earlier = before.get(code)
        if earlier is None:
            continue
        if earlier.name != material.name:
            changes.append(f"“{earlier.name}”改为“{material.name}”。")
        elif (earlier.necessity, earlier.note) != (material.necessity, material.note):
            changes.append(f"“{material.name}”的要求有变化。")
    return changes


def _field_changes(old: ItemEdition, new: ItemEdition) -> list[str]:
    before = {str(f["name"]): str(f["label"]) for f in old.form_fields}
    after = {str(f["name"]): str(f["label"]) for f in new.form_fields}
    changes = [f"新增填写项：{label}。" for name, label in after.items() if name not in before]
    return changes + [f"不再填写：{label}。" for name, label in before.items() if name not in after]
