"""What browsers report of the content policy, and whom a finder of a weakness tells."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from uuid import uuid4

import pytest
import structlog

from portal import clock
from portal.operations import reports
from tests.security.world import browser

pytestmark = pytest.mark.django_db
ADDRESS = "/reports/policy/"
CASE = f"/my/cases/{uuid4()}/"
PERSONAL = "140602198501010016"


def send(body: Any, kind: str = "application/csp-report") -> list[dict[str, Any]]:
    """The log lines that a report leaves."""
    with structlog.testing.capture_logs() as lines:
        answer = browser().post(ADDRESS, body if isinstance(body, bytes) else json.dumps(body), content_type=kind)
    assert answer.status_code == 204
    assert not answer.content and not answer.cookies
    return [line for line in lines if line["event"] == "content_policy_violation"]


OLD = {
    "csp-report": {
        "document-uri": f"https://zwfw.example.gov.cn{CASE}?name={PERSONAL}",
        "referrer": f"https://zwfw.example.gov.cn/search/?q={PERSONAL}",
        "violated-directive": "script-src-elem 'self'",
        "blocked-uri": f"https://evil.example:8443/steal?n={PERSONAL}",
        "source-file": "https://zwfw.example.gov.cn/static/js/htmx.js",
        "line-number": 7,
        "script-sample": f"alert('{PERSONAL}')",
        "original-policy": "…",
    }
}
NEW = [
    {"type": "csp-violation", "age": 1, "url": f"https://x/elder{CASE}", "user_agent": PERSONAL, "body": {
        "documentURL": f"https://zwfw.example.gov.cn/elder{CASE}", "effectiveDirective": "style-src-attr",
        "blockedURL": "inline", "sample": PERSONAL, "lineNumber": 3,
    }},
    {"type": "csp-violation", "body": {"documentURL": "https://x/", "effectiveDirective": "img-src"}},
]  # fmt: skip


def test_ASVS_3_4_7_a_report_is_one_line_in_which_nothing_of_a_person_stands() -> None:
    [line] = send(OLD)
    assert PERSONAL not in str(line)
    assert line["log_level"] == "warning"
    assert (line["directive"], line["blocked"]) == ("script-src-elem", "https://evil.example:8443")
    assert (line["view"], line["source"], line["row"]) == ("applications:my_case", "/static/js/htmx.js", 7)
    [line] = send(NEW, "application/reports+json")
    assert PERSONAL not in str(line)
    assert (line["directive"], line["blocked"], line["view"]) == ("style-src-attr", "inline", "applications:my_case")
    assert (line["source"], line["row"], line["reports"]) == ("other", 3, 2)


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"null", b"[]", b"{}", b'{"csp-report": []}', b"[" * 10_000, b'[{"body": 1}, 2]', b"1e999999"],
)
def test_ASVS_16_4_1_nonsense_leaves_no_line(body: bytes) -> None:
    assert send(body) == []


def test_ASVS_16_4_1_a_report_cannot_forge_a_line() -> None:
    evil = 'x\n{"event": "request", "status": 200}\r\u2028'
    [line] = send({"csp-report": dict.fromkeys(
        ("document-uri", "violated-directive", "blocked-uri", "source-file", "line-number"), evil
    )})  # fmt: skip
    del line["event"]
    assert set(line.values()) <= {"other", "warning", 0, 1}
    [line] = send({"csp-report": {"document-uri": "http://[", "source-file": "http://[", "line-number": True}})
    assert line["view"] == "other"


def test_ASVS_2_4_1_reports_are_bounded_in_size_and_number(monkeypatch: Any) -> None:
    large = json.dumps({"csp-report": {"script-sample": "x" * reports.MOST_BYTES}})
    assert browser().post(ADDRESS, large, content_type="application/csp-report").status_code == 413
    monkeypatch.setattr(reports, "PER_MINUTE", 1)
    assert len(send(OLD)) == 1
    assert send(OLD) == [], "all together"
    monkeypatch.setattr(reports, "PER_ADDRESS", "3/10m")
    answer = browser().post(ADDRESS, "{}", content_type="application/csp-report")
    assert (answer.status_code, answer["Retry-After"]) == (429, "600")


def test_a_report_is_a_post() -> None:
    assert browser().get(ADDRESS).status_code == 405


@pytest.mark.parametrize("contact", ["", "https://security.example.gov.cn/"])
def test_security_txt_has_what_rfc_9116_wants(contact: str, settings: Any) -> None:
    settings.SECURITY_CONTACT, settings.PUBLIC_URL = contact, "https://zwfw.example.gov.cn"
    answer = browser().get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in answer.content.decode().splitlines()]
    told = dict(fields)
    assert len(told) == len(fields)
    assert told["Contact"] == (contact or "mailto:zwfw@example.gov.cn")
    assert told["Canonical"] == "https://zwfw.example.gov.cn/.well-known/security.txt"
    expires = dt.datetime.fromisoformat(told["Expires"])
    assert dt.timedelta(days=30) < expires - clock.now() < dt.timedelta(days=365)
