"""Who is not verified may apply, is shown as such everywhere, and gets nothing that gives a right."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from applications import services
from applications.models import Case, Draft, DraftMaterial
from applications.publicity import public_line, published_cases
from applications.queries import documents_of
from portal import clock
from portal.accounts.models import LegalPerson, Mandate, Person, User
from portal.accounts.services import declare_legal_person, verify_at_window, verify_legal_person
from portal.documents.queries import readable
from portal.ledger.queries import events_of
from portal.messaging.models import Message
from portal.outbox.models import Job
from portal.web.errors import BadInput, WrongState
from portal.web.grants import SYSTEM_ACTOR
from tests import factories as make
from tests.applications.desk.conftest import Hall, hall
from tests.pages import check_page

pytestmark = pytest.mark.django_db
assert hall
NAME = "朔州真名餐饮有限公司"


def stranger() -> User:
    return make.citizen("钱多多", verified=False)


def declared(by: User, **traits) -> LegalPerson:
    """A firm that somebody says is theirs."""
    return declare_legal_person(**{"user": by, "name": NAME, "uscc": make.credit_code(901)} | traits)


def firm_case(hall: Hall, by: User, firm: LegalPerson) -> Case:
    edition = make.item(hall.department, service_objects=["2"])
    return make.online_case(edition, by, firm=firm)


def accept_seen(hall: Hall, case: Case) -> Case:
    make.check_materials(case)
    return make.do(case, "accept", hall.clerk, identity_seen=True).subject


# --- shown -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["person", "firm"])
def test_an_unverified_applicant_is_shown_as_such_wherever_staff_read_the_case(hall, kind):
    user = stranger()
    case = make.online_case(hall.edition, user) if kind == "person" else firm_case(hall, user, declared(user))
    word = "身份未核验" if kind == "person" else "单位未核验"
    page = hall.clerk_page
    assert word in page.page(reverse("applications:intake_case", args=[case.pk]))
    assert word in page.page(reverse("applications:work_list"))
    assert word in page.page(reverse("applications:desk_case", args=[case.pk]))
    assert word in page.page(reverse("applications:desk_case_print", args=[case.pk]))
    address = reverse("applications:unmask", args=[case.pk])
    assert word in check_page(page.post(address, {"reason": "identity"}))


def test_a_verified_applicant_bears_no_mark(hall):
    case = make.online_case(hall.edition)
    for name in ("intake_case", "desk_case", "desk_case_print"):
        assert "未核验" not in hall.clerk_page.page(reverse(f"applications:{name}", args=[case.pk]))
    assert "未核验" not in hall.clerk_page.page(reverse("applications:work_list"))
    assert make.paper(case, "receipt")["applicant"] == case.applicant_name


def test_no_list_publishes_the_name_of_an_unverified_firm_and_papers_say_so(hall):
    user = stranger()
    case = firm_case(hall, user, declared(user))
    line = public_line(published_cases({"number": case.number}).get())
    assert line.applicant == "朔********司"
    assert NAME not in Client().get(reverse("disclosure:public_case", args=[case.number])).content.decode()
    assert make.paper(case, "receipt")["applicant"] == f"{NAME}（单位未核验）"
    known = firm_case(hall, make.citizen(), make.legal_person("朔州大名有限公司"))
    assert public_line(published_cases({"number": known.number}).get()).applicant == "朔州大名有限公司"


# --- accepted, granted, delivered --------------------------------------------------------------------


def test_an_unverified_applicant_is_accepted_only_on_a_proof_that_the_clerk_has_seen(hall):
    case = make.online_case(hall.edition, stranger())
    make.check_materials(case)
    with pytest.raises(BadInput, match="身份未核验") as refused:
        make.do(case, "accept", hall.clerk)
    assert refused.value.field == "identity_seen"
    address = reverse("applications:act", args=[case.pk, "accept"])
    assert "我看过申请人的身份证明" in hall.clerk_page.page(address)
    assert "看过身份证明" in hall.clerk_page.refused(address)
    hall.clerk_page.done(address, {"identity_seen": "on"})
    case.refresh_from_db()
    assert case.state == "reviewing"
    accepted = next(event for event in events_of(case.pk) if event.kind == "case.accept")
    assert accepted.data["identity_seen"] is True
    assert case.acts.order_by("seq").last().note == "身份未核验，受理时看过身份证明"


def test_nobody_asks_about_the_identity_of_a_verified_applicant(hall):
    case = make.online_case(hall.edition)
    make.check_materials(case)
    assert "身份证明" not in hall.clerk_page.page(reverse("applications:act", args=[case.pk, "accept"]))


def test_ACC_5_silence_accepts_an_unverified_applicant_too(hall):
    case = make.online_case(hall.edition, stranger())
    with clock.shifted(clock.now() + dt.timedelta(days=20)):
        services.sweep(100)
    case.refresh_from_db()
    assert case.deemed_accepted and case.state == "reviewing"


def test_a_proof_of_identity_is_a_ground_for_a_correction(hall):
    case = hall.ask_correction(make.online_case(hall.edition, stranger()))
    assert case.state == "correcting"


@pytest.mark.parametrize("kind", ["person", "firm"])
def test_nothing_is_granted_to_an_unverified_applicant_before_a_window_verifies(hall, kind):
    user = stranger()
    firm = declared(user) if kind == "firm" else None
    case = make.online_case(hall.edition, user) if firm is None else firm_case(hall, user, firm)
    case = hall.review(accept_seen(hall, case))
    with pytest.raises(WrongState, match=r"未核验，不能准予.*到任一窗口"):
        hall.grant(case)
    verify_at_window(person=user.person, actor=SYSTEM_ACTOR)
    if firm is not None:
        with pytest.raises(WrongState, match="单位未核验"):
            hall.grant(case)
        verify_legal_person(legal_person=firm, actor=SYSTEM_ACTOR)
    assert hall.grant(case).state == "granted"


def test_a_registration_that_turns_out_to_be_a_known_person_is_verified_for_its_cases_too(hall):
    user = stranger()
    make.person("钱多多", identity_number=user.person.identity_number)
    case = hall.review(accept_seen(hall, make.online_case(hall.edition, user)))
    verify_at_window(person=user.person, actor=SYSTEM_ACTOR)
    assert hall.grant(case).state == "granted"


def test_no_granted_result_is_delivered_to_an_unverified_applicant_but_a_refusal_is_served(hall):
    granted = hall.case("concluded")
    Person.objects.filter(pk=granted.applicant_person_id).update(verified_at=None)
    with pytest.raises(WrongState, match="未核验，不能送达"):
        hall.deliver(granted)
    refused = hall.refuse(hall.review(accept_seen(hall, make.online_case(hall.edition, stranger()))))
    assert hall.deliver(hall.conclude(refused)).delivered_at is not None


# --- told --------------------------------------------------------------------------------------------


def submit(hall: Hall, by: User, firm: LegalPerson | None) -> Case:
    edition = hall.edition if firm is None else make.item(hall.department, service_objects=["2"])
    now = clock.now()
    draft = Draft.objects.create(
        user=by,
        edition=edition,
        legal_person=firm,
        contact_phone="13900000000",
        details={"scope": "小吃"},
        delivery_method="direct",
        created_at=now,
        saved_at=now,
        expires_at=now + dt.timedelta(days=30),
    )
    for requirement in edition.materials.all():
        file = make.stored_file(by, owner_id=draft.pk)
        DraftMaterial.objects.create(draft=draft, requirement=requirement, file=file, added_at=clock.now())
    return services.submit_draft(draft_id=draft.pk, actor=make.acting(by), declared=True).case


def test_who_bears_the_name_is_told_when_somebody_unverified_applies_in_it(hall):
    owner = make.citizen("真老板")
    firm = make.legal_person(NAME, representative=owner.person)
    texts = Job.objects.filter(kind="accounts.text_message")
    user = stranger()
    fake = declared(user, uscc=firm.uscc)
    before = texts.count()
    case = submit(hall, user, fake)
    message = Message.objects.get(user=owner, kind="account_applied_in_name")
    assert case.number in message.body and NAME in message.body and "不是本人办理的" in message.body
    assert texts.count() == before + 1
    twin = make.person("钱多多", identity_number=user.person.identity_number)
    make.user(twin)
    submit(hall, user, None)
    assert Message.objects.filter(user__person=twin, kind="account_applied_in_name").count() == 1


def test_nobody_is_told_of_applications_of_their_own(hall):
    owner = make.citizen()
    submit(hall, owner, make.legal_person(representative=owner.person))
    submit(hall, owner, None)
    assert not Message.objects.filter(kind="account_applied_in_name").exists()


# --- former representatives and agents ---------------------------------------------------------------

PAGES = ("my_case", "my_case_why", "my_case_proof", "withdraw", "supply")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def replace(firm: LegalPerson, by: User) -> None:
    LegalPerson.objects.filter(pk=firm.pk).update(representative=by.person)
    Mandate.objects.filter(legal_person=firm, person__user__isnull=False).update(valid_until=clock.today())


def test_ASVS_8_3_2_a_former_representative_keeps_nothing_but_the_receipt(hall):
    former, new = make.citizen("老法人"), make.citizen("新法人")
    firm = make.legal_person(NAME, representative=former.person)
    case = firm_case(hall, former, firm)
    case = hall.ask_correction(case)
    file = case.materials.first().files.first().file
    receipt, correction = (case_documents(case)[kind] for kind in ("receipt", "correction"))
    client = client_of(former)
    assert client.get(reverse("applications:my_case", args=[case.pk])).status_code == 200
    replace(firm, new)
    for name in PAGES:
        address = reverse(f"applications:{name}", args=[case.pk])
        assert client.get(address).status_code == 404, name
        assert client.post(address, {"reason": "不办了"}).status_code in (404, 405), name
    assert case.number not in client.get(reverse("applications:my_cases")).content.decode()
    assert client.get(reverse("files:download", args=[file.pk])).status_code == 404
    assert client.get(reverse("documents:download", args=[correction])).status_code == 404
    mine = check_page(client.get(reverse("applications:my_cases")))
    assert "以前代单位提交的" in mine and str(receipt) in mine
    assert may_read(former, receipt) and not may_read(make.citizen(), receipt)
    case.refresh_from_db()
    assert case.state == "correcting"
    assert client_of(new).get(reverse("applications:my_case", args=[case.pk])).status_code == 200


def test_ASVS_8_3_2_a_former_agent_of_a_firm_reads_nothing_and_is_told_nothing(hall):
    owner, agent = make.citizen("老板"), make.citizen("周代理")
    firm = make.legal_person(NAME, representative=owner.person)
    mandate = make.mandate(agent.person, firm)
    case = firm_case(hall, agent, firm)
    Case.objects.filter(pk=case.pk).update(agent=agent.person)
    address = reverse("applications:my_case", args=[case.pk])
    assert client_of(agent).get(address).status_code == 200
    Mandate.objects.filter(pk=mandate.pk).update(valid_until=clock.today())
    assert client_of(agent).get(address).status_code == 404
    assert case.number not in client_of(agent).get(reverse("applications:my_cases")).content.decode()
    hall.accept(case)
    told = Message.objects.filter(kind="case_accepted").values_list("user", flat=True)
    assert set(told) == {owner.pk}


def test_an_agent_who_is_named_on_one_case_only_acts_on_that_case(hall):
    agent, firm = make.citizen("周代理"), make.legal_person()
    case, other = firm_case(hall, make.citizen(), firm), firm_case(hall, make.citizen(), firm)
    Case.objects.filter(pk=case.pk).update(agent=agent.person)
    client = client_of(agent)
    assert client.get(reverse("applications:my_case", args=[case.pk])).status_code == 200
    assert client.get(reverse("applications:my_case", args=[other.pk])).status_code == 404
    assert case.number in client.get(reverse("applications:my_cases")).content.decode()


def test_who_declared_a_firm_sees_the_own_case_and_the_verified_firm_takes_it_over(hall):
    user = stranger()
    fake = declared(user)
    case = firm_case(hall, user, fake)
    address = reverse("applications:my_case", args=[case.pk])
    assert f"{NAME}（单位未核验）" in client_of(user).get(address).content.decode()
    owner = make.citizen("真老板")
    firm = make.legal_person(NAME, uscc=fake.uscc, representative=owner.person)
    assert client_of(owner).get(address).status_code == 404
    LegalPerson.objects.filter(pk=fake.pk).update(confirmed_as=firm)
    assert client_of(owner).get(address).status_code == 200
    assert client_of(user).get(address).status_code == 404


def case_documents(case: Case) -> dict[str, object]:
    return {document.kind: document.pk for document in documents_of(case)}


def may_read(user: User, document_id: object) -> bool:
    return readable(document_id, make.acting(user)) is not None
