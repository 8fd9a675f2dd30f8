"""The organisation from its files, on a day."""

import datetime as dt
import shutil

import pytest

from portal.organizations import queries, reference
from portal.organizations.models import Department, OpeningHours, Region, Succession, Window
from portal.privacy.identifiers import credit_code_fault
from portal.web.errors import BadInput

pytestmark = pytest.mark.django_db


def test_loading_twice_changes_nothing_and_leaves_no_history():
    first = reference.load()
    versions = Department.history.count()
    assert reference.load() == first
    assert Department.history.count() == versions == Department.objects.count()
    assert (Window.objects.count(), OpeningHours.objects.count()) == (46, 2)


def test_the_forty_departments_of_2015_and_what_they_became(settings):
    reference.load()
    day = dt.date(2015, 7, 25)
    settings.ORGANISATION_AS_OF = day
    assert queries.departments().filter(kind="department").count() == 40
    commerce = Department.objects.get(number="021")
    assert queries.now_called(commerce) == "现为市市场监督管理局"
    assert queries.now_called(Department.objects.get(number="003")) == ""
    assert all(credit_code_fault(row.uscc) is None for row in Department.objects.all())
    assert all(row.pinyin for row in Department.objects.all())


def test_without_the_setting_the_organisation_of_today_is_shown(settings):
    reference.load()
    settings.ORGANISATION_AS_OF = None
    numbers = set(queries.departments().values_list("number", flat=True))
    assert "021" not in numbers
    assert "008" in numbers  # goes on under its own name
    assert Succession.objects.filter(predecessor__number="008").count() == 2


def test_a_region_code_holds_in_its_period():
    reference.load()

    def codes(day):
        return set(Region.objects.in_force(day).values_list("code", flat=True))

    assert "140624" in codes(dt.date(2018, 2, 21))
    assert "140681" not in codes(dt.date(2018, 2, 21))
    assert "140624" not in codes(dt.date(2018, 2, 22))
    assert "140681" in codes(dt.date(2018, 2, 22))


def test_departments_in_the_order_of_their_names():
    reference.load()
    names = list(queries.departments_by_pinyin().values_list("name", flat=True))
    assert names.index("市安全生产监督管理局") < names.index("市财政局") < names.index("市住房公积金管理中心")


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            "departments.yaml",
            "11140600MB9900013G",
            "11140600MB9900013A",
            "departments 第 1 条.*校验位",
        ),
        ("departments.yaml", '"002"', '"001"', "第 2 条.*部门编号 001 重复"),
        ("departments.yaml", "kind: reform", "kind: nonsense", "类别 nonsense 不存在"),
        ("departments.yaml", "on: 2018-01-01", "on: 1999-01-01", "停用日期要晚于启用日期"),
        ("regions.yaml", "until: 2018-02-22", "until: 1990-02-22", "停用日期要晚于启用日期"),
        ("regions.yaml", '"140602"', '"14060"', "6 位数字"),
        ("halls.yaml", 'department: "001"', 'department: "777"', "部门编号不存在"),
        ("halls.yaml", 'opens: "09:00"', 'opens: "9 Uhr"', "opens 应是时间"),
        ("halls.yaml", "halls:", "halls: [", "不能读取"),
    ],
)
def test_a_fault_is_named_with_file_place_and_rule(tmp_path, file, old, new, sentence):
    folder = tmp_path / "data"
    shutil.copytree(reference.FOLDER, folder)
    path = folder / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(BadInput, match=sentence):
        reference.load(folder)
    assert not Department.objects.exists()
