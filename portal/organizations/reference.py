"""Loads portal/organizations/data: every fault is named with file, place and rule; loading twice changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from django.db import models, transaction

from portal.organizations.models import Department, Hall, OpeningHours, Region, Succession, Window
from portal.privacy.identifiers import credit_code_fault
from portal.search.text import pinyin_key
from portal.web import yaml_files
from portal.web.errors import BadInput

FOLDER: Final = Path(__file__).parent / "data"
#: The organisation of the plan of 2015 is shown from here on; earlier history is not kept.
BEGINNING: Final = dt.date(2010, 1, 1)

_Row = TypeVar("_Row", bound=models.Model)


class _Entry:
    """One entry of a file; reads typed values and names the place of a fault."""

    def __init__(self, file: str, place: str, data: Any) -> None:
        self.file, self.place, self.data = file, place, data
        if not isinstance(data, Mapping):
            raise self.fault("应是一组键和值")

    def fault(self, sentence: str) -> BadInput:
        return BadInput(f"{self.file} {self.place}：{sentence}", code="reference_wrong")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.data.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.fault(f"{key} 应是文字")
        return value.strip()

    def day(self, key: str) -> dt.date:
        value = self.data.get(key)
        # YAML 1.1 reads a bare `on` as the truth value.
        if value is None and key == "on":
            value = self.data.get(True)
        if not isinstance(value, dt.date):
            raise self.fault(f"{key} 应是日期（年-月-日）")
        return value

    def optional_day(self, key: str) -> dt.date | None:
        return self.day(key) if key in self.data else None

    def entries(self, key: str) -> Iterator[_Entry]:
        rows = self.data.get(key, [])
        if not isinstance(rows, list):
            raise self.fault(f"{key} 应是列表")
        for position, row in enumerate(rows, 1):
            yield _Entry(self.file, f"{self.place} {key} 第 {position} 条".strip(), row)


def read(folder: Path, name: str) -> _Entry:
    """A file of the folder; raises BadInput when it cannot be read."""
    try:
        data = yaml_files.read(folder / name)
    except (OSError, yaml.YAMLError) as error:
        raise BadInput(f"{name}：不能读取（{error}）", code="reference_wrong") from error
    return _Entry(name, "", data)


@transaction.atomic
def load(folder: Path = FOLDER) -> str:
    """Bring regions, departments with what they became, halls and windows to the files."""
    regions = _load_regions(read(folder, "regions.yaml"))
    departments = _load_departments(read(folder, "departments.yaml"), regions["140600"])
    windows = _load_halls(read(folder, "halls.yaml"), regions, departments)
    return f"区划 {len(regions)} 个，部门 {len(departments)} 个，窗口 {windows} 个"


def _load_regions(file: _Entry) -> dict[str, Region]:
    found: dict[str, Region] = {}
    for entry in file.entries("regions"):
        code = entry.text("code")
        if len(code) != 6 or not code.isdigit():
            raise entry.fault("区划代码应是 6 位数字")
        if code in found:
            raise entry.fault(f"区划代码 {code} 重复")
        if (kind := entry.text("kind")) not in Region.Kind.values:
            raise entry.fault(f"类别 {kind} 不存在")
        parent = None
        if "parent" in entry.data:
            parent = found.get(entry.text("parent"))
            if parent is None:
                raise entry.fault("上级区划要写在前面")
        start, end = _period(entry)
        values = {"name": entry.text("name"), "kind": kind, "parent": parent, "valid_until": end}
        found[code] = _bring(Region, {"code": code, "valid_from": start}, **values)
    if "140600" not in found:
        raise file.fault("没有本市的区划代码 140600")
    return found


def _load_departments(file: _Entry, city: Region) -> dict[str, Department]:
    found: dict[str, Department] = {}
    codes: set[str] = set()
    for entry in file.entries("departments"):
        number, name, uscc = entry.text("number"), entry.text("name"), entry.text("uscc")
        if len(number) != 3 or not number.isdigit():
            raise entry.fault("部门编号应是 3 位数字")
        if number in found:
            raise entry.fault(f"部门编号 {number} 重复")
        if fault := credit_code_fault(uscc):
            raise entry.fault(f"{name}：{fault}")
        if uscc in codes:
            raise entry.fault(f"统一社会信用代码 {uscc} 重复")
        codes.add(uscc)
        kind = entry.text("kind", Department.Kind.DEPARTMENT.value)
        if kind not in Department.Kind.values:
            raise entry.fault(f"类别 {kind} 不存在")
        approving = entry.data.get("approving")
        if not isinstance(approving, bool):
            raise entry.fault("approving 应是 true 或 false")
        became = [(row.text("name"), row.day("on"), row.text("note", "")) for row in entry.entries("became")]
        # Who goes on under the same name does not end; it only gave work away.
        ends = None if any(new == name for new, _, _ in became) else min((day for _, day, _ in became), default=None)
        start = entry.optional_day("from") or BEGINNING
        end = entry.optional_day("until") or ends
        if end is not None and end <= start:
            raise entry.fault("停用日期要晚于启用日期")
        department = _bring(
            Department,
            {"number": number},
            name=name,
            short_name=entry.text("short_name"),
            kind=kind,
            uscc=uscc,
            approving=approving,
            phone=entry.text("phone", ""),
            address=entry.text("address", ""),
            region=city,
            valid_from=start,
            valid_until=end,
            pinyin=pinyin_key(name),
        )
        for successor, day, note in became:
            _bring(Succession, {"predecessor": department, "successor_name": successor}, effective_on=day, note=note)
        found[number] = department
    return found


def _load_halls(file: _Entry, regions: Mapping[str, Region], departments: Mapping[str, Department]) -> int:
    count = 0
    for entry in file.entries("halls"):
        region = regions.get(entry.text("region"))
        if region is None:
            raise entry.fault("区划代码不存在")
        hall = _bring(
            Hall,
            {"code": entry.text("code")},
            name=entry.text("name"),
            region=region,
            address=entry.text("address"),
            phone=entry.text("phone"),
        )
        spans = [(_time(row, "opens"), _time(row, "closes")) for row in entry.entries("hours")]
        if any(opens >= closes for opens, closes in spans):
            raise entry.fault("关门时间要晚于开门时间")
        OpeningHours.objects.filter(hall=hall).exclude(opens__in=[opens for opens, _ in spans]).delete()
        for opens, closes in spans:
            _bring(OpeningHours, {"hall": hall, "opens": opens}, closes=closes)
        for row in entry.entries("windows"):
            department = None
            if "department" in row.data:
                department = departments.get(row.text("department"))
                if department is None:
                    raise row.fault("部门编号不存在")
            floor = row.data.get("floor", 1)
            if not isinstance(floor, int) or not 1 <= floor <= 99:
                raise row.fault("楼层应是 1 到 99 的数字")
            window = Window.objects.filter(hall=hall, code=row.text("code")).first()
            start = window.valid_from if window is not None else row.optional_day("from") or BEGINNING
            _bring(
                Window,
                {"hall": hall, "code": row.text("code")},
                name=row.text("name"),
                department=department,
                floor=floor,
                valid_from=start,
            )
            count += 1
    return count


def _period(entry: _Entry) -> tuple[dt.date, dt.date | None]:
    start, end = entry.day("from"), entry.optional_day("until")
    if end is not None and end <= start:
        raise entry.fault("停用日期要晚于启用日期")
    return start, end


def _time(entry: _Entry, key: str) -> dt.time:
    try:
        return dt.time.fromisoformat(entry.text(key))
    except ValueError:
        raise entry.fault(f"{key} 应是时间（时:分）") from None


def _bring(model: type[_Row], key: dict[str, Any], **values: Any) -> _Row:
    """Create the row, or change what differs; a row that is right is not written (and leaves no history)."""
    row = model._default_manager.filter(**key).first()
    if row is None:
        return model._default_manager.create(**key, **values)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if changed:
        for name in changed:
            setattr(row, name, values[name])
        row.save()
    return row
