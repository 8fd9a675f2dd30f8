"""What the tests of accounts share."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from portal.accounts.models import Staff
from portal.outbox import services as outbox
from tests.portal.accounts import people


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def organisation(db: None) -> None:
    people.load_organisation()


@pytest.fixture
def sent(db: None, settings, tmp_path) -> Callable[[str], list[str]]:
    """`sent(phone)`: do the waiting jobs and read the text messages to a phone, oldest first."""
    settings.SMS_FOLDER = tmp_path / "sent"

    def read(phone: str) -> list[str]:
        outbox.run_due(100)
        files = sorted(settings.SMS_FOLDER.glob("sms-*.txt")) if settings.SMS_FOLDER.exists() else []
        texts = [path.read_text("utf-8") for path in files]
        return [text.split("\n", 1)[1].strip() for text in texts if text.startswith(f"{phone}\n")]

    return read


@pytest.fixture
def code_to(sent) -> Callable[[str], str]:
    """The latest code that a phone received."""

    def latest(phone: str) -> str:
        found = [match[1] for text in sent(phone) if (match := re.search(r"验证码 (\d{6})", text))]
        assert found, f"no code to {phone}"
        return found[-1]

    return latest


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    def through_the_page(username: str, password: str = people.PASSWORD) -> Client:
        client = Client()
        response = client.post("/accounts/login/", {"login": username, "password": password})
        assert response.status_code == 302, json.dumps(response.context["form"].errors, ensure_ascii=False)
        if response["Location"] == "/accounts/code/":
            code = people.code_of(Staff.objects.get(number=username))
            assert client.post("/accounts/code/", {"code": code}).status_code == 302
        return client

    return through_the_page
