"""Headers on every answer, whoever asks and however it ends (operations.md section 4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from django.urls import resolve

from portal.files.responses import file_response
from portal.web import limits
from tests.access_matrix import MATRIX
from tests.security.headers import faults, policy_of
from tests.security.world import NAMES, World, browser

pytestmark = pytest.mark.django_db

#: Public pages with a form that changes something: their token is a cookie, and no cache keeps them.
WITH_A_TOKEN = {
    "account_login": "sign-in",
    "account_reset_password": "a code is sent",
    "account_signup": "a code is sent",
}
#: Public addresses that look at the session of one who is between two steps.
BETWEEN_STEPS = {"account_logout", "account_register_code", "account_reset_password_code", "mfa_authenticate"}


def test_ASVS_3_4_2_ASVS_3_4_3_ASVS_3_4_4_ASVS_3_4_5_ASVS_3_4_6_ASVS_3_4_8_ASVS_14_3_2_every_address_has_every_header(
    world: World,
) -> None:
    """And lets no other site read the answer, and no cache keep what is behind sign-in."""
    found = []
    for name in NAMES:
        who = world.who_may(name)[0]
        for address in world.addresses(name)[:1]:
            response = world.call(who, "get", address, headers={"origin": "https://evil.example"})
            found += [f"{name} {response.status_code}: {fault}" for fault in faults(response)]
            found += [f"{name}: {header}" for header in response.headers if header.startswith("Access-Control-")]
            if MATRIX[name] != "public" and "no-store" not in response.get("Cache-Control", ""):
                found.append(f"{name} {response.status_code}: {response.get('Cache-Control')}")
    assert not found, "\n".join(found)


def test_ASVS_14_3_2_what_is_refused_behind_sign_in_is_kept_by_no_cache_either(world: World) -> None:
    found = []
    for name in (name for name in NAMES if MATRIX[name] != "public"):
        address = world.addresses(name)[0]
        response = world.call("citizen_b", "get", address)
        if "no-store" not in response.get("Cache-Control", ""):
            found.append(f"{name} {response.status_code}: {response.get('Cache-Control')}")
    assert not found, "\n".join(found)


def test_ASVS_14_2_2_public_pages_set_no_cookie_and_are_the_same_for_everybody(world: World) -> None:
    found = []
    for name in (name for name in NAMES if MATRIX[name] == "public" and name not in BETWEEN_STEPS):
        for who in ("stranger", "citizen"):
            response = world.call(who, "get", world.addresses(name)[0])
            if name in WITH_A_TOKEN:
                if "no-store" not in response.get("Cache-Control", ""):
                    found.append(f"{name}: a token in a cache")
            elif response.cookies or "cookie" in response.get("Vary", "").lower():
                found.append(f"{name} for {who}: {response.cookies.output()} {response.get('Vary')}")
    assert not found, "\n".join(found)


def _too_many() -> Any:
    for _ in range(31):
        answer = browser().post("/progress/", {"number": "1", "code": "1"})
    return answer


UNUSUAL = {
    "400 host": (lambda: browser().get("/", headers={"host": "evil.example"}), 400),
    "403 token": (lambda: Client(enforce_csrf_checks=True).post("/accounts/login/", {}), 403),
    "404": (lambda: browser().get("/nowhere/"), 404),
    "404 elder": (lambda: browser().get("/elder/nowhere/"), 404),
    "404 api": (lambda: browser().get("/api/nowhere"), 404),
    "405": (lambda: browser().post("/livez"), 405),
    "405 unknown method": (lambda: browser().generic("PROPFIND", "/search/"), 405),
    "413": (lambda: browser().post("/reports/policy/", b"x" * 20_000, content_type="application/csp-report"), 413),
    "429": (_too_many, 429),
    "redirect": (lambda: browser().get("/elder"), 301),
    "redirect to sign-in": (lambda: browser().get("/my/"), 302),
    "redirect of a missing slash": (lambda: browser().get("/search"), 301),
    "204": (lambda: browser().post("/reports/policy/", b"{}", content_type="application/csp-report"), 204),
    "503": (lambda: browser().get("/readyz"), 503),
}


@pytest.mark.parametrize("kind", sorted(UNUSUAL))
def test_ASVS_3_4_3_unusual_answers_have_the_headers_too(kind: str) -> None:
    call, status = UNUSUAL[kind]
    response = call()
    assert response.status_code == status
    assert not list(faults(response))


@pytest.mark.parametrize(
    "place",
    [
        "portal.operations.health.readiness",
        "django.middleware.security.SecurityMiddleware.process_request",
        "portal.web.middleware.ElderMiddleware.__call__",
        "portal.operations.middleware.RequestLogMiddleware.__call__",
    ],
)
def test_ASVS_3_4_3_ASVS_16_5_1_ASVS_16_5_4_a_crash_anywhere_is_our_page_with_every_header(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_args: object) -> None:
        raise RuntimeError("140602198501010016 SELECT secret")

    monkeypatch.setattr(place, crash)
    response = browser().get("/readyz")
    text = response.content.decode()
    assert response.status_code == 500
    assert not list(faults(response))
    assert "系统出了问题" in text
    assert "SELECT" not in text and "140602198501010016" not in text and "Traceback" not in text


def test_ASVS_3_4_3_static_files_have_the_headers(settings: Any, tmp_path: Any) -> None:
    settings.STATIC_ROOT, settings.WHITENOISE_AUTOREFRESH = tmp_path, True
    (tmp_path / "x.css").write_text("a{}")
    response = browser().get("/static/x.css")
    assert response.status_code == 200
    assert not list(faults(response))
    assert b"".join(response.streaming_content) == b"a{}"  # read to its end, so that the file is closed


FILES = [(False, "application/pdf"), (True, "image/jpeg"), (True, "application/pdf")]


@pytest.mark.parametrize(("inline", "kind"), FILES)
def test_ASVS_3_2_1_files_go_out_in_a_sandbox(inline: bool, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = file_response(b"x", name="材料.pdf", content_type=kind, inline=inline)
    monkeypatch.setattr("portal.operations.views.JsonResponse", lambda *_a, **_k: answer)
    response = browser().get("/livez")
    is_viewed = inline and kind == "application/pdf"
    assert response["Content-Disposition"].startswith("inline" if inline else "attachment")
    assert not list(faults(response, viewer=is_viewed))
    assert policy_of(response)["default-src"] == "'none'"
    assert ("sandbox" in policy_of(response)) is not is_viewed


@pytest.mark.parametrize("address", ["/livez", "/nowhere/", "/my/", "/search", "/readyz", "/accounts/login/"])
def test_ASVS_3_4_1_transport_security_is_demanded_on_every_answer(address: str, settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 365 * 86400, True
    response = browser().get(address, secure=True)
    assert response["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_ASVS_3_4_7_the_policy_names_our_endpoint() -> None:
    response = browser().get("/livez")
    address = django_settings.POLICY_REPORTS
    assert policy_of(response)["report-uri"] == address
    assert resolve(address).view_name == "operations:policy_reports"


def test_ASVS_3_3_2_ASVS_3_3_4_cookies_are_closed_to_scripts_and_other_sites(world: World) -> None:
    with world.undone("stranger"):
        client = world.clients["stranger"]
        client.get("/accounts/login/")
        who = world.people["citizen"]
        answer = client.post("/accounts/login/", {"login": who.get_username(), "password": "correct-horse-7"})
        assert answer.status_code == 302
        for cookie in client.cookies.values():
            assert cookie["httponly"] and cookie["samesite"] == "Lax", cookie.key


def test_ASVS_3_7_2_the_way_after_a_sign_in_leads_to_no_other_site(world: World) -> None:
    who = world.people["citizen"]
    evil = "evil.example"
    for target in (f"https://{evil}/", f"//{evil}", f"/\\{evil}", "javascript:alert(1)", f"\t//{evil}"):
        data = {"login": who.get_username(), "password": "correct-horse-7", "next": target}
        answer = world.call("stranger", "post", "/accounts/login/", data)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/") and "evil" not in answer["Location"].split("?")[0], target


@pytest.mark.parametrize(("proxies", "seen"), [(0, "10.0.0.1"), (1, "9.9.9.9"), (2, "8.8.8.8")])
def test_ASVS_4_1_3_ASVS_15_3_4_an_invented_forwarded_address_is_not_believed(
    proxies: int, seen: str, settings: Any
) -> None:
    """A caller writes two hops; each proxy of ours appends the address that it saw."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    forwarded = {0: "1.1.1.1, 2.2.2.2", 1: "1.1.1.1, 2.2.2.2, 9.9.9.9", 2: "1.1.1.1, 8.8.8.8, 9.9.9.9"}[proxies]
    told = {"HTTP_X_FORWARDED_FOR": forwarded, "HTTP_X_REAL_IP": "3.3.3.3", "HTTP_FORWARDED": "for=4.4.4.4"}
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **told)
    assert limits.client_address(request) == seen


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_ASVS_15_3_4_nobody_escapes_a_limit_by_inventing_addresses(
    proxies: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/m/ip"}
    monkeypatch.setattr("applications.views.progress.PER_ADDRESS", "3/10m")
    ours = ", 9.9.9.9" * proxies
    forms = {"/progress/": {"number": "1", "code": "1"}, "/accounts/login/": {"login": "u", "password": "x"}}
    for address, data in forms.items():
        answers = [browser().post(address, data, HTTP_X_FORWARDED_FOR=f"1.2.3.{n}{ours}") for n in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429], address


def test_ASVS_15_3_4_a_header_with_fewer_hops_than_proxies_is_no_crash(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    answer = browser().post("/accounts/login/", {"login": "x", "password": "y"}, HTTP_X_FORWARDED_FOR="1.1.1.1")
    assert answer.status_code == 200
