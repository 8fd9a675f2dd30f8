"""What a production process says of itself: Django's own check, and headers and cookies of real answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from portal.settings.environment import BASE_DIR

PROGRAM = """
import json, django
django.setup()
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
from django.conf import settings
from django.test import Client
client = Client(raise_request_exception=False)
told = {}
for name, path, secure in (("live", "/livez", True), ("gone", "/nowhere/", True), ("plain", "/accounts/login/", False)):
    answer = client.get(path, secure=secure, headers={"host": "zwfw.example.gov.cn"})
    told[name] = {"status": answer.status_code, "headers": dict(answer.headers), "text": answer.content.decode()}
foreign = client.get("/nowhere/", secure=True, headers={"host": "evil.example"})
told["foreign"] = {"status": foreign.status_code, "headers": dict(foreign.headers), "text": foreign.content.decode()}
told["settings"] = {
    name: getattr(settings, name)
    for name in ("DEBUG", "DEMONSTRATION", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY",
                 "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "USE_X_FORWARDED_HOST",
                 "SECURE_PROXY_SSL_HEADER", "INSTALLED_APPS", "PASSWORD_HASHERS")
}
print("TOLD" + json.dumps(told))
"""


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    done = _production(TRUSTED_PROXY_COUNT="0")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.partition("TOLD")[2])
    return answer


def _production(**variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "DATA_DIR") if name in os.environ},
        "DJANGO_SETTINGS_MODULE": "portal.settings.production",
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "PUBLIC_URL": "https://zwfw.example.gov.cn",
        "ALLOWED_HOSTS": "zwfw.example.gov.cn",
        "SIGNER_SOCKET": "/nowhere/signer.sock",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        **variables,
    }
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", PROGRAM]
    return subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)


def test_ASVS_13_4_2_check_deploy_warns_of_nothing(told: dict[str, Any]) -> None:
    assert told["settings"]["DEBUG"] is False
    assert told["settings"]["DEMONSTRATION"] is False
    extra = {"django.contrib.admin", "portal.demonstration", "debug_toolbar"}
    assert not extra & set(told["settings"]["INSTALLED_APPS"])


def test_ASVS_3_4_1_production_demands_transport_security_for_a_year(told: dict[str, Any]) -> None:
    for name in ("live", "gone"):
        header = told[name]["headers"]["Strict-Transport-Security"]
        assert header == "max-age=31536000; includeSubDomains; preload"


def test_ASVS_4_1_2_pages_lead_to_https_and_keep_every_header(told: dict[str, Any]) -> None:
    plain = told["plain"]
    assert (plain["status"], plain["headers"]["Location"]) == (301, "https://zwfw.example.gov.cn/accounts/login/")
    assert "frame-ancestors 'none'" in plain["headers"]["Content-Security-Policy"]
    assert plain["headers"]["X-Content-Type-Options"] == "nosniff"


def test_ASVS_4_1_3_an_invented_host_or_protocol_is_not_believed(told: dict[str, Any]) -> None:
    assert told["foreign"]["status"] == 400
    assert "evil" not in told["foreign"]["text"]
    assert told["settings"]["USE_X_FORWARDED_HOST"] is False
    assert told["settings"]["SECURE_PROXY_SSL_HEADER"] is None, "without a proxy nobody says what the protocol was"


def test_ASVS_3_3_1_cookies_go_over_https_only(told: dict[str, Any]) -> None:
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY"):
        assert told["settings"][name] is True


def test_ASVS_13_4_6_errors_do_not_say_what_the_portal_runs_on(told: dict[str, Any]) -> None:
    for name in ("gone", "foreign"):
        text = told[name]["text"].lower()
        assert not [word for word in ("django", "python", "gunicorn", "traceback", "urlconf") if word in text]


def test_ASVS_11_4_2_passwords_are_kept_by_a_slow_hash(told: dict[str, Any]) -> None:
    assert told["settings"]["PASSWORD_HASHERS"][0].endswith("PBKDF2PasswordHasher")


@pytest.mark.parametrize(
    "variables",
    [{"DEBUG": "1"}, {"SECRET_KEY": "short"}, {"DEMONSTRATION": "1"}, {"PUBLIC_URL": "http://x.example"}],
)
def test_ASVS_13_4_2_production_refuses_what_only_a_developer_may_have(variables: dict[str, str]) -> None:
    done = _production(**variables)
    assert done.returncode == 1
    assert "Production" in done.stderr
