"""送达 (行政许可法 44, TIM-3): what was posted or announced, what came back, and the day on which it arrived."""

from __future__ import annotations

import datetime as dt

from applications import rows, rules
from applications.models import Case, Delivery, DeliveryAttempt
from portal.clock import local_date
from portal.transitions import inputs
from portal.transitions.process import Context
from portal.web.dates import date_full
from portal.web.errors import BadInput
from portal.web.grants import acting_user
from portal.workdays.terms import shanghai_midnight

Method, Outcome = Delivery.Method, DeliveryAttempt.Outcome
#: What the office cannot receive back: a public notice runs, an electronic paper is there.
MAY_FAIL = (Method.POST, Method.DIRECT, Method.LEAVING, Method.ENTRUSTED)
#: In the place of the one who signs, where a public notice stands for the signature.
BY_NOTICE = "公告期满视为送达"


def post(ctx: Context) -> None:
    """The papers go to the post; they count as delivered on the day of arrival."""
    case: Case = ctx.subject
    tracking = inputs.text(ctx, "tracking", "邮件号", longest=50)
    _begin(
        ctx,
        DeliveryAttempt(case=case, method=Method.POST, begun_on=_day(ctx, "posted_on", "交寄日期"), tracking=tracking),
    )
    ctx.results["note"] = f"邮件号 {tracking}"


def announce(ctx: Context) -> None:
    """民事诉讼法 95: where nobody can be found or no other way has succeeded; delivered when thirty days are over."""
    case: Case = ctx.subject
    first_on = _day(ctx, "first_on", "公告的第一天")
    place = inputs.text(ctx, "notice_place", "公告的地点", longest=200)
    reason = inputs.text(ctx, "reason", "用公告送达的理由", longest=500)
    _begin(
        ctx,
        DeliveryAttempt(case=case, method=Method.PUBLIC, begun_on=first_on, notice_place=place, notice_reason=reason),
    )
    ctx.results["note"] = f"{place}，公告到{date_full(rules.notice_ends_on(first_on))}：{reason}"


def fail(ctx: Context) -> None:
    """It came back, or nobody could be given it: the case stays to be delivered, in another way."""
    case: Case = ctx.subject
    attempt = rows.open_attempt(case)
    failed_on = _day(ctx, "failed_on", "退回或者送达不成的日期")
    if attempt is None:
        method = inputs.choice(ctx, "method", "送达方式", MAY_FAIL)
        tracking = inputs.text(ctx, "tracking", "邮件号", required=method == Method.POST, longest=50)
        attempt = DeliveryAttempt(
            case=case, method=method, begun_on=failed_on, tracking=tracking, recorded_by_id=acting_user(ctx.actor)
        )
    _not_before(failed_on, attempt, "failed_on")
    attempt.failure = inputs.text(ctx, "reason", "退回或者送达不成的原因", longest=500)
    _end(ctx, attempt, Outcome.FAILED, failed_on)
    ctx.results["note"] = f"{attempt.get_method_display()}：{attempt.failure}"


def deliver(ctx: Context) -> None:
    """Method, who signed, and the day; the service receipt says it, and what was tried before."""
    case: Case = ctx.subject
    attempt = rows.open_attempt(case)
    method = inputs.choice(ctx, "method", "送达方式", Method.values, default=None)
    same = attempt is not None and attempt.method == method
    notice = _notice_over(ctx, attempt) if method == Method.PUBLIC else None
    posted = attempt.tracking if same and attempt is not None else ""
    tracking = inputs.text(ctx, "tracking", "邮件号", required=method == Method.POST and not posted, longest=50)
    delivered_on = notice or _day(ctx, "delivered_on", "送达日期")
    if same and attempt is not None:
        _not_before(delivered_on, attempt, "delivered_on")
    relation = inputs.text(ctx, "recipient_relation", "与受送达人的关系", longest=50, default="本人", required=False)
    signer = inputs.text(ctx, "recipient", "签收人", longest=50, required=notice is None)
    at = ctx.now if delivered_on == local_date(ctx.now) else shanghai_midnight(delivered_on)
    assert case.decided_at is not None
    ctx.results["delivery"] = Delivery.objects.create(
        case=case,
        method=method,
        recipient=case.applicant_name[:50] if notice is not None else signer,
        recipient_relation=BY_NOTICE if notice is not None else relation or "本人",
        tracking=tracking or posted,
        delivered_at=max(at, case.decided_at),
        deliverer_id=acting_user(ctx.actor),
        remark=inputs.text(ctx, "remark", "备注", required=False, longest=500),
    )
    if attempt is not None:
        outcome = Outcome.DELIVERED if same else Outcome.REPLACED
        _end(ctx, attempt, outcome, max(delivered_on, attempt.begun_on))
        ctx.results["notice"] = attempt if notice is not None else None
    case.delivered_at = ctx.results["clock_at"] = ctx.results["delivery"].delivered_at
    ctx.results["served"] = {"method": method, "on": delivered_on.isoformat()}


def _day(ctx: Context, name: str, label: str) -> dt.date:
    """A day between the decision and today; today when nothing is given."""
    today = local_date(ctx.now)
    day = inputs.day(ctx, name, label, default=today)
    if day > today:
        raise BadInput(f"{label}不能晚于今天。", field=name, code="day_in_the_future")
    decided_on = local_date(ctx.subject.decided_at)
    if day < decided_on:
        raise BadInput(
            f"{label}不能早于{date_full(decided_on)}，那天才作出决定。", field=name, code="day_before_decision"
        )
    return day


def _not_before(day: dt.date, attempt: DeliveryAttempt, name: str) -> None:
    if day < attempt.begun_on:
        raise BadInput(
            f"不能早于{date_full(attempt.begun_on)}，那天才登记{attempt.get_method_display()}。",
            field=name,
            code="day_before_attempt",
        )


def _notice_over(ctx: Context, attempt: DeliveryAttempt | None) -> dt.date:
    """The last day of the public notice; it has to be over."""
    if attempt is None or attempt.method != Method.PUBLIC:
        raise BadInput("公告送达先登记公告，期满以后再登记送达。", field="method", code="not_announced")
    last = rules.notice_ends_on(attempt.begun_on)
    if local_date(ctx.now) <= last:
        raise BadInput(f"公告到{date_full(last)}期满，期满以后才能登记送达。", field="method", code="notice_runs")
    return last


def _begin(ctx: Context, attempt: DeliveryAttempt) -> None:
    attempt.recorded_by_id = acting_user(ctx.actor)
    attempt.save()
    ctx.subject.__dict__["_open_attempt"] = attempt
    ctx.results["attempt"] = attempt
    ctx.results["served"] = {"method": attempt.method, "on": attempt.begun_on.isoformat()}


def _end(ctx: Context, attempt: DeliveryAttempt, outcome: DeliveryAttempt.Outcome, day: dt.date) -> None:
    attempt.outcome = outcome
    attempt.ended_on = day
    attempt.save()
    ctx.subject.__dict__["_open_attempt"] = None
    ctx.results["served"] = {"method": attempt.method, "on": day.isoformat()}
