"""Master keys: rotated while the portal works, killed midway and gone on with; wrapped by a key service."""

import base64
import json
import os
import signal
import stat
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections, transaction

from portal.accounts.models import User
from portal.accounts.text_messages import phone_of, send_text
from portal.outbox.models import Job
from portal.privacy import cipher, keys, rotation, services
from portal.privacy.key_service import KeyServiceFault
from portal.privacy.models import PersonKey
from tests import factories as make

PHONE = "13712345678"


@pytest.fixture
def key_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    keys.key_ring.cache_clear()
    yield tmp_path / "keys"
    keys.key_ring.cache_clear()


def people(count=7):
    made = [make.user(make.person(phone=PHONE), phone=PHONE) for _ in range(count)]
    with transaction.atomic():
        send_text(phone=PHONE, text="您好", key="1")
    return made


def assert_readable(made):
    for user in User.objects.filter(pk__in=[each.pk for each in made]).select_related("person__key"):
        assert (user.phone, user.person.phone) == (PHONE, PHONE)
    assert phone_of(base64.b64decode(Job.objects.get(kind="accounts.text_message").payload["sealed"])) == PHONE


def run(*arguments):
    said = StringIO()
    call_command("rotate_keys", *arguments, stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_a_rotation_brings_everything_under_the_new_key_and_retires_the_old(key_folder):
    made = people()
    old = keys.key_ring().current
    run("--batch", "3")
    ring = keys.key_ring()
    assert ring.current != old and old in ring.masters, "an older backup can still be read"
    assert rotation.left() == 0
    stored = {cipher.key_id_of(bytes(value)) for value in PersonKey.objects.values_list("wrapped", flat=True)}
    assert stored == {ring.current}
    assert_readable(made)
    run("--retire")
    assert list(keys.key_ring().masters) == [keys.key_ring().current]
    assert stat.S_IMODE(keys.key_file().stat().st_mode) == 0o600
    for user in made:
        user.refresh_from_db()
    assert_readable(made)


@pytest.mark.django_db
def test_blind_indexes_outlive_a_rotation(key_folder):
    before = services.blind_index("phone", PHONE)
    run()
    assert services.blind_index("phone", PHONE) == before


@pytest.mark.django_db(transaction=True)
def test_a_rotation_that_is_killed_midway_goes_on(key_folder):
    made = people()
    keys.add_master()
    before = rotation.left()
    connections.close_all()
    child = os.fork()
    if child == 0:  # a process of its own, killed after its second batch
        try:
            for number, _changed in enumerate(rotation.rotate(batch=2)):
                if number == 1:
                    os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert 0 < rotation.left() == before - 4
    assert_readable(made)
    current = keys.key_ring().current
    assert "going on" in run("--batch", "2")
    assert keys.key_ring().current == current, "going on makes no further key"
    assert rotation.left() == 0
    assert_readable(made)


@pytest.mark.django_db
def test_a_process_follows_a_key_file_that_another_one_changed(key_folder):
    first = keys.key_ring()
    data = json.loads(keys.key_file().read_text())
    added = "01234567-89ab-4def-8123-456789abcdef"
    data["masters"][added], data["current"] = base64.b64encode(os.urandom(32)).decode(), added
    other = keys.key_file().with_name("other")
    other.touch(0o600)
    other.write_text(json.dumps(data))
    other.replace(keys.key_file())
    assert keys.key_ring().current == UUID(added) != first.current


class Vault(BaseHTTPRequestHandler):
    """A key service of these tests: one key that stays here, a token, over a real socket."""

    key = os.urandom(32)
    asked: list[str] = []

    def do_POST(self):
        if self.headers["Authorization"] != "Bearer secret-of-the-test":
            self.send_error(403)
            return
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        data, name = base64.b64decode(body["data"]), body["name"].encode()
        self.asked.append(self.path)
        if self.path.endswith("/wrap"):
            nonce = os.urandom(12)
            answer = nonce + AESGCM(self.key).encrypt(nonce, data, name)
        else:
            answer = AESGCM(self.key).decrypt(data[:12], data[12:], name)
        content = json.dumps({"data": base64.b64encode(answer).decode()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments):
        return None


@pytest.fixture
def vault(settings):
    Vault.asked.clear()
    server = HTTPServer(("127.0.0.1", 0), Vault)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.KEY_SERVICE_URL = f"http://127.0.0.1:{server.server_port}/keys"
    settings.KEY_SERVICE_TOKEN = "secret-of-the-test"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.django_db
def test_with_a_key_service_the_file_alone_opens_nothing(key_folder, vault, settings):
    keys.ensure_keys()
    made = people(2)
    ring = keys.key_ring()
    text = keys.key_file().read_text()
    assert json.loads(text)["wrapped"] is True
    for key in (*ring.masters.values(), ring.index):
        assert base64.b64encode(key).decode() not in text
    asked = len(Vault.asked)
    for _ in range(20):
        services.blind_index("phone", PHONE)
    assert_readable(made)
    assert len(Vault.asked) == asked, "the service is asked once, not for each value"
    run("--retire")
    assert_readable(made)
    url, settings.KEY_SERVICE_URL = settings.KEY_SERVICE_URL, ""
    keys.key_ring.cache_clear()
    with pytest.raises(ImproperlyConfigured, match="KEY_SERVICE_URL"):
        keys.key_ring()
    settings.KEY_SERVICE_URL, settings.KEY_SERVICE_TOKEN = url, "wrong"
    with pytest.raises(KeyServiceFault, match="403"):
        keys.key_ring()


@pytest.mark.django_db
def test_a_file_from_before_the_key_service_is_wrapped_at_the_next_start(key_folder, request):
    made = people(2)
    before = keys.key_ring()
    request.getfixturevalue("vault")
    keys.ensure_keys()
    assert json.loads(keys.key_file().read_text())["wrapped"] is True
    assert keys.key_ring() == before
    assert_readable(made)


@pytest.mark.django_db
def test_bytes_under_a_persons_key_open_for_that_person_and_context_only():
    first, second = services.new_person_key(), services.new_person_key()
    content = os.urandom(100_000)
    sealed = services.seal(first.pk, content, "file|1")
    assert content[:64] not in sealed and len(sealed) == len(content) + 45
    assert services.unseal(first.pk, sealed, "file|1") == content
    for key_id, context in ((first.pk, "file|2"), (second.pk, "file|1")):
        with pytest.raises(cipher.Undecipherable):
            services.unseal(key_id, sealed, context)
