"""Work that follows a commit (operations.md section 2)."""

import os
import signal
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from portal import clock
from portal.outbox import registry, services, sweepers, tasks, wakeup
from portal.outbox.models import Job


@pytest.fixture
def effects(monkeypatch):
    """A handler of kind "test" that writes down what it did."""
    done = []
    monkeypatch.setitem(registry._handlers, "test", done.append)
    return done


@pytest.fixture(autouse=True)
def no_wake_up_on_its_way():
    wakeup.answered()


def put(key="a", **kwargs):
    with transaction.atomic():
        return services.enqueue(kind="test", payload={"n": 1}, key=key, **kwargs)


@pytest.mark.django_db
def test_a_job_is_done_once_and_its_handler_sees_key_and_payload(effects):
    job_id = put()
    assert services.run_due() == 1
    assert services.run_due() == 0
    assert [(view.id, view.key, view.payload, view.attempts) for view in effects] == [(job_id, "a", {"n": 1}, 1)]
    assert Job.objects.get().done_at is not None


@pytest.mark.django_db
def test_the_same_key_twice_is_one_job(effects):
    assert put() == put()
    services.run_due()
    assert put() == Job.objects.get().pk
    assert services.run_due() == 0
    assert len(effects) == 1


@pytest.mark.django_db
def test_a_rolled_back_transaction_leaves_no_job(effects):
    with pytest.raises(LookupError), transaction.atomic():
        put()
        raise LookupError
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="transaction"):
        services.enqueue(kind="test", payload={}, key="a")


@pytest.mark.django_db
def test_a_job_waits_until_it_is_due(effects):
    now = clock.now()
    put(due_at=now + timedelta(hours=1))
    assert services.run_due() == 0
    with clock.shifted(now + timedelta(hours=1)):
        assert services.run_due() == 1


@pytest.mark.django_db
def test_a_crash_between_claim_and_effect_is_made_good_after_the_lease(effects):
    now = clock.now()
    put()
    [(view, token)] = services.claim()
    assert services.claim() == []
    with clock.shifted(now + services.LEASE + timedelta(minutes=1)):
        assert services.run_due() == 1
    assert [done.attempts for done in effects] == [2]
    assert services.perform(view, token) is False
    assert len(effects) == 1


@pytest.mark.django_db
def test_a_poison_job_is_dead_after_five_attempts_and_can_be_tried_again(monkeypatch):
    def poison(view):
        raise ZeroDivisionError("140602198501010016")

    monkeypatch.setitem(registry._handlers, "test", poison)
    job_id = put()
    now = clock.now() + timedelta(seconds=1)
    for _ in range(10):
        with clock.shifted(now):
            services.run_due()
        now += timedelta(hours=2)
    job = Job.objects.get()
    assert (job.attempts, job.dead_at is not None, job.last_error) == (5, True, "ZeroDivisionError")
    monkeypatch.setitem(registry._handlers, "test", lambda view: None)
    services.try_again(job_id=job_id)
    assert services.run_due() == 1
    assert Job.objects.get().done_at is not None


@pytest.mark.django_db
def test_a_job_that_kills_its_process_counts_up_and_is_buried(effects):
    put()
    now = clock.now() + timedelta(seconds=1)
    for _ in range(services.MAX_ATTEMPTS):
        with clock.shifted(now):
            assert len(services.claim()) == 1
        now += services.LEASE + timedelta(seconds=1)
    with clock.shifted(now):
        assert services.claim() == []
        assert services.bury_exhausted() == 1
    assert Job.objects.dead().count() == 1
    assert effects == []


@pytest.mark.django_db
def test_a_failed_effect_is_rolled_back_with_its_mark(monkeypatch):
    def half(view):
        services.enqueue(kind="other", payload={}, key="x")
        raise ZeroDivisionError

    monkeypatch.setitem(registry._handlers, "test", half)
    put()
    services.run_due()
    assert list(Job.objects.values_list("kind", "attempts", "done_at", "dead_at")) == [("test", 1, None, None)]


@pytest.mark.django_db
def test_a_kind_without_a_handler_is_not_lost():
    put()
    services.run_due()
    assert Job.objects.open().get().last_error == "LookupError"


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_do_one_job_twice(monkeypatch):
    done = []
    monkeypatch.setitem(registry._handlers, "test", lambda view: done.append(view.key))
    keys = [str(number) for number in range(40)]
    for key in keys:
        put(key)
    barrier = threading.Barrier(4)

    def work():
        try:
            barrier.wait()
            services.run_due(limit=100)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == sorted(keys)


@pytest.mark.django_db(transaction=True)
def test_a_wake_up_is_sent_once_after_the_commit_and_never_after_a_rollback(settings, monkeypatch):
    settings.OUTBOX_WAKE = True
    sent = []
    monkeypatch.setattr("portal.outbox.tasks.run_outbox.apply_async", lambda **options: sent.append(options))
    with transaction.atomic():
        services.enqueue(kind="test", payload={}, key="a")
        services.enqueue(kind="test", payload={}, key="b")
        assert sent == []
    assert len(sent) == 1
    assert sent[0]["retry"] is False
    with pytest.raises(LookupError), transaction.atomic():
        services.enqueue(kind="test", payload={}, key="c")
        raise LookupError
    assert len(sent) == 1


@pytest.mark.django_db(transaction=True)
def test_one_wake_up_serves_every_commit_until_a_worker_answers_it(settings, monkeypatch, effects):
    settings.OUTBOX_WAKE = True
    sent = []
    monkeypatch.setattr("portal.outbox.tasks.run_outbox.apply_async", lambda **options: sent.append(options))
    put("a")
    put("b")
    assert len(sent) == 1
    tasks.run_outbox()
    put("c")
    assert len(sent) == 2


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_does_not_hurt_the_request_and_is_left_alone_for_a_while(settings, monkeypatch):
    settings.OUTBOX_WAKE = True
    monkeypatch.setattr(wakeup, "_silent_until", [0.0])
    asked = []

    def down(**options):
        asked.append(options)
        raise ConnectionRefusedError

    monkeypatch.setattr("portal.outbox.tasks.run_outbox.apply_async", down)
    put("a")
    put("b")
    assert len(asked) == 1
    assert Job.objects.open().count() == 2


def test_a_handler_or_sweeper_is_registered_once():
    kind = uuid4().hex

    @registry.handler(kind)
    def first(view):
        pass

    assert registry.handler_of(kind) is first
    assert registry.handler(kind)(first) is first
    with pytest.raises(ValueError, match="two handlers"):
        registry.handler(kind)(lambda view: None)
    with pytest.raises(ValueError, match="two sweepers"):
        sweepers.register("outbox", lambda limit: 0)
    del registry._handlers[kind]


@pytest.mark.django_db
def test_the_command_sweep_runs_every_sweeper_although_one_fails(monkeypatch, effects, capsys):
    def broken(limit):
        raise ZeroDivisionError

    monkeypatch.setattr(sweepers, "_sweepers", {"broken": broken, **sweepers._sweepers})
    put()
    with pytest.raises(CommandError, match="broken"):
        call_command("sweep")
    assert len(effects) == 1
    assert "outbox: 1" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no sweeper x"):
        call_command("sweep", only=["x"])


def test_a_sweeper_runs_until_nothing_is_left(monkeypatch):
    left = [450]

    def sweep(limit):
        done = min(limit, left[0])
        left[0] -= done
        return done

    monkeypatch.setattr(sweepers, "_sweepers", {"many": sweep})
    assert [(result.done, result.failed) for result in sweepers.run_all(limit=200)] == [(450, False)]


@pytest.mark.django_db
def test_the_loop_goes_on_until_it_is_asked_to_stop(monkeypatch):
    rounds = []

    def sweep(limit):
        rounds.append(limit)
        if len(rounds) == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return 0

    monkeypatch.setattr(sweepers, "_sweepers", {"rounds": sweep})
    monkeypatch.setattr("portal.outbox.management.commands.sweep.close_old_connections", lambda: None)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        call_command("sweep", loop=True, interval=0.001, limit=7)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert rounds == [7, 7, 7]
