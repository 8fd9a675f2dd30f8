"""Hall intake: find or register the applicant, choose the item, receive; the same case afterwards."""

from __future__ import annotations

from uuid import uuid4

import pytest

from applications.models import Case
from portal.accounts.models import LegalPerson, Person
from portal.documents.models import OfficialDocument
from tests import factories as make
from tests.pages import check_page

pytestmark = pytest.mark.django_db

NEW = "/desk/intake/new/"


def form_address(edition, **who):
    query = "&".join(f"{name}={value}" for name, value in who.items())
    return f"{NEW}form/?{query}&item={edition.item.basic_code}"


def answers(edition, **more):
    data = {
        "contact_phone": "13900001234",
        "d_scope": "小吃",
        "delivery_method": "direct",
        "declared": "on",
    }
    for material in edition.materials.all():
        data[f"m_{material.pk.hex}_originals"] = "1"
        data[f"m_{material.pk.hex}_seen"] = "on"
    return data | more


def test_the_applicant_is_found_by_number_phone_or_name_and_shown_masked(hall):
    person = make.person("钱多多")
    firm = make.legal_person("朔州澄味餐饮有限公司", representative=person)
    page = hall.clerk_page
    for question in (person.identity_number, person.phone, "钱多多"):
        text = page.post(NEW, {"q": question}).content.decode()
        assert "钱*多" in text and person.identity_number not in text.replace(f'value="{person.identity_number}"', "")
    assert firm.name in page.post(NEW, {"q": person.identity_number}).content.decode()
    assert firm.name in page.post(NEW, {"q": firm.uscc}).content.decode()
    assert "大厅没有登记过" in page.post(NEW, {"q": "没有的人"}).content.decode()
    assert "请填写" in page.post(NEW, {"q": ""}).content.decode()


def test_an_unverified_registration_is_not_found(hall):
    person = make.person("钱多多", verified=False)
    assert "大厅没有登记过" in hall.clerk_page.post(NEW, {"q": person.identity_number}).content.decode()


def test_a_person_is_registered_and_wrong_numbers_lose_nothing(hall):
    page = hall.clerk_page
    text = page.refused(f"{NEW}person/", {"name": "孙新", "identity_number": "140602199001011230", "phone": "139"})
    assert "校验位不对" in text and "手机号码应是" in text and 'value="孙新"' in text
    number = make.identity_number(77)
    response = page.send(f"{NEW}person/", {"name": "孙新", "identity_number": number, "phone": "13900001111"})
    person = Person.objects.get(name="孙新")
    assert response["Location"] == f"{NEW}item/?person={person.pk}"
    assert person.is_verified
    text = page.refused(f"{NEW}person/", {"name": "孙旧", "identity_number": number, "phone": "13900001111"})
    assert "另一个姓名" in text


def test_a_firm_is_registered_with_its_representative_or_not_at_all(hall):
    data = {
        "name": "朔州新店有限公司",
        "uscc": make.credit_code(4711),
        "representative_name": "吴法人",
        "representative_identity": make.identity_number(88),
        "representative_phone": "13900002222",
    }
    page = hall.clerk_page
    text = page.refused(f"{NEW}firm/", data | {"uscc": data["uscc"][:-1] + "0"})
    assert "校验位不对" in text and "吴法人" in text and not Person.objects.filter(name="吴法人").exists()
    response = page.send(f"{NEW}firm/", data)
    firm = LegalPerson.objects.get(name="朔州新店有限公司")
    assert response["Location"] == f"{NEW}item/?firm={firm.pk}"
    assert firm.representative.name == "吴法人"


def test_the_items_fit_the_applicant_and_the_clerk(hall):
    person = make.person()
    only_firms = make.item(hall.department, name="单位许可", service_objects=["2"])
    foreign = make.item(make.department(), name="外单位许可")
    text = hall.clerk_page.page(f"{NEW}item/", person=str(person.pk))
    assert hall.edition.name in text and only_firms.name not in text and foreign.name not in text
    assert hall.clerk_page.get(f"{NEW}item/").status_code == 302
    assert hall.clerk_page.get(f"{NEW}item/", {"person": str(uuid4())}).status_code == 302
    assert hall.clerk_page.get(f"{NEW}item/", {"person": "x"}).status_code == 302


def test_an_application_is_received_with_its_receipt_and_the_same_click_makes_one_case(hall):
    person, page = make.person("钱多多"), hall.clerk_page
    address = form_address(hall.edition, person=person.pk)
    assert "收到的材料" in page.page(address)
    key = str(uuid4())
    text = page.done(address, answers(hall.edition), key=key)
    page.send(address, answers(hall.edition), key=key)
    case = Case.objects.get()
    assert case.channel == "hall" and case.clerk_id == hall.clerk.user_id
    assert case.query_code in text and case.number in text and "收件凭证" in text
    assert OfficialDocument.objects.filter(subject_id=case.pk, kind="receipt").count() == 1
    assert case.details == {"scope": "小吃"}
    assert [m.originals_received for m in case.materials.all()] == [1, 1, 1, 1]
    text = page.page("/desk/intake/")
    assert "现场 1" in text and "钱*多" in text


def test_wrong_answers_keep_everything_that_was_typed(hall):
    person = make.person()
    address = form_address(hall.edition, person=person.pk)
    text = hall.clerk_page.refused(
        address, answers(hall.edition, d_scope="", contact_phone="13900005678", delivery_method="post", declared="")
    )
    assert "请填写经营项目" in text and "请申请人在申请书上签名" in text and 'value="13900005678"' in text
    text = hall.clerk_page.refused(address, answers(hall.edition, delivery_method="post"))
    assert "邮寄需要填写收件地址" in text and 'value="小吃"' in text
    assert not Case.objects.exists()


def test_an_agent_has_to_be_known_to_the_hall(hall):
    person, agent = make.person(), make.person("周代理")
    address = form_address(hall.edition, person=person.pk)
    text = hall.clerk_page.refused(address, answers(hall.edition, agent_identity=make.identity_number(555)))
    assert "大厅没有登记过这位代理人" in text
    given = answers(hall.edition, agent_identity=agent.identity_number, agent_authorised="on")
    hall.clerk_page.done(address, given)
    assert Case.objects.get().agent_id == agent.pk


def test_APP_2_an_agent_is_checked_before_the_rest_is_filled_in(hall):
    person, agent = make.person(), make.person("周代理")
    address = form_address(hall.edition, person=person.pk)
    typed = {"contact_phone": "", "d_scope": "小吃", "check_agent": "1"}
    for number, sentence in (
        ("", "请先填写代理人身份证号码"),
        ("140602199001011230", "校验位不对"),
        (make.identity_number(555), "大厅没有登记过这位代理人"),
        (person.identity_number, "这是申请人本人的号码"),
        (agent.identity_number, "请查验授权委托书后勾选"),
    ):
        text = hall.clerk_page.refused(address, {**typed, "agent_identity": number})
        assert sentence in text and "请填写联系电话" not in text and 'value="小吃"' in text
    given = {**typed, "agent_identity": agent.identity_number, "agent_authorised": "on"}
    response = hall.clerk_page.send(address, given)
    text = check_page(response)
    assert response.status_code == 200
    assert "代理人 周*理，身份和授权都已核对" in text and 'value="小吃"' in text
    assert not Case.objects.exists()
    text = hall.clerk_page.refused(address, answers(hall.edition, agent_identity=agent.identity_number))
    assert "请查验授权委托书后勾选" in text


def test_APP_2_a_mandate_on_record_stands_for_the_paper(hall):
    firm, agent = make.legal_person(), make.person("周代理")
    make.mandate(agent, firm)
    edition = make.item(hall.department)
    address = form_address(edition, firm=firm.pk)
    text = hall.clerk_page.refused(address, answers(edition, agent_identity=firm.representative.identity_number))
    assert "这是法定代表人本人的号码" in text
    hall.clerk_page.done(address, answers(edition, agent_identity=agent.identity_number))
    assert Case.objects.get().agent_id == agent.pk


def test_a_situation_is_chosen_where_the_law_gives_two_limits(hall):
    edition = make.item(hall.department, situations=[("一般", 5, 10, "workday"), ("复杂", 10, 20, "workday")])
    firm = make.legal_person()
    address = form_address(edition, firm=firm.pk)
    assert "请选择情形" in hall.clerk_page.refused(address, answers(edition))
    situation = edition.situations.get(name="复杂")
    hall.clerk_page.done(address, answers(edition, situation=str(situation.pk)))
    assert Case.objects.get().situation_id == situation.pk


def test_another_departments_item_is_not_received_here(hall):
    foreign = make.item(make.department())
    address = form_address(foreign, person=make.person().pk)
    assert hall.clerk_page.get(address).status_code == 404
    assert hall.clerk_page.send(address, answers(foreign)).status_code == 404
    assert hall.reviewer_page.get(NEW).status_code == 403
