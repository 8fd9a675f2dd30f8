"""Text messages by an HTTP gateway, against a small real one that fails, hangs and repeats."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import transaction

from portal.accounts import hooks, text_messages
from portal.messaging import gateway
from portal.messaging.gateway import GatewayFailed, HttpGateway
from portal.outbox import services as outbox
from portal.outbox.models import Job


class Gateway(ThreadingHTTPServer):
    """Keeps what it took by key; `answers` are the statuses of the next requests, 0 for none at all."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Request)
        self.taken: dict[str, dict] = {}
        self.requests: list[dict] = []
        self.answers: list[int] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://:the-token@127.0.0.1:{self.server_address[1]}/sms"


class _Request(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers["Idempotency-Key"]
        self.server.requests.append({"path": self.path, "auth": self.headers["Authorization"], "key": key, **body})
        status = self.server.answers.pop(0) if self.server.answers else 200
        if status == 0:  # takes it, and the answer is lost
            self.server.taken[key] = body
            self.server.released.wait(20)
            return
        if status == 302:
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            return
        if status == 200:
            status = 409 if key in self.server.taken else 200
            self.server.taken[key] = body
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def server():
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def channel(server, monkeypatch):
    monkeypatch.setattr(hooks, "sms_channels", [HttpGateway(server.url).send])


def send(key: str = "code:1") -> None:
    with transaction.atomic():
        text_messages.send_text(phone="+8613900001111", text="验证码 123456", key=key)


def due_now() -> None:
    Job.objects.open().update(due_at="2020-01-01T00:00:00Z")


def test_a_message_goes_out_with_token_key_and_signature(server):
    HttpGateway(server.url).send("+8613900001111", "您好", "key-1")
    (request,) = server.requests
    assert request == {
        "path": "/sms",
        "auth": "Bearer the-token",
        "key": "key-1",
        "phone": "+8613900001111",
        "text": "【朔州市政务服务平台】您好",
        "id": "key-1",
    }


@pytest.mark.parametrize("status", [302, 400, 401, 429, 500, 503])
def test_an_answer_that_does_not_take_it_is_a_failure_that_names_no_phone(server, status):
    server.answers = [status]
    with pytest.raises(GatewayFailed) as failure:
        HttpGateway(server.url).send("+8613900001111", "您好", "key-1")
    assert "139" not in str(failure.value)
    assert len(server.requests) == 1  # a redirect is not followed


def test_a_gateway_that_hangs_is_left_after_its_time(server, monkeypatch):
    monkeypatch.setattr(gateway, "ANSWER_SECONDS", 0.2)
    server.answers = [0]
    with pytest.raises(GatewayFailed):
        HttpGateway(server.url).send("+8613900001111", "您好", "key-1")


def test_nobody_at_the_address_is_a_failure():
    with pytest.raises(GatewayFailed):
        HttpGateway("http://127.0.0.1:1/sms").send("+8613900001111", "您好", "key-1")


@pytest.mark.django_db(transaction=True)
def test_a_failure_is_tried_again_with_the_same_key(server, channel):
    server.answers = [500]
    send()
    outbox.run_due()
    assert Job.objects.open().count() == 1
    due_now()
    outbox.run_due()
    assert Job.objects.open().count() == 0
    assert len({request["key"] for request in server.requests}) == 1
    assert len(server.taken) == 1


@pytest.mark.django_db(transaction=True)
def test_a_lost_answer_does_not_send_twice(server, channel, monkeypatch):
    monkeypatch.setattr(gateway, "ANSWER_SECONDS", 0.2)
    server.answers = [0]
    send()
    outbox.run_due()
    due_now()
    outbox.run_due()  # the gateway knows the key: 409, taken before
    assert Job.objects.get().done_at is not None
    assert len(server.requests) == 2 and len(server.taken) == 1


@pytest.mark.django_db(transaction=True)
def test_a_gateway_that_never_takes_it_leaves_a_dead_job_without_personal_data(server, channel):
    server.answers = [500] * 10
    send()
    for _ in range(outbox.MAX_ATTEMPTS):
        due_now()
        outbox.run_due()
    job = Job.objects.dead().get()
    assert job.last_error == "GatewayFailed"
    assert "13900001111" not in json.dumps(job.payload) and "123456" not in json.dumps(job.payload)
