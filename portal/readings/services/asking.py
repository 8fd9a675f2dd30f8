"""A person asks about an entry; the data-protection officer answers within the term (个人信息保护法 50, 52)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from portal import clock
from portal.accounts.grants import in_force
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.accounts.rules import answer_due_on
from portal.ledger.services import record
from portal.messaging.services import send
from portal.privacy.services import commitment
from portal.readings import queries, rules
from portal.readings.models import Question, Reading
from portal.web.dates import date_full
from portal.web.errors import BadInput, NotAllowed, NotFound, WrongState
from portal.web.grants import Actor
from portal.workdays.hooks import CalendarChange
from portal.workdays.queries import current_calendar


@transaction.atomic
def ask(*, actor: Actor, reading_id: UUID, words: str) -> Question:
    """Ask about an entry of one's own page, once. Raises NotFound, WrongState, BadInput."""
    now = clock.now()
    today = clock.local_date(now)
    reading = Reading.objects.select_for_update(no_key=True).filter(pk=reading_id).first()
    if reading is None or not queries.mine(actor, today).filter(pk=reading_id).exists():
        raise NotFound("没有这条查看记录。")
    if Question.objects.filter(reading=reading).exists():
        raise WrongState("这条记录已经提过疑问，一条记录提一次。", code="asked_already")
    if fault := rules.text_fault(words, "疑问", rules.SHORTEST_QUESTION, rules.LONGEST_QUESTION):
        raise BadInput(fault, field="words")
    question = Question.objects.create(
        reading=reading,
        key=reading.key,
        asked_by=_user(actor),
        words=words.strip(),
        asked_at=now,
        due_on=answer_due_on(current_calendar(), today),
    )
    record(
        subject=reading.subject_id,
        kind="privacy.reading_questioned",
        actor=actor.user_id,
        key=question.pk,
        at=now,
        body={
            "reading": str(reading.pk),
            "words": commitment(reading.key_id, question.words),
            "due_on": question.due_on.isoformat(),
        },
    )
    _tell(
        _holders(Role.DATA_PROTECTION_OFFICER),
        "reading_question",
        question,
        {"due": date_full(question.due_on)},
        link=reverse("readings:question", args=[question.pk]),
    )
    return question


@transaction.atomic
def answer(*, actor: Actor, question_id: UUID, finding: str, text: str) -> Question:
    """Answer a question once. Raises NotFound, WrongState, NotAllowed (one's own reading), BadInput."""
    question = (
        Question.objects.select_for_update(of=("self",), no_key=True)
        .select_related("key", "asked_by")
        .filter(pk=question_id)
        .first()
    )
    if question is None:
        raise NotFound("没有这个疑问。")
    if question.answered_at is not None:
        raise WrongState("这个疑问已经答复过，答复见下面。", code="answered_already")
    reading = Reading.objects.select_related("office").get(pk=question.reading_id)
    if reading.reader_id == actor.user_id:
        raise NotAllowed("这条记录是您本人查看的，请另一位个人信息保护负责人答复。", code="own_reading")
    if finding not in Question.Finding.values:
        raise BadInput("请选择认定。", field="finding")
    if fault := rules.text_fault(text, "答复", rules.SHORTEST_ANSWER, rules.LONGEST_ANSWER):
        raise BadInput(fault, field="answer")
    now = clock.now()
    question.finding, question.answer, question.answered_at = finding, text.strip(), now
    question.answered_by = _user(actor)
    question.save(update_fields=["finding", "answer", "answered_at", "answered_by"])
    record(
        subject=reading.subject_id,
        kind="privacy.reading_answered",
        actor=actor.user_id,
        at=now,
        body={
            "reading": str(reading.pk),
            "question": str(question.pk),
            "finding": finding,
            "answer": commitment(question.key_id, question.answer),
        },
    )
    _tell(
        [question.asked_by],
        "reading_answered",
        question,
        {"finding": question.get_finding_display()},
        link=reverse("readings:ask", args=[reading.pk]),
    )
    if finding == Question.Finding.IMPROPER:
        _tell_superiors(question, reading)
    return question


def _user(actor: Actor) -> User:
    assert actor.user_id is not None  # only who is signed in comes here
    return User.objects.get(pk=actor.user_id)


def _tell_superiors(question: Question, reading: Reading) -> None:
    """The head of the reader's organ, and who supervises it; nothing about the person who asked."""
    heads = _holders(Role.ORGAN_HEAD, Role.SUPERVISOR, of=reading.office_id)
    context = {
        "reader": f"{reading.reader_name}（{reading.reader_number}）",
        "office": reading.office.name,
        "on": date_full(reading.day),
        "kind": reading.get_kind_display(),
    }
    _tell(heads, "reading_improper", question, context)


def _holders(*roles: Role, of: UUID | None = None) -> list[User]:
    """Who holds one of the roles today: for the department or, always, for the whole city."""
    held = Q(staff__roles__role__in=roles) & in_force("staff__roles__")
    held &= Q(staff__roles__department=None) | Q(staff__roles__department=of)
    today = clock.today()
    serving = Q(staff__left_on=None) | Q(staff__left_on__gt=today)
    return list(User.objects.filter(held, serving).distinct().order_by("pk"))


def _tell(
    users: Iterable[User], kind: str, question: Question, context: dict[str, str], *, link: str = ""
) -> None:
    for user in users:
        send(kind=kind, user=user, context=context, key=f"{kind}:{question.pk}:{user.pk}", link=link, now=clock.now())


def on_calendar_change(_change: CalendarChange) -> None:
    """A notice was imported: questions that wait are counted again, from the day on which they were asked."""
    calendar = current_calendar()
    for question in Question.objects.select_for_update().filter(answered_at=None).order_by("pk"):
        due = answer_due_on(calendar, clock.local_date(question.asked_at))
        if due != question.due_on:
            Question.objects.filter(pk=question.pk).update(due_on=due)
