"""The content of a list as data: of published editions, of a draft in the making, and what is still wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from catalog.item_data import ItemData
from catalog.models import ItemEdition
from catalog.queries import with_everything
from catalog.rules import Fault, faults
from catalog.shape import Element, Kind, elements
from portal.organizations.models import Department

#: A draft in the making: the shape of ItemData, not yet complete.
Content = dict[str, Any]

#: Given when the change is verified; until then a draft is checked as if it had these.
_LATER: Final = {"number": None, "basic_code": ""}
#: By what a row is known in two editions (issue 4, part 2): a changed name with the same code is the same material.
ROW_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "materials": ("code",),
    "situations": ("code",),
    "flow": ("link",),
    "form_fields": ("name",),
    "extra_procedures": ("code",),
    "basis": ("law", "article"),
    "faq": ("q",),
}


def of_editions(ids: Iterable[UUID]) -> dict[UUID, ItemData]:
    """The content of editions by id, as it was published; seven queries for any number."""
    editions = ItemEdition.objects.filter(pk__in=list(ids)).select_related("item", "department").order_by("pk")
    return {edition.pk: _content(edition) for edition in with_everything(editions)}


def of_edition(edition_id: UUID) -> ItemData:
    """The content of one edition; raises KeyError when there is none."""
    return of_editions([edition_id])[edition_id]


def draft_of(item: ItemData) -> Content:
    """A draft that begins with what is published."""
    content: Content = item.model_dump(mode="json")
    return content


def blank(department: Department) -> Content:
    """A draft of a new item: what is usual is filled in already, the rest waits for the department."""
    content: Content = {name: _empty(element) for name, element in elements().items()}
    return content | {
        "department": department.number,
        "level": "3",
        "kind": "approval",
        "type": "01",
        "power_source": "法定本级行使",
        "quantity_limit": "无数量限制",
        "handling": "promised",
        "correction_days": 15,
        "online_depth": "1",
        "publicity": "full",
        "exercise": "application",
        "hours": "工作日 9:00–12:00，13:30–17:30",
        "flow": [
            {"link": link, "name": name, "role": role, "office": office, "limit": None, "note": ""}
            for link, name, role, office in (
                ("receive", "受理", "窗口受理人员", f"{department.short_name}窗口"),
                ("review", "审核", "审核人", "行政审批服务办公室"),
                ("approve", "审批", "批准人", "行政审批服务办公室"),
                ("conclude", "办结", "窗口受理人员", f"{department.short_name}窗口"),
            )
        ],
    }


def validated(content: Content) -> ItemData:
    """The item that a complete draft describes. Raises pydantic.ValidationError."""
    return ItemData.model_validate(content)


def faults_of(content: Content) -> list[Fault]:
    """What keeps a draft from being published: elements that are missing or malformed, else the rules between them."""
    filled = dict(content)
    for name, value in _LATER.items():
        filled[name] = filled.get(name) or value
    if not filled["basic_code"]:
        filled["basic_code"] = f"14{filled.get('type') or '00'}00000000"
    try:
        item = validated(filled)
    except ValidationError as error:
        return [_fault(each, filled) for each in error.errors(include_url=False)]
    return faults(item)


def place_of(name: str, row: Mapping[str, Any], index: int) -> str:
    """How a fault, a remark and a difference name a row: by its code where it has one, else by its number from 1."""
    keys = ROW_KEYS.get(name, ())
    if len(keys) == 1 and keys[0] != "q" and row.get(keys[0]):
        return f"{name}.{row[keys[0]]}"
    return f"{name}.{index + 1}"


def title_of(place: str) -> str:
    """A place in words: `materials.M03.name` is 申请材料 M03，材料名称."""
    first, *rest = place.split(".")
    element = elements().get(first)
    if element is None:
        return place
    words = element.title
    for step in rest:
        part = next((each for each in element.parts if each.name == step), None)
        words += f"，{part.title}" if part is not None else f" {step}"
    return words


def _empty(element: Element) -> Any:
    match element.kind:
        case Kind.GROUP:
            return {part.name: _empty(part) for part in element.parts}
        case Kind.ROWS | Kind.LINES | Kind.CHOICES:
            return []
        case Kind.YES_NO:
            return False
        case Kind.NUMBER:
            return None if element.required and element.name not in ("count", "max") else 0
        case Kind.LIMIT:
            return None
    return ""


def _fault(error: Any, content: Content) -> Fault:
    """A fault of the schema, in Chinese and at its place."""
    names = [str(part) for part in error["loc"]]
    place = names[0]
    element = elements().get(place)
    rows = content.get(place)
    if len(names) > 1 and isinstance(rows, list) and names[1].isdigit() and element and element.kind is Kind.ROWS:
        row = rows[int(names[1])]
        place = place_of(place, row if isinstance(row, Mapping) else {}, int(names[1]))
        names = ["", "", *names[2:]]
        place = ".".join([place, *names[2:3]])
    elif element and element.kind is Kind.GROUP:
        place = ".".join(names[:2])
    title = title_of(place)
    match error["type"]:
        case "missing" | "string_too_short" | "int_type" | "bool_type":
            return Fault(place, "2.2", f"请填写{title}")
        case "literal_error":
            return Fault(place, "2.2", f"请选择{title}")
        case "string_too_long":
            return Fault(place, "2.2", f"{title}太长，最多 {error['ctx']['max_length']} 个字")
        case "string_pattern_mismatch":
            return Fault(place, "2.2", f"{title}的格式不对")
        case "greater_than_equal":
            return Fault(place, "2.2", f"{title}不能小于 {error['ctx']['ge']}")
    return Fault(place, "2.2", f"{title}填写不正确")


def _limit(n: int | None, unit: str) -> dict[str, Any] | None:
    return {"n": n, "unit": unit} if n is not None else None


def _content(edition: ItemEdition) -> ItemData:
    plain = (
        "name", "kind", "type", "level", "exercise", "power_source", "authority", "service_objects", "themes_person",
        "themes_firm", "handling", "conditions", "exclusions", "quantity_limit", "correction_days",
        "special_procedures", "extra_procedures", "channels", "online_depth", "in_person_required", "place", "hours",
        "consultation_phone", "supervision_phone", "complaint_note", "form_fields", "application_subject", "faq",
        "sample", "keywords", "renewal_note", "publicity", "demo_fields",
    )  # fmt: skip
    return ItemData.model_validate(
        {name: getattr(edition, name) for name in plain}
        | {
            "number": edition.item.number,
            "basic_code": edition.item.basic_code,
            "department": edition.department.number,
            "co_departments": [department.number for department in edition.co_departments.all()],
            "situations": [
                {
                    "code": row.code,
                    "name": row.name,
                    "statutory": _limit(row.statutory_n, row.limit_unit),
                    "promised": _limit(row.promised_n, row.limit_unit),
                }
                for row in edition.situations.all()
            ],
            "limits": {
                "statutory": _limit(edition.statutory_n, edition.limit_unit),
                "practice": edition.limit_by_practice,
                "statutory_reason": edition.statutory_reason,
                "promised": _limit(edition.promised_n, edition.limit_unit),
                "note": edition.limit_note,
            },
            "extension": {"allowed": edition.extension_allowed, "max": edition.extension_max},
            "basis": [
                {name: getattr(row, name) for name in ("law", "article", "rank", "text")} for row in edition.bases.all()
            ],
            "materials": [
                {
                    name: getattr(row, name)
                    for name in (
                        "code", "name", "source", "issuer", "necessity", "condition", "form", "originals", "copies",
                        "note", "acceptance_standard", "basis", "blank_form",
                    )
                }
                for row in edition.materials.all()
            ],
            "flow": [
                {
                    "link": row.link,
                    "name": row.name,
                    "role": row.role,
                    "office": row.office,
                    "limit": _limit(row.limit_n, row.limit_unit),
                    "note": row.note,
                }
                for row in edition.links.all()
            ],
            "fee": {
                "charged": edition.fee_charged,
                "name": edition.fee_name,
                "standard": edition.fee_standard,
                "basis": edition.fee_basis,
                "basis_rank": edition.fee_basis_rank,
                "online_payment": edition.online_payment,
            },
            "result": {
                "name": edition.result_name,
                "type": edition.result_type,
                "validity": edition.result_validity,
                "sample": edition.result_sample,
            },
            "visits": {"count": edition.visits, "reason": edition.visits_reason},
        }
    )  # fmt: skip
