"""Who read what is noted once, with its ground; without a task a reason comes first."""

import datetime as dt
import json
from uuid import uuid4

import pytest
from django.urls import reverse

from applications.duty import FILING
from applications.models import Case, CaseMaterialFile
from applications.services import forgetting, opening
from portal import clock
from portal.accounts.roles import Role
from portal.ledger.models import LedgerEvent
from portal.readings import nightly
from portal.readings.models import Reading
from portal.web.checks import Scope
from tests import factories as make
from tests.pages import check_page
from tests.portal.readings.office import browser_of, give
from tests.racing import at_once

pytestmark = pytest.mark.django_db
GIVEN = {"reason": "supervising", "words": "按月抽查办件质量"}


def desk(case):
    return reverse("applications:desk_case", args=[case.pk])


def reason(case):
    return reverse("applications:state_reason", args=[case.pk])


def events(case, kind="privacy.case_opened"):
    return list(LedgerEvent.objects.filter(subject=case.pk, kind=kind).order_by("seq"))


def test_opening_a_case_with_a_task_is_one_event_a_day(office):
    for _time in range(3):
        assert office.reviewer_page.get(desk(office.case)).status_code == 200
    [reading] = Reading.objects.filter(kind="case")
    assert (reading.reader_name, reading.office, reading.task) == ("王强", office.department, "审核")
    assert (reading.subject_id, reading.key_id) == (office.case.pk, office.case.person_key_id)
    [event] = events(office.case)
    assert event.actor == str(office.reviewer_staff.user_id)
    assert (event.data["task"], event.data["without_task"]) == ("审核", False)
    assert event.data["office"] == office.department.number
    with clock.shifted(clock.now() + dt.timedelta(days=1)):
        office.reviewer_page.get(desk(office.case))
    assert len(events(office.case)) == 2
    assert list(nightly.check(Scope())) == []


def test_no_name_and_no_words_stand_in_the_event(office):
    office.supervisor_page.post(reason(office.case), {**GIVEN, "key": uuid4()})
    [event] = events(office.case)
    text = json.dumps(event.body, ensure_ascii=False)
    assert GIVEN["words"] not in text and "监督员" not in text and "欧阳演示" not in text
    assert (event.data["without_task"], event.data["stated"]) == (True, "supervising")


def test_without_a_task_a_reason_comes_first_and_is_marked(office):
    first = office.supervisor_page.get(f"{desk(office.case)}?m=1")
    assert first.status_code == 302 and first["Location"].startswith(reason(office.case))
    page = check_page(office.supervisor_page.get(first["Location"]))
    assert "先说明为什么要看" in page and "欧阳演示" not in page
    assert not Reading.objects.exists(), "asking is not reading"
    key, after = uuid4(), f"{desk(office.case)}?m=1"
    for _click in range(2):
        answer = office.supervisor_page.post(reason(office.case), {**GIVEN, "key": key, "next": after})
        assert (answer.status_code, answer["Location"]) == (302, after)
    assert "欧阳演示" in check_page(office.supervisor_page.get(after))
    [reading] = Reading.objects.filter(kind="case")
    assert reading.is_marked and reading.words == GIVEN["words"]
    assert len(events(office.case)) == 1, "the same click twice, and the page after it, are one event"


def test_a_stated_reason_holds_for_two_hours_and_one_case(office):
    office.supervisor_page.post(reason(office.case), {**GIVEN, "key": uuid4()})
    other = make.online_case(office.case.edition)
    assert office.supervisor_page.get(desk(other)).status_code == 302
    with clock.shifted(clock.now() + dt.timedelta(minutes=119)):
        assert office.supervisor_page.get(desk(office.case)).status_code == 200
    with clock.shifted(clock.now() + dt.timedelta(minutes=121)):
        assert office.supervisor_page.get(desk(office.case)).status_code == 302


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"reason": "", "words": "按月抽查办件质量"}, "请选择为什么要看。"),
        ({"reason": "curious", "words": "按月抽查办件质量"}, "为什么要看不在可选范围内，请重新选择。"),
        ({"reason": "other", "words": ""}, "请填写具体说明。"),
        ({"reason": "other", "words": "看看"}, "具体说明至少 5 个字，请补充。"),
        ({"reason": "other", "words": "\u200b" * 6}, "请填写具体说明。"),
        ({"reason": "other", "words": "……。。！！"}, "请填写具体说明。"),
        ({"reason": "other", "words": "看，看，看，"}, "具体说明至少 5 个字，请补充。"),
        ({"reason": "other", "words": "长" * 201}, "具体说明最多 200 个字，请缩短。"),
    ],
)
def test_a_bad_reason_is_said_beside_its_field_and_kept(office, given, sentence):
    answer = office.supervisor_page.post(reason(office.case), {**given, "key": uuid4()})
    assert answer.status_code == 422
    page = check_page(answer)
    assert sentence in page and given["words"].replace("\u200b", "") in page
    assert not Reading.objects.exists()


def test_the_way_back_never_leaves_the_portal(office):
    given = {**GIVEN, "key": uuid4(), "next": "//evil.example/"}
    assert office.supervisor_page.post(reason(office.case), given)["Location"] == desk(office.case)


def test_another_department_s_case_does_not_exist(office):
    stranger = make.Desk()
    give(stranger.reviewer_staff, Role.REVIEWER)
    page = browser_of(stranger.reviewer_staff.user)
    assert page.get(desk(office.case)).status_code == page.get(reason(office.case)).status_code == 404


def test_who_took_part_has_the_case_to_file_for_thirty_days(office):
    case = office.deliver(office.conclude(office.grant(office.review(office.case))))
    assert office.reviewer_page.get(desk(case)).status_code == 200
    assert Reading.objects.get(kind="case").task == "经办过本件"
    with clock.shifted(Case.objects.get(pk=case.pk).closed_at + FILING + dt.timedelta(minutes=1)):
        assert office.reviewer_page.get(desk(case)).status_code == 302


def test_a_material_and_a_document_are_noted_each_once(office):
    file = CaseMaterialFile.objects.filter(material__case=office.case).first().file
    for _time in range(2):
        office.reviewer_page.get(reverse("files:preview", args=[file.pk]))
        office.reviewer_page.get(reverse("files:download", args=[file.pk]))
    [reading] = Reading.objects.filter(kind="file")
    assert reading.thing_id == file.pk and reading.detail
    assert len(events(office.case, "privacy.file_read")) == 1
    assert office.supervisor_page.get(reverse("files:download", args=[file.pk])).status_code == 302
    assert not Reading.objects.filter(reader=office.supervisor_staff.user).exists()


def test_the_person_s_own_reading_is_nobody_s_business(office):
    file = CaseMaterialFile.objects.filter(material__case=office.case).first().file
    office.citizen_page.get(reverse("files:preview", args=[file.pk]))
    office.citizen_page.get(reverse("applications:my_case", args=[office.case.pk]))
    assert not Reading.objects.exists()


def test_every_unmasking_counts(office):
    address = reverse("applications:unmask", args=[office.case.pk])
    for _time in range(2):
        assert office.reviewer_page.post(address, {"reason": "contact"}).status_code == 200
    assert [reading.detail for reading in Reading.objects.filter(kind="unmasked")] == ["联系申请人"] * 2
    assert [event.data["reason"] for event in events(office.case, "privacy.case_unmasked")] == ["contact"] * 2


def test_a_number_that_finds_a_person_is_noted_for_the_person(office):
    address = reverse("applications:intake_new")
    number = office.citizen.person.identity_number
    for _time in range(2):
        assert office.clerk_page.post(address, {"q": number}).status_code == 200
    office.clerk_page.post(address, {"q": make.identity_number(17_000)})
    [reading] = Reading.objects.filter(kind="found")
    assert (reading.subject_id, reading.task) == (office.citizen.person_id, "窗口为您办理")
    [event] = LedgerEvent.objects.filter(subject=office.citizen.person_id, kind="privacy.person_found")
    assert number not in json.dumps(event.body)


def test_a_name_alone_leads_to_the_person_s_data_only_noted(office):
    person = office.citizen.person
    page = office.clerk_page.post(reverse("applications:intake_new"), {"q": person.name}).content.decode()
    assert person.phone not in page and not Reading.objects.filter(kind="found").exists()
    item = office.clerk_page.get(reverse("applications:intake_item"), {"person": person.pk})
    assert item.status_code == 200
    [reading] = Reading.objects.filter(kind="found")
    assert reading.subject_id == person.pk


def test_a_firm_s_form_does_not_begin_with_the_private_phone_of_its_representative(office):
    firm = make.legal_person("演示公司", representative=office.citizen.person)
    given = {"firm": firm.pk, "item": office.case.edition.item.basic_code}
    page = office.clerk_page.get(reverse("applications:intake_form"), given)
    assert page.status_code == 200 and office.citizen.person.phone not in page.content.decode()


def test_an_act_that_is_refused_shows_no_name_to_one_without_a_task(office):
    case = office.bring_to(make.online_case(office.case.edition, office.citizen), "withdrawn")
    page = office.supervisor_page.post(reverse("applications:act", args=[case.pk, "release"]), {"key": uuid4()})
    assert page.status_code in (403, 409)
    assert case.applicant_name not in page.content.decode() and not Reading.objects.exists()


def test_a_number_at_the_window_finds_the_person_s_cases_and_is_noted(office):
    address = reverse("applications:intake_search_person")
    number, phone = office.citizen.person.identity_number, office.citizen.person.phone
    for typed in (number, number.lower(), phone):
        page = office.clerk_page.post(address, {"number": typed})
        assert page.status_code == 200 and office.case.number in page.content.decode()
        assert "欧阳演示" not in page.content.decode()
    assert "没有查到" in office.clerk_page.post(address, {"number": make.identity_number(17_000)}).content.decode()
    [reading] = Reading.objects.filter(kind="found")
    assert (reading.subject_id, reading.task) == (office.citizen.person_id, "窗口为您办理")
    [event] = LedgerEvent.objects.filter(subject=office.citizen.person_id, kind="privacy.person_found")
    assert number not in json.dumps(event.body)


@pytest.mark.parametrize("typed", ["", "140602198503123", "14060219850312302", "1390349000", "欧阳演示", "140602*"])
def test_only_a_whole_and_right_number_is_searched(office, typed):
    page = office.clerk_page.post(reverse("applications:intake_search_person"), {"number": typed})
    assert page.status_code == 422
    assert office.case.number not in page.content.decode()
    assert not Reading.objects.exists()


def test_a_number_does_not_find_cases_of_other_departments_nor_what_is_restricted(office):
    address, number = reverse("applications:intake_search_person"), office.citizen.person.identity_number
    for page in (office.reviewer_page, office.supervisor_page, office.citizen_page):
        assert page.post(address, {"number": number}).status_code == 403
    elsewhere = make.staff(make.department())
    give(elsewhere, Role.WINDOW_CLERK)
    page = browser_of(elsewhere.user).post(address, {"number": number})
    assert page.status_code == 200 and office.case.number not in page.content.decode()
    Case.objects.filter(pk=office.case.pk).update(restricted_at=clock.now())
    assert office.case.number not in office.clerk_page.post(address, {"number": number}).content.decode()


def test_a_number_does_not_belong_into_an_address(office):
    page = office.clerk_page.get(reverse("applications:intake_search"), {"q": office.citizen.person.identity_number})
    text = page.content.decode()
    assert "不能写在这里" in text and office.citizen.person.identity_number not in text


def test_a_clerk_who_searches_number_after_number_is_stopped(office):
    address = reverse("applications:intake_search_person")
    for n in range(30):
        assert office.clerk_page.post(address, {"number": make.identity_number(17_000 + n)}).status_code == 200
    refused = office.clerk_page.post(address, {"number": office.citizen.person.identity_number})
    assert refused.status_code == 429
    assert not Reading.objects.exists()


def test_lists_are_no_reading_and_mask_names(office):
    for name in ("work_list", "intake_search"):
        page = office.clerk_page.get(reverse(f"applications:{name}"), {"q": office.case.edition.name})
        assert "欧阳演示" not in page.content.decode()
    closed = office.reviewer_page.get(reverse("applications:work_list"), {"status": "closed"})
    assert "欧阳演示" not in closed.content.decode()
    assert not Reading.objects.exists()


def test_what_is_noted_already_costs_three_queries_at_most(office, django_assert_max_num_queries):
    actor, now = office.reviewer, clock.now()
    opening.note_reading(actor=actor, case=office.case, kind=Reading.Kind.CASE, now=now)
    with django_assert_max_num_queries(1):
        opening.note_reading(actor=actor, case=office.case, kind=Reading.Kind.CASE, now=now)


def test_an_erased_case_asks_nothing_and_notes_nothing(office):
    case = make.do(office.case, "withdraw", make.acting(office.citizen)).subject
    forgetting.forget_case(case.pk)
    assert office.supervisor_page.get(desk(case)).status_code == 200
    assert not Reading.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_are_one_row_and_one_event():
    office = make.Desk()
    case = office.bring_to(make.online_case(make.item(office.department)), "reviewing")

    def look():
        opening.note_reading(actor=office.reviewer, case=Case.objects.get(pk=case.pk), kind="case", now=clock.now())

    assert at_once(look, look, look, look) == [None] * 4
    assert Reading.objects.filter(subject_id=case.pk).count() == len(events(case)) == 1
