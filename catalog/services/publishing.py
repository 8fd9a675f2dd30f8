"""Publishing editions from data files: validated, idempotent, a changed file makes a new edition."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Max, Q

from catalog.item_data import ItemData, LimitData
from catalog.item_files import DATA, ItemRefused, digest_of, read_item
from catalog.models import (
    FlowLink,
    ItemChange,
    ItemEdition,
    LegalBasis,
    MaterialRequirement,
    ServiceItem,
    Situation,
)
from catalog.services.indexing import index_item
from portal import clock
from portal.ledger.services import record
from portal.organizations.models import Department
from portal.web.errors import BadInput


@dataclass(frozen=True)
class Loaded:
    """What a load did: numbers of items made, of new editions, and of files without change."""

    created: int
    renewed: int
    unchanged: int


def load_items(directory: Path = DATA / "items", *, first_effective_from: dt.date) -> Loaded:
    """Bring the catalogue to what the files say; running it twice changes nothing.

    Raises:
        ItemRefused: nothing at all is loaded when one file is wrong.
    """
    items = [read_item(path) for path in sorted(directory.glob("*.yaml"))]
    _refuse_repeated_codes(items)
    departments = {d.number: d for d in Department.objects.all()}
    counts = {"created": 0, "renewed": 0, "unchanged": 0}
    with transaction.atomic():
        for item in items:
            counts[_publish(item, departments, first_effective_from)] += 1
    return Loaded(**counts)


def _refuse_repeated_codes(items: list[ItemData]) -> None:
    for attribute in ("basic_code", "number", "name"):
        values = [getattr(item, attribute) for item in items if getattr(item, attribute) is not None]
        repeated = sorted({str(v) for v in values if values.count(v) > 1})
        if repeated:
            raise ItemRefused(f"{attribute} 重复：{'、'.join(repeated)}", code="item_repeated")


def _publish(data: ItemData, departments: dict[str, Department], first_effective_from: dt.date) -> str:
    for number in (data.department, *data.co_departments):
        if number not in departments:
            raise ItemRefused(f"{data.name}：没有编号 {number} 的部门", code="item_department")
    department = departments[data.department]
    digest = digest_of(data)
    now = clock.now()
    item = ServiceItem.objects.select_for_update().filter(basic_code=data.basic_code).first()
    outcome = "renewed"
    if item is None:
        item = ServiceItem.objects.create(
            number=data.number,
            basic_code=data.basic_code,
            implementation_code=f"{department.uscc}{data.level}{data.basic_code}",
            department=department,
            created_at=now,
        )
        outcome = "created"
    decided = ItemChange.objects.filter(published_at__isnull=False).filter(Q(item=item) | Q(merged__item=item))
    if decided.exists():
        return "unchanged"  # since then the city's own decisions say what the list is, not the files
    current = item.editions.filter(effective_until=None).first()
    if current is not None and current.digest == digest:
        return "unchanged"
    effective_from = first_effective_from if current is None else clock.today()
    edition = publish_edition(data, item=item, effective_from=effective_from)
    index_item(item=item, edition=edition)
    record(
        subject=item.pk,
        kind="item.published",
        actor=None,
        body={
            "edition": str(edition.pk),
            "version": edition.version,
            "effective_from": effective_from.isoformat(),
            "digest": digest,
        },
    )
    return outcome


def publish_edition(data: ItemData, *, item: ServiceItem, effective_from: dt.date) -> ItemEdition:
    """Add an edition that is in force from a day on; the one before it ends on that day. In the caller's transaction.

    Raises BadInput when an edition begins later than that.
    """
    numbers = [data.department, *data.co_departments]
    departments = {each.number: each for each in Department.objects.filter(number__in=numbers).order_by("number")}
    current = item.editions.select_for_update().filter(effective_until=None).first()
    version = (item.editions.aggregate(last=Max("version"))["last"] or 0) + 1
    if current is not None:
        if effective_from < current.effective_from:
            raise BadInput("这个事项还有没生效的版本，生效日期不能早于它。", field="effective_on")
        current.effective_until = effective_from
        current.save(update_fields=["effective_until"])
    edition = _create_edition(data, item, departments[data.department], version, effective_from, digest_of(data))
    edition.co_departments.set([departments[number] for number in data.co_departments])
    return edition


def _n(limit: LimitData | None) -> int | None:
    return limit.n if limit else None


def _unit(*limits: LimitData | None) -> str:
    return next((limit.unit for limit in limits if limit), "workday")


def _create_edition(
    data: ItemData,
    item: ServiceItem,
    department: Department,
    version: int,
    effective_from: dt.date,
    digest: str,
) -> ItemEdition:
    limits = data.limits
    edition = ItemEdition.objects.create(
        item=item,
        version=version,
        effective_from=effective_from,
        published_at=clock.now(),
        digest=digest,
        name=data.name,
        department=department,
        kind=data.kind,
        type=data.type,
        level=data.level,
        exercise=data.exercise,
        power_source=data.power_source,
        authority=data.authority,
        service_objects=list(data.service_objects),
        themes_person=list(data.themes_person),
        themes_firm=list(data.themes_firm),
        handling=data.handling,
        conditions=list(data.conditions),
        exclusions=list(data.exclusions),
        quantity_limit=data.quantity_limit,
        promised_n=_n(limits.promised),
        statutory_n=_n(limits.statutory),
        limit_unit=_unit(limits.promised, limits.statutory),
        limit_by_practice=limits.practice,
        statutory_reason=limits.statutory_reason,
        limit_note=limits.note,
        extension_allowed=data.extension.allowed,
        extension_max=data.extension.max,
        correction_days=data.correction_days,
        special_procedures=list(data.special_procedures),
        extra_procedures=[p.model_dump() for p in data.extra_procedures],
        fee_charged=data.fee.charged,
        fee_name=data.fee.name,
        fee_standard=data.fee.standard,
        fee_basis=data.fee.basis,
        fee_basis_rank=data.fee.basis_rank,
        online_payment=data.fee.online_payment,
        result_name=data.result.name,
        result_type=data.result.type,
        result_validity=data.result.validity,
        result_sample=data.result.sample,
        visits=data.visits.count,
        visits_reason=data.visits.reason,
        channels=list(data.channels),
        online_depth=data.online_depth,
        in_person_required=data.in_person_required,
        place=data.place,
        hours=data.hours,
        consultation_phone=data.consultation_phone,
        supervision_phone=data.supervision_phone,
        complaint_note=data.complaint_note,
        form_fields=[f.model_dump(mode="json") for f in data.form_fields],
        application_subject=data.application_subject,
        faq=[q.model_dump() for q in data.faq],
        sample=data.sample,
        keywords=list(data.keywords),
        renewal_note=data.renewal_note,
        publicity=data.publicity,
        demo_fields=list(data.demo_fields),
    )
    Situation.objects.bulk_create(
        Situation(
            edition=edition,
            code=s.code,
            position=i,
            name=s.name,
            promised_n=_n(s.promised),
            statutory_n=_n(s.statutory),
            limit_unit=_unit(s.promised, s.statutory),
        )
        for i, s in enumerate(data.situations, 1)
    )
    LegalBasis.objects.bulk_create(
        LegalBasis(edition=edition, position=i, **b.model_dump()) for i, b in enumerate(data.basis, 1)
    )
    MaterialRequirement.objects.bulk_create(
        MaterialRequirement(edition=edition, position=i, **m.model_dump()) for i, m in enumerate(data.materials, 1)
    )
    FlowLink.objects.bulk_create(
        FlowLink(
            edition=edition,
            position=i,
            link=link.link,
            name=link.name,
            role=link.role,
            office=link.office,
            limit_n=_n(link.limit),
            limit_unit=_unit(link.limit),
            note=link.note,
        )
        for i, link in enumerate(data.flow, 1)
    )
    return edition
