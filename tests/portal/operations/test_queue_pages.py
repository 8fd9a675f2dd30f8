"""Dead letters: what, since when, why; again, or given up with a reason; each an event."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal import clock
from portal.ledger.queries import events_of
from portal.outbox import services as outbox
from portal.outbox.models import Job
from tests.pages import check_page

pytestmark = pytest.mark.django_db


def dead(kind: str = "messaging.email", **more) -> Job:
    now = clock.now()
    return Job.objects.create(
        kind=kind, key=uuid4().hex, created_at=now, due_at=now, dead_at=now, attempts=5,
        last_error="GatewayFailed", **more,
    )  # fmt: skip


def test_the_list_shows_what_failed_and_why_but_never_the_contents(administrator):
    dead(payload={"phone": "13900001111"})
    page = check_page(administrator.get(reverse("operations:queue")))
    assert "电子邮件" in page and "GatewayFailed" in page and "5 次" in page
    assert "13900001111" not in page


def test_an_empty_list_says_so(administrator):
    assert "没有失败的任务" in check_page(administrator.get(reverse("operations:queue")))
    assert "没有符合条件的任务" in check_page(administrator.get(reverse("operations:queue"), {"state": "given_up"}))


def test_filters_by_kind_and_state_survive_paging(administrator):
    for _ in range(30):
        dead()
    dead("accounts.text_message")
    page = check_page(administrator.get(reverse("operations:queue"), {"kind": "messaging.email"}))
    assert page.count('data-label="种类"') == 25
    assert "kind=messaging.email&amp;page=" in page


def test_again_gives_five_new_attempts_and_is_an_event(administrator):
    job = dead()
    done = administrator.post(reverse("operations:job_again", args=[job.pk]))
    assert "1 个任务已经重新排队" in check_page(administrator.get(done["Location"]))
    job.refresh_from_db()
    assert (job.dead_at, job.attempts) == (None, 0)
    assert [event.kind for event in events_of(job.pk)] == ["outbox.try_again"]


def test_the_second_click_says_that_it_is_done_already(administrator):
    job = dead()
    administrator.post(reverse("operations:job_again", args=[job.pk]))
    answer = administrator.post(reverse("operations:job_again", args=[job.pk]))
    assert answer.status_code == 409
    assert "已经由别人处理" in check_page(answer)
    assert len(events_of(job.pk)) == 1


def test_all_of_a_kind_are_tried_again_and_the_others_are_not(administrator):
    mails = [dead() for _ in range(3)]
    text = dead("accounts.text_message")
    administrator.post(reverse("operations:jobs_again"), {"kind": "messaging.email"})
    assert set(Job.objects.open()) == set(mails)
    assert Job.objects.dead().get() == text


def test_giving_up_wants_a_reason_keeps_it_and_never_runs_the_job(administrator):
    job = dead()
    address = reverse("operations:job_give_up", args=[job.pk])
    refused = administrator.post(address, {"reason": "  "})
    assert refused.status_code == 422
    assert "理由" in check_page(refused)
    assert administrator.post(address, {"reason": "收件人已电话通知"}).status_code == 302
    job.refresh_from_db()
    assert job.given_up_at is not None
    assert "收件人已电话通知" in check_page(administrator.get(reverse("operations:queue"), {"state": "given_up"}))
    assert not outbox.try_again(job_id=job.pk)
    assert outbox.run_due() == 0
    assert [event.kind for event in events_of(job.pk)] == ["outbox.give_up"]
    assert "已经由别人处理" in check_page(administrator.post(address, {"reason": "再一次"}))


def test_the_database_refuses_a_job_given_up_without_a_reason():
    job = dead()
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(given_up_at=clock.now())


def test_an_unknown_job_is_not_found(administrator):
    assert administrator.post(reverse("operations:job_again", args=[uuid4()])).status_code == 404
    assert administrator.get(reverse("operations:job_give_up", args=[uuid4()])).status_code == 404


def test_the_list_costs_few_queries_however_many_failed(administrator, django_assert_max_num_queries):
    for _ in range(40):
        dead()
    with django_assert_max_num_queries(12):
        administrator.get(reverse("operations:queue"))
