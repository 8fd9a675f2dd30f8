"""The pages on which staff, roles, postings, departments, windows and the calendar are kept."""

import pytest

from portal import clock
from portal.accounts.models import ApprovalOffice, Posting, RoleAssignment, Staff
from portal.accounts.roles import Role
from portal.organizations.models import Department, Window
from portal.workdays import services as workdays
from portal.workdays.models import CalendarYear
from tests.portal.accounts import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


@pytest.fixture
def manager(sign_in):
    return sign_in(people.staff(Role.CENTRE_MANAGER, of="904", number="M1").number)


@pytest.fixture
def security(sign_in):
    return sign_in(people.staff(Role.SECURITY_ADMIN, of="904", number="S1").number)


def test_adding_posting_and_ending_a_member_of_staff(manager, security):
    data = {
        "number": "B2001", "name": "孙二", "department": str(people.department().pk), "title": "科员", "phone": "",
        "joined_on": clock.today().isoformat(), "password": "long-enough-1",
    }  # fmt: skip
    page = manager.post("/operations/staff/add/", {**data, "number": "错", "password": "1"})
    assert page.status_code == 422
    assert "密码太短，至少 8 位" in page.content.decode()
    page = manager.post("/operations/staff/add/", {**data, "number": "错"}).content.decode()
    assert "工号只能用字母和数字" in page
    assert manager.post("/operations/staff/add/", data).status_code == 302
    member = Staff.objects.get(number="B2001")
    assert "孙二" in manager.get("/operations/staff/?q=B2001").content.decode()
    assert manager.get(f"/operations/staff/{member.pk}/roles/add/").status_code == 403
    answer = security.post(f"/operations/staff/{member.pk}/roles/add/", {"role": "reviewer"})
    assert "要指定部门" in answer.content.decode()
    security.post(f"/operations/staff/{member.pk}/roles/add/", {"role": "reviewer", "department": data["department"]})
    assert RoleAssignment.objects.get(staff=member).role == "reviewer"
    window = Window.objects.get(code="B12")
    manager.post(f"/operations/staff/{member.pk}/postings/add/", {"window": str(window.pk), "post": "clerk"})
    posting = Posting.objects.get(staff=member)
    page = security.get(f"/operations/staff/{member.pk}/").content.decode()
    assert "审核人" in page
    assert "B12" in page
    assert "新增" in page
    today = clock.today().isoformat()
    manager.post(f"/operations/postings/{posting.pk}/end/", {"on": today})
    posting.refresh_from_db()
    assert posting.valid_until == clock.today()
    security.post(f"/operations/roles/{RoleAssignment.objects.get(staff=member).pk}/end/", {"on": today})
    manager.post(f"/operations/staff/{member.pk}/password/", {"password": "long-enough-2"})
    manager.post(f"/operations/staff/{member.pk}/end/", {"on": today})
    member.refresh_from_db()
    assert member.left_on == clock.today()
    assert "孙二" not in manager.get("/operations/staff/").content.decode()
    assert "孙二" in manager.get("/operations/staff/?state=left").content.decode()


def test_departments_windows_and_heads(manager):
    assert manager.get("/operations/departments/").content.decode().count("<tr>") == 46
    head = people.staff()
    department = people.department()
    manager.post(f"/operations/departments/{department.pk}/head/", {"head": str(head.pk)})
    assert ApprovalOffice.objects.get(department=department).head == head
    assert f"主任 {head.name}" in manager.get(f"/operations/departments/{department.pk}/").content.decode()
    new = {"number": "041", "name": "市新设局", "short_name": "新设", "uscc": "11140600MB9900013G"}
    assert "已经登记" in manager.post("/operations/departments/add/", new).content.decode()
    manager.post("/operations/departments/add/", {**new, "uscc": "91350100M000100Y43"})
    added = Department.objects.get(number="041")
    assert (
        "停用日期要晚于"
        in manager.post(f"/operations/departments/{added.pk}/end/", {"on": clock.today().isoformat()}).content.decode()
    )
    manager.post("/operations/windows/add/", {"code": "d01", "name": "新窗口", "floor": "4"})
    window = Window.objects.get(code="D01")
    assert (
        "已经使用"
        in manager.post("/operations/windows/add/", {"code": "D01", "name": "新窗口", "floor": "4"}).content.decode()
    )
    assert "D01" in manager.get("/operations/windows/").content.decode()
    assert manager.get(f"/operations/windows/{window.pk}/end/").status_code == 200


def test_a_notice_is_looked_at_before_it_counts_and_wrong_lines_are_named(manager):
    workdays.load()
    assert "2026" in manager.get("/operations/calendar/").content.decode()
    days = "2027-01-01,放假,元旦\n2027-13-01,放假,元旦"
    data = {"year": "2027", "notice": "2027年放假通知", "number": "", "text": days}
    page = manager.post("/operations/calendar/import/", {**data, "step": "preview"}).content.decode()
    assert "第 2 行" in page
    data["text"] = "2027-01-01,放假,元旦"
    page = manager.post("/operations/calendar/import/", {**data, "step": "preview"}).content.decode()
    assert "读出 1 天，请核对" in page
    assert not CalendarYear.objects.filter(year=2027).exists()
    answer = manager.post("/operations/calendar/import/", {**data, "step": "import"})
    assert answer["Location"] == "/operations/calendar/?year=2027"
    assert "元旦" in manager.get("/operations/calendar/?year=2027").content.decode()
    assert manager.get("/operations/calendar/?year=x").status_code == 200


@pytest.mark.parametrize(
    "path", ["staff/", "staff/add/", "departments/", "departments/add/", "windows/", "calendar/", "calendar/import/"]
)
def test_others_are_refused(path, sign_in, client):
    reviewer = people.staff(Role.REVIEWER)
    assert sign_in(reviewer.number).get(f"/operations/{path}").status_code == 403
    assert client.get(f"/operations/{path}").status_code == 302


def test_the_staff_list_costs_the_same_for_any_length(manager, django_assert_max_num_queries):
    for _ in range(12):
        people.staff(Role.REVIEWER, Role.WINDOW_CLERK)
    with django_assert_max_num_queries(14):
        manager.get("/operations/staff/")
