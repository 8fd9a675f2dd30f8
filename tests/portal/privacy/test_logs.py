"""No identity number, phone or mail address reaches the logs, wherever in a line it stands."""

import io
import json
import logging
import logging.config
from uuid import uuid4

import pytest
import structlog
from django.urls import reverse

from portal.accounts.services import rights
from portal.settings.logging import logging_settings
from tests import factories as make

IDENTITY, PHONE, EMAIL = "140602198501010016", "13712345678", "ouyang@example.cn"


@pytest.fixture
def lines(settings):
    """Everything that is logged, as the portal writes it."""
    stream = io.StringIO()
    logging_settings("DEBUG")
    formatters = [each.formatter for each in logging.getLogger().handlers]
    [formatter] = [each for each in formatters if isinstance(each, structlog.stdlib.ProcessorFormatter)]
    collector = logging.StreamHandler(stream)
    collector.setFormatter(formatter)
    logging.getLogger().addHandler(collector)
    yield lambda: stream.getvalue()
    logging.getLogger().removeHandler(collector)
    logging_settings(settings.ENVIRONMENT.log_level)


def test_ASVS_16_2_5_a_careless_line_is_masked(lines):
    logger = structlog.get_logger("careless")
    logger.warning(f"{IDENTITY} called", note=f"phone {PHONE}", rows=[{"mail": EMAIL}], count=3)
    logging.getLogger("library").error("sent to %s and %s", PHONE, EMAIL)
    try:
        raise ValueError(f"no such person {IDENTITY}")
    except ValueError:
        logger.exception("failed")
    text = lines()
    assert len(text.splitlines()) == 3
    assert all(json.loads(line) for line in text.splitlines())
    for needle in (IDENTITY, PHONE, EMAIL):
        assert needle not in text
    assert "140602********0016" in text and "137****5678" in text


@pytest.mark.django_db
def test_ASVS_16_2_5_a_run_with_a_persons_data_leaves_nothing_in_the_logs(lines, client):
    person = make.person(identity_number=IDENTITY, phone=PHONE)
    user = make.user(person, phone=PHONE, phone_verified=True, email=EMAIL)
    client.post(reverse("account_login"), {"login": PHONE, "password": "wrong"})
    client.force_login(user)
    client.get(reverse("accounts:my_data"), {"q": IDENTITY})
    client.get(f"/nothing/{IDENTITY}/")
    client.get(reverse("applications:my_case", args=[uuid4()]), {"phone": PHONE})
    rights.ask_correction(actor=make.acting(user), name="新名字", address=f"{PHONE} 收")
    text = lines()
    assert text, "the collector hears the run"
    for needle in (IDENTITY, PHONE, EMAIL, person.name):
        assert needle not in text
