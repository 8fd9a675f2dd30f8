"""The person sees who looked and asks; the officer answers once, within the term."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from applications.services import opening
from portal import clock
from portal.accounts.roles import Role
from portal.ledger.models import LedgerEvent
from portal.messaging.models import Message
from portal.privacy import rights
from portal.privacy import services as privacy
from portal.readings import nightly, services
from portal.readings.models import Question, Reading
from portal.web.checks import Scope
from portal.web.errors import NotFound, WrongState
from tests import factories as make
from tests.pages import check_page
from tests.portal.readings.office import browser_of, give
from tests.racing import at_once

pytestmark = pytest.mark.django_db
MINE = reverse("readings:mine")
QUESTIONS = reverse("readings:questions")
WORDS = "我不认识这个人，为什么看我的材料"
ANSWER = "查过督查通知，当天有督查任务，查看范围合适。"


def ask_page(reading):
    return reverse("readings:ask", args=[reading.pk])


def question_page(question):
    return reverse("readings:question", args=[question.pk])


@pytest.fixture
def looked(office):
    """The reviewer with a task, the supervisor with a reason."""
    office.reviewer_page.get(reverse("applications:desk_case", args=[office.case.pk]))
    opening.state_reason(
        actor=make.acting(office.supervisor_staff, roles=[Role.SUPERVISOR], everywhere=True),
        case_id=office.case.pk, reason="supervising", words="按月抽查办件质量", key=uuid4(),
    )  # fmt: skip
    office.marked = Reading.objects.get(task="")
    office.plain = Reading.objects.exclude(task="").get()
    return office


def asked(office, reading=None):
    actor = make.acting(office.citizen)
    return services.ask(actor=actor, reading_id=(reading or office.marked).pk, words=WORDS)


# --- the person -----------------------------------------------------------------------------------


def test_before_anybody_looked_the_page_says_so(office):
    assert "还没有人看过" in check_page(office.citizen_page.get(MINE))
    page = check_page(office.citizen_page.get(MINE, {"of": str(office.case.pk)}))
    assert "没有这样的查看记录" in page


def test_the_person_sees_who_from_which_office_when_what_and_why(looked):
    page = check_page(looked.citizen_page.get(MINE))
    reviewer = ("王强", looked.department.name, "打开办件", "办理任务：审核", "2026年11月23日 09:00")
    for word in (*reviewer, looked.case.number):
        assert word in page, word
    for word in ("监督员", "无办理任务", "督查、效能监察：按月抽查办件质量"):
        assert word in page, word
    narrowed = check_page(looked.citizen_page.get(MINE, {"why": "none"}))
    assert "监督员" in narrowed and "王强" not in narrowed
    assert "监督员" in check_page(looked.citizen_page.get(MINE, {"of": str(looked.case.pk)}))
    assert "监督员" not in check_page(looked.citizen_page.get(MINE, {"of": str(uuid4())}))


def test_the_case_page_and_the_page_of_one_s_data_lead_there(office):
    case_page = office.citizen_page.get(reverse("applications:my_case", args=[office.case.pk])).content.decode()
    assert f"{MINE}?of={office.case.pk}" in case_page
    assert MINE in office.citizen_page.get(reverse("accounts:my_data")).content.decode()


def test_who_stands_for_a_firm_sees_the_firm_s_readings_and_others_do_not(office):
    representative, agent = make.citizen(), make.citizen()
    firm = make.legal_person(representative=representative.person)
    case = office.bring_to(make.online_case(office.case.edition, representative, firm=firm), "reviewing")
    office.reviewer_page.get(reverse("applications:desk_case", args=[case.pk]))
    reading = Reading.objects.get(subject_id=case.pk)
    assert browser_of(agent).get(ask_page(reading)).status_code == 404
    make.mandate(agent.person, firm)
    for user in (representative, agent):
        assert case.number in browser_of(user).get(MINE).content.decode()
        assert browser_of(user).get(ask_page(reading)).status_code == 200
    assert case.number not in office.citizen_page.get(MINE).content.decode()
    assert office.citizen_page.get(ask_page(reading)).status_code == 404
    with pytest.raises(NotFound):
        services.ask(actor=make.acting(office.citizen), reading_id=reading.pk, words=WORDS)


def test_pages_go_by_keyset_and_cost_the_same_however_long_the_list(looked, django_assert_max_num_queries):
    now = clock.now()
    for n in range(60):
        opening.note_reading(
            actor=looked.reviewer, case=looked.case, kind=Reading.Kind.FILE,
            now=now - dt.timedelta(minutes=n), thing_id=uuid4(),
        )  # fmt: skip
    seen, address = 0, MINE
    while address:
        with django_assert_max_num_queries(14):
            answer = looked.citizen_page.get(address)
        seen += len(answer.context["rows"])
        address = answer.context["page"].next_url
    assert seen == 62


def test_a_question_becomes_work_with_a_term_that_both_see(looked):
    answer = looked.citizen_page.post(ask_page(looked.marked), {"words": WORDS})
    assert (answer.status_code, answer["Location"]) == (302, ask_page(looked.marked))
    question = Question.objects.get()
    assert question.due_on == dt.date(2026, 12, 14)
    page = check_page(looked.citizen_page.get(ask_page(looked.marked)))
    assert WORDS in page and "2026年12月14日" in page
    assert {message.user_id for message in Message.objects.filter(kind="reading_question")} == {
        officer.user_id for officer in looked.officers
    }
    listed = check_page(looked.officer_page.get(QUESTIONS))
    assert "监督员" in listed and "无办理任务" in listed and "2026年12月14日" in listed
    opened = check_page(looked.officer_page.get(question_page(question)))
    assert WORDS in opened and "按月抽查办件质量" in opened
    [event] = LedgerEvent.objects.filter(kind="privacy.reading_questioned")
    assert WORDS not in str(event.body)
    assert list(nightly.check(Scope())) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("", "请填写疑问。"), ("为何", "疑问至少 5 个字，请补充。"), ("字" * 501, "疑问最多 500 个字，请缩短。")],
)
def test_a_bad_question_is_said_beside_its_field_and_kept(looked, words, sentence):
    answer = looked.citizen_page.post(ask_page(looked.marked), {"words": words})
    assert answer.status_code == 422
    page = check_page(answer)
    assert sentence in page and words in page
    assert not Question.objects.exists()


def test_the_same_question_twice_is_one_and_what_was_typed_stays_readable(looked):
    asked(looked)
    answer = looked.citizen_page.post(ask_page(looked.marked), {"words": "再问一次，请快些答复"})
    assert answer.status_code == 409
    page = check_page(answer)
    assert "已经提过疑问" in page and "再问一次，请快些答复" in page and WORDS in page
    assert Question.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_questions_at_once_are_one():
    desk, citizen = make.Desk(), make.citizen()
    case = desk.bring_to(make.online_case(make.item(desk.department), citizen), "reviewing")
    opening.note_reading(actor=desk.reviewer, case=case, kind=Reading.Kind.CASE, now=clock.now())
    reading = Reading.objects.get(subject_id=case.pk)

    def ask():
        return services.ask(actor=make.acting(citizen), reading_id=reading.pk, words=WORDS)

    results = at_once(ask, ask)
    assert sorted(type(result).__name__ for result in results) == ["Question", "WrongState"]
    question = Question.objects.get()
    officers = [make.staff(make.department(), roles=[Role.DATA_PROTECTION_OFFICER]) for _ in range(2)]

    def answering(officer):
        return lambda: services.answer(
            actor=make.acting(officer), question_id=question.pk, finding="proper", text=ANSWER
        )

    results = at_once(*map(answering, officers))
    assert sorted(type(result).__name__ for result in results) == ["Question", "WrongState"]
    assert Message.objects.filter(kind="reading_answered").count() == 1


# --- the officer ----------------------------------------------------------------------------------


def test_the_officer_answers_and_the_person_is_told(looked):
    question = asked(looked)
    answer = looked.officer_page.post(question_page(question), {"finding": "proper", "answer": ANSWER})
    assert (answer.status_code, answer["Location"]) == (302, question_page(question))
    told = Message.objects.get(kind="reading_answered")
    assert (told.user, told.link, told.title) == (
        looked.citizen, ask_page(looked.marked), "对您提出的疑问已经答复：合规"
    )  # fmt: skip
    page = check_page(looked.citizen_page.get(ask_page(looked.marked)))
    assert ANSWER in page and "答复：合规" in page
    assert "合规" in check_page(looked.citizen_page.get(MINE))
    assert not Message.objects.filter(kind="reading_improper").exists()
    assert "没有等待答复的疑问" in check_page(looked.officer_page.get(QUESTIONS))
    assert "监督员" in check_page(looked.officer_page.get(QUESTIONS, {"state": "answered"}))


def test_an_improper_reading_is_told_to_the_head_of_the_reader_s_organ_and_the_supervisor(looked):
    question = asked(looked, looked.plain)
    looked.officer_page.post(question_page(question), {"finding": "improper", "answer": ANSWER})
    told = Message.objects.filter(kind="reading_improper")
    assert {message.user_id for message in told} == {looked.head_staff.user_id, looked.supervisor_staff.user_id}
    for message in told:
        assert "王强" in message.body and "欧阳演示" not in message.body and WORDS not in message.body


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"answer": ANSWER}, "请选择认定。"),
        ({"finding": "perhaps", "answer": ANSWER}, "认定不在可选范围内，请重新选择。"),
        ({"finding": "proper", "answer": ""}, "请填写答复。"),
        ({"finding": "proper", "answer": "没问题"}, "答复至少 10 个字，请补充。"),
    ],
)
def test_a_bad_answer_is_said_beside_its_field_and_kept(looked, given, sentence):
    question = asked(looked)
    answer = looked.officer_page.post(question_page(question), given)
    assert answer.status_code == 422
    page = check_page(answer)
    assert sentence in page and given["answer"] in page
    assert Question.objects.get().answered_at is None


def test_the_second_officer_sees_the_first_one_s_answer_and_keeps_what_was_typed(looked):
    question = asked(looked)
    looked.officer_page.post(question_page(question), {"finding": "proper", "answer": ANSWER})
    late = browser_of(looked.officers[1].user)
    answer = late.post(question_page(question), {"finding": "improper", "answer": "我认为这次查看没有必要"})
    assert answer.status_code == 409
    page = check_page(answer)
    assert "已经答复过" in page and ANSWER in page and "我认为这次查看没有必要" in page
    assert Question.objects.get().finding == "proper"


def test_nobody_judges_their_own_reading(looked):
    give(looked.supervisor_staff, Role.DATA_PROTECTION_OFFICER, everywhere=True)
    question = asked(looked)
    page = check_page(looked.supervisor_page.get(question_page(question)))
    assert "请另一位个人信息保护负责人答复" in page
    answer = looked.supervisor_page.post(question_page(question), {"finding": "proper", "answer": ANSWER})
    assert answer.status_code == 403
    assert Question.objects.get().answered_at is None


def test_only_the_officer_works_on_questions(looked):
    question = asked(looked)
    for page in (looked.reviewer_page, looked.clerk_page, looked.citizen_page):
        assert page.get(QUESTIONS).status_code == page.get(question_page(question)).status_code == 403
    assert looked.officer_page.get(reverse("readings:question", args=[uuid4()])).status_code == 404
    assert QUESTIONS in looked.officer_page.get(reverse("accounts:protection")).content.decode()


def test_past_its_day_a_question_is_marked_for_both(looked):
    question = asked(looked)
    on_the_day = dt.datetime.combine(question.due_on, dt.time(23, 59), tzinfo=clock.SHANGHAI)
    with clock.shifted(on_the_day):
        assert "超过答复期限" not in looked.officer_page.get(QUESTIONS).content.decode()
    with clock.shifted(on_the_day + dt.timedelta(minutes=2)):
        assert "超过答复期限" in looked.officer_page.get(QUESTIONS).content.decode()
        assert "超过答复期限" in looked.officer_page.get(question_page(question)).content.decode()


def test_lists_of_questions_cost_the_same_however_long(looked, django_assert_max_num_queries):
    asked(looked)
    asked(looked, looked.plain)
    with django_assert_max_num_queries(14):
        looked.officer_page.get(QUESTIONS)


# --- keeping and erasing --------------------------------------------------------------------------


def test_a_copy_of_one_s_data_holds_readings_and_questions(looked):
    asked(looked)
    [marked] = [
        line for line in rights.export(looked.case.person_key_id)["查看记录"]["谁看过我的材料"] if line["我的疑问"]
    ]
    assert (marked["谁"], marked["我的疑问"], marked["办件"]) == ("监督员", WORDS, looked.case.number)


def test_readings_go_with_the_person_and_the_events_stay(looked):
    asked(looked)
    before = LedgerEvent.objects.filter(subject=looked.case.pk).count()
    privacy.erase(looked.case.person_key_id)
    assert not Reading.objects.exists() and not Question.objects.exists()
    assert LedgerEvent.objects.filter(subject=looked.case.pk).count() >= before
    assert not Message.objects.filter(kind="reading_question").exists()


def test_readings_run_out_after_three_years_and_an_open_question_keeps_its_own(looked):
    asked(looked)
    with clock.shifted(clock.now() + dt.timedelta(days=3 * 365)):
        assert services.sweep(100) == 0
    with clock.shifted(clock.now() + dt.timedelta(days=3 * 366)):
        assert services.sweep(100) == 1
        assert Reading.objects.get() == looked.marked


def test_a_question_that_is_answered_already_is_refused_by_the_service(looked):
    question = asked(looked)
    officer = make.acting(looked.officers[0])
    services.answer(actor=officer, question_id=question.pk, finding="proper", text=ANSWER)
    with pytest.raises(WrongState):
        services.answer(actor=officer, question_id=question.pk, finding="improper", text=ANSWER)
