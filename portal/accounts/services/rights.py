"""What persons may ask about their data (个人信息保护法 44 to 50): copy, correction, closing, erasure."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from portal import clock
from portal.accounts import hooks
from portal.accounts.models import OneTimeCode, Person, User
from portal.accounts.personal_data import close_sign_in
from portal.accounts.rules import answer_due_on, person_name_fault
from portal.accounts.services import codes
from portal.accounts.text_messages import send_letter
from portal.ledger import services as ledger
from portal.privacy import rights
from portal.privacy import services as privacy
from portal.privacy.masking import mask_email
from portal.privacy.models import DataRequest, PersonKey
from portal.privacy.retention import Kind, Term, of
from portal.web.dates import date_full
from portal.web.errors import BadInput, NotFound, WrongState
from portal.web.grants import Actor
from portal.workdays.hooks import CalendarChange
from portal.workdays.queries import current_calendar

CORRECTABLE: Final = ("name", "address")

_Kind = DataRequest.Kind
_State = DataRequest.State


@dataclass(frozen=True, slots=True)
class Leaving:
    """How a closing or an erasure ended: at once, or kept because terms run."""

    request: DataRequest
    terms: list[Term]

    @property
    def is_erased(self) -> bool:
        return self.request.state == _State.DONE


def person_of(user_id: UUID | None) -> Person:
    """The person behind a sign-in. Raises NotFound for staff and for sign-ins without a person."""
    person = Person.objects.select_related("key").filter(user=user_id, user__staff__isnull=True).first()
    if person is None:
        raise NotFound("这个账号没有登记个人信息。")
    return person


@transaction.atomic
def copy_of(*, actor: Actor) -> dict[str, Any]:
    """All that the portal holds about the person who acts, and an event that says so (个人信息保护法 45)."""
    person = person_of(actor.user_id)
    data = {"导出时间": clock.now().isoformat(), **rights.export(person.key_id)}
    ledger.record(subject=person.pk, kind="accounts.data_copied", actor=actor.user_id, body={})
    return data


@transaction.atomic
def ask_correction(*, actor: Actor, name: str, address: str) -> DataRequest:
    """Ask for another name or address; the window looks at the document first. Raises BadInput, WrongState."""
    person = person_of(actor.user_id)
    name, address = name.strip(), address.strip()
    if fault := person_name_fault(name):
        raise BadInput(fault, field="name")
    asked = {key: value for key, value in (("name", name), ("address", address)) if value != getattr(person, key)}
    if not asked:
        raise BadInput("姓名和住址与现在登记的一样，没有要改的。", field="name", code="nothing_to_correct")
    PersonKey.objects.select_for_update(no_key=True).get(pk=person.key_id)
    if DataRequest.objects.filter(key=person.key_id, kind=_Kind.CORRECTION, state=_State.WAITING).exists():
        raise WrongState("您已经有一个更正请求在等窗口核实。", code="correction_waiting")
    request = _asked(person, _Kind.CORRECTION, actor, json.dumps(asked, ensure_ascii=False))
    ledger.record(
        subject=person.pk,
        kind="accounts.correction_asked",
        actor=actor.user_id,
        body={"request": str(request.pk), "content": privacy.commitment(person.key_id, request.content)},
    )
    return request


@transaction.atomic
def answer_correction(*, request_id: UUID, agreed: bool, answer: str, actor: Actor) -> DataRequest:
    """The window has seen the document, or says why not. Raises NotFound, BadInput, WrongState."""
    request = DataRequest.objects.select_for_update(of=("self",)).select_related("key").filter(pk=request_id).first()
    if request is None or request.kind != _Kind.CORRECTION:
        raise NotFound("没有这个请求。")
    if request.state != _State.WAITING or request.key.is_erased:
        raise WrongState("这个请求已经答复过。", code="request_answered")
    if not answer.strip():
        raise BadInput("请写明看过什么证件，或者为什么不同意。", field="answer")
    person = Person.objects.select_for_update(of=("self",)).select_related("key").get(key=request.key_id)
    if agreed:
        for field, value in json.loads(request.content).items():
            if field in CORRECTABLE:
                setattr(person, field, value)
        person.save(update_fields=CORRECTABLE)
    _close(request, _State.DONE if agreed else _State.REFUSED, actor.user_id, answer.strip())
    ledger.record(
        subject=person.pk,
        kind="accounts.correction_answered",
        actor=actor.user_id,
        body={"request": str(request.pk), "agreed": agreed, "answer": privacy.commitment(person.key_id, answer)},
    )
    return request


def begin_email_change(*, actor: Actor, email: str) -> OneTimeCode:
    """Send a code to the new address, which does not count before it comes back. Raises TooMany."""
    assert actor.user_id is not None
    user = User.objects.get(pk=actor.user_id)
    content = {"email": email}
    return codes.issue(purpose=OneTimeCode.Purpose.CHANGE_EMAIL, phone="", user=user, content=content, mail=email)


def finish_email_change(*, actor: Actor, code_id: UUID, typed: str) -> None:
    """Mail goes to the new address from now on; the old one is told. Raises BadInput."""

    def change(row: OneTimeCode, content: Mapping[str, str]) -> None:
        if row.user_id != actor.user_id:
            raise BadInput("验证码不正确或已过期，请检查；也可以重新获取。", code="code_wrong", field="code")
        _set_email(actor, content["email"], str(row.pk))

    codes.redeem(code_id=code_id, purpose=OneTimeCode.Purpose.CHANGE_EMAIL, typed=typed, act=change)


@transaction.atomic
def remove_email(*, actor: Actor) -> None:
    """No mail any more; the old address is told."""
    _set_email(actor, "", f"{actor.user_id}:{clock.now().isoformat()}")


def _set_email(actor: Actor, email: str, key: str) -> None:
    user = _locked_user(actor)
    old, user.email = user.email, email
    user.save(update_fields=["email"])
    hooks.tell(user.pk, "email_changed", f"email-changed:{key}")
    if old:
        now = f"改为 {mask_email(email)}" if email else "删去"
        text = f"您账号的电子邮箱已{now}，以后的邮件不再发到这里。如果不是您本人操作，请马上联系大厅。"
        send_letter(address=old, text=text, key=f"{key}:old")


def close_account(*, actor: Actor) -> Leaving:
    """End the account: nobody signs in any more, and what no law keeps is erased. Raises WrongState."""
    return _leave(_Kind.CLOSING, actor)


def ask_erasure(*, actor: Actor) -> Leaving:
    """Erase now; while a term runs, keep and do nothing else until it ends (个人信息保护法 47). Raises WrongState."""
    return _leave(_Kind.ERASURE, actor)


@transaction.atomic
def _leave(kind: DataRequest.Kind, actor: Actor) -> Leaving:
    person = person_of(actor.user_id)
    key_id = person.key_id
    # One at a time; a case that is submitted meanwhile is found by whoever comes second.
    PersonKey.objects.select_for_update(no_key=True).get(pk=key_id)
    if obstacles := rights.obstacles(key_id):
        raise WrongState("".join(obstacles), code="not_yet")
    terms = rights.terms(key_id)
    open_one = DataRequest.objects.filter(key=key_id, kind=kind, state=_State.KEPT).first()
    request = open_one or _asked(person, kind, actor, "", kept_until=terms[0].until if terms else None)
    close_sign_in(_locked_user(actor))
    ledger.record(
        subject=person.pk,
        kind=f"accounts.{kind.value}_asked",
        actor=actor.user_id,
        body={"request": str(request.pk), "kept_until": terms[0].until.isoformat() if terms else None},
    )
    if terms:
        privacy.restrict(key_id)
    else:
        _carry_out(request, actor.user_id)
    return Leaving(request, terms)


def sweep(limit: int) -> int:
    """Erase whose terms have run out, and forget answered requests after theirs; returns how many."""
    due = DataRequest.objects.filter(state=_State.KEPT, run_on__lte=clock.today()).order_by("run_on")
    done = sum(_run_out(request_id) for request_id in list(due.values_list("pk", flat=True)[:limit]))
    before = of(Kind.REQUEST).begun_before(clock.today())
    old = DataRequest.objects.filter(closed_at__date__lte=before).values_list("pk", flat=True)[:limit]
    return done + DataRequest.objects.filter(pk__in=list(old)).delete()[0]


@transaction.atomic
def _run_out(request_id: UUID) -> int:
    request = (
        DataRequest.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=request_id, state=_State.KEPT)
        .first()
    )
    if request is None:
        return 0
    terms = rights.terms(request.key_id)
    if terms:
        request.run_on = terms[0].until  # something began later than the request
        request.save(update_fields=["run_on"])
        return 0
    if rights.obstacles(request.key_id):
        request.run_on = clock.today() + dt.timedelta(days=1)
        request.save(update_fields=["run_on"])
        return 0
    _carry_out(request, None)
    return 1


def _carry_out(request: DataRequest, by: UUID | None) -> None:
    for each in DataRequest.objects.filter(key=request.key_id).exclude(state__in=[_State.DONE, _State.REFUSED]):
        _close(each, _State.DONE, by, "")
    request.refresh_from_db()
    # What was asked and answered in words goes with the person; that it was, stays for its term.
    DataRequest.objects.filter(key=request.key_id).update(content="", answer="")
    privacy.erase(request.key_id)


def _locked_user(actor: Actor) -> User:
    assert actor.user_id is not None
    return User.objects.select_for_update().get(pk=actor.user_id)


def _asked(
    person: Person, kind: DataRequest.Kind, actor: Actor, content: str, *, kept_until: dt.date | None = None
) -> DataRequest:
    return DataRequest.objects.create(
        key=person.key,
        kind=kind,
        state=_State.KEPT if kept_until is not None else _State.WAITING,
        content=content,
        asked_at=clock.now(),
        answer_due_on=answer_day(),
        run_on=kept_until,
        asked_by=actor.user_id,
    )


def answer_day() -> dt.date:
    """The last day for the answer to what is asked today."""
    return answer_due_on(current_calendar(), clock.today())


def on_calendar_change(change: CalendarChange) -> None:
    """A notice was imported: what waits is counted again, from the day on which it was asked."""
    waiting = DataRequest.objects.select_for_update().filter(state__in=[_State.WAITING, _State.KEPT])
    for request in waiting.order_by("pk"):
        due = answer_due_on(change.after, clock.local_date(request.asked_at))
        if due != request.answer_due_on:
            request.answer_due_on = due
            request.save(update_fields=["answer_due_on"])


def _close(request: DataRequest, state: DataRequest.State, by: UUID | None, answer: str) -> None:
    request.state, request.closed_at, request.answered_by, request.answer = state, clock.now(), by, answer
    request.save(update_fields=["state", "closed_at", "answered_by", "answer"])


def refusal_lines(terms: list[Term]) -> list[str]:
    """Why the data stays: what, until when, by what law."""
    return [f"{term.what}：依照{term.law}，保存到{date_full(term.until)}。" for term in terms]
