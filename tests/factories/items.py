"""Published items with their editions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from catalog.enumerations import CasePublicity, Handling, LimitUnit
from catalog.models import FlowLink, ItemEdition, LegalBasis, MaterialRequirement, ServiceItem, Situation
from portal import clock
from portal.organizations.models import Department
from tests.factories.people import START, department, numbers


def item(
    of: Department | None = None,
    *,
    promised: int | None = 10,
    statutory: int | None = 20,
    unit: str = LimitUnit.WORKDAY,
    immediate: bool = False,
    situations: Iterable[tuple[str, int | None, int | None, str]] = (),
    materials: Iterable[str] = ("required", "required", "conditional", "deferrable"),
    **traits: Any,
) -> ItemEdition:
    """A published item with its edition, four links, a basis and materials of the given necessities."""
    n = next(numbers)
    of = of or department()
    code = f"1401{n:08d}"
    service = ServiceItem.objects.create(
        basic_code=code, implementation_code=f"{of.uscc}3{code}"[:31], department=of, created_at=clock.now()
    )
    edition = ItemEdition.objects.create(
        **{
            "item": service,
            "version": 1,
            "effective_from": START,
            "published_at": clock.now(),
            "digest": f"{n:064d}",
            "name": f"演示许可{n}",
            "department": of,
            "kind": "approval",
            "type": "01",
            "level": "3",
            "power_source": "法定本级行使",
            "service_objects": ["1", "2"],
            "handling": Handling.IMMEDIATE if immediate else Handling.PROMISED,
            "conditions": ["符合条件"],
            "quantity_limit": "无",
            "promised_n": None if immediate else promised,
            "statutory_n": statutory,
            "limit_unit": unit,
            "extension_allowed": not immediate and unit == LimitUnit.WORKDAY,
            "extension_max": 10 if not immediate and unit == LimitUnit.WORKDAY else 0,
            "special_procedures": ["inspection", "expert_review"],
            "extra_procedures": [],
            "result_name": "演示许可证",
            "result_type": "license",
            "result_validity": "5年",
            "channels": ["1", "2"],
            "online_depth": "4",
            "place": "朔州市政务大厅",
            "hours": "工作日",
            "consultation_phone": "0349-0000123",
            "supervision_phone": "0349-0000110",
            "form_fields": [{"name": "scope", "label": "经营项目", "type": "text", "required": True, "max_length": 50}],
            "application_subject": "经营项目",
            "publicity": CasePublicity.MASKED,
        }
        | traits
    )
    LegalBasis.objects.create(edition=edition, position=1, law="演示法", article="第一条", rank="law")
    for position, (link, name) in enumerate(
        (("receive", "受理"), ("review", "审核"), ("approve", "审批"), ("conclude", "办结")), start=1
    ):
        FlowLink.objects.create(
            edition=edition, position=position, link=link, name=name, role="演示岗位", office="审批办", limit_n=None
        )
    for position, necessity in enumerate(materials, start=1):
        MaterialRequirement.objects.create(
            edition=edition,
            position=position,
            code=f"M{position:02d}",
            name=f"材料{position}",
            source="applicant",
            issuer="申请人",
            necessity=necessity,
            condition="需要时" if necessity == "conditional" else "",
            form="both",
            originals=1,
        )
    for position, (name, n_promised, n_statutory, n_unit) in enumerate(situations, start=1):
        Situation.objects.create(
            edition=edition,
            code=chr(64 + position),
            position=position,
            name=name,
            promised_n=n_promised,
            statutory_n=n_statutory,
            limit_unit=n_unit,
        )
    return edition
