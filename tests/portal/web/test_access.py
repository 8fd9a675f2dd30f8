"""Deny by default: what the middleware does with each mark."""

import json
from datetime import datetime
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.template import RequestContext, Template
from django.test import Client, RequestFactory, override_settings
from django.urls import path, reverse
from django.views import View

from portal.web import access, grants
from portal.web.errors import BadInput, NotFound, TooMany, WrongState
from portal.web.permissions import PermissionEnum, all_permissions
from portal.web.requests import adopt


class ToyPermission(PermissionEnum):
    LOOK = "toy_look", "看"
    TOUCH = "toy_touch", "动"


@access.public
def open_page(request):
    return HttpResponse("open " + reverse("open"))


@access.public
def form_page(request):
    return HttpResponse(Template("{% csrf_token %}").render(RequestContext(request)))


@access.signed_in
def own_page(request):
    return HttpResponse(request.actor.name)


@access.needs(ToyPermission.TOUCH)
class StaffPage(View):
    def get(self, request):
        return HttpResponse(str(request.grants.departments(ToyPermission.TOUCH)))


class Attributed(View):
    access = access.PUBLIC

    def get(self, request):
        return HttpResponse("attributed")


def forgotten(request):
    return HttpResponse("secret")


def third_party(request):
    return HttpResponse("third")


ERRORS = {
    "state": WrongState("现在不能受理。"),
    "gone": NotFound(),
    "input": BadInput("日期不对。", field="day"),
    "many": TooMany(retry_after=7),
}


@access.public
def failing(request, which):
    raise ERRORS[which]


@access.public
def crashing(request):
    raise RuntimeError("140602198501010016")


urlpatterns = [
    path("open/", open_page, name="open"),
    path("form/", form_page, name="form"),
    path("own/", own_page, name="own"),
    path("staff/", StaffPage.as_view(), name="staff"),
    path("attributed/", Attributed.as_view(), name="attributed"),
    path("forgotten/", forgotten, name="forgotten"),
    path("third/", third_party, name="third_party_page"),
    path("fail/<which>/", failing, name="fail"),
    path("api/fail/<which>/", failing, name="api_fail"),
    path("crash/", crashing, name="crash"),
    path("sign-in/", open_page, name="sign_in"),
]
handler400 = "portal.web.views.errors.bad_request"
handler403 = "portal.web.views.errors.permission_denied"
handler404 = "portal.web.views.errors.page_not_found"
handler500 = "portal.web.views.errors.server_error"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.web.middleware.SecurityHeadersMiddleware",
    "portal.web.middleware.ElderMiddleware",
    "portal.web.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.web.middleware.ActorMiddleware",
    "portal.web.middleware.DomainErrorMiddleware",
    "portal.web.middleware.AccessMiddleware",
]


@pytest.fixture(autouse=True)
def toy_site(settings, monkeypatch):
    monkeypatch.setattr(access, "_by_url_name", {"third_*": access.PUBLIC})
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=MIDDLEWARE, LOGIN_URL="/sign-in/"):
        yield


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


class Visitor:
    """A signed-in user without a database."""

    is_authenticated = True
    is_active = True

    def __init__(self):
        self.pk = uuid4()

    def __str__(self):
        return "张三"


@pytest.fixture
def visitor(monkeypatch):
    """Everyone is signed in."""
    user = Visitor()
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", lambda request: user)
    return user


@pytest.fixture
def granted(monkeypatch):
    def give(scopes):
        monkeypatch.setitem(grants._resolvers, "grants", lambda user: grants.Grants(scopes))
        monkeypatch.setitem(grants._resolvers, "name", str)

    return give


@pytest.fixture
def anonymous(monkeypatch):
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", lambda request: AnonymousUser())


def test_a_public_page_needs_no_cookie_and_does_not_vary_by_it(client):
    answer = client.get("/open/")
    assert answer.status_code == 200
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert "Cache-Control" not in answer
    assert client.get("/attributed/").status_code == 200


def test_a_page_with_a_form_token_is_not_stored(client):
    assert "no-store" in client.get("/form/")["Cache-Control"]


def test_ASVS_8_2_1_an_unmarked_view_is_refused_to_everyone(client, anonymous):
    answer = client.get("/forgotten/")
    assert answer.status_code == 403
    assert "secret" not in answer.content.decode()


def test_an_unmarked_view_is_refused_to_a_user_with_every_permission(client, visitor, granted):
    granted({"toy_look": grants.ALL, "toy_touch": grants.ALL})
    assert client.get("/forgotten/").status_code == 403


def test_a_third_party_view_is_marked_by_the_name_of_its_url(client):
    assert client.get("/third/").content == b"third"


def test_a_page_behind_sign_in_sends_an_anonymous_visitor_to_sign_in(client, anonymous):
    answer = client.get("/own/?x=1")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=/own/%3Fx%3D1"
    assert "no-store" in answer["Cache-Control"]


def test_a_program_is_told_to_sign_in(client, anonymous):
    answer = client.get("/own/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_required")


def test_a_signed_in_visitor_sees_it_and_no_cache_keeps_it(client, visitor, granted):
    granted({})
    answer = client.get("/own/")
    assert answer.content.decode() == "张三"
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]


def test_a_page_that_needs_a_permission_is_refused_without_it(client, visitor, granted):
    granted({"toy_look": grants.ALL, "toy_touch": frozenset()})
    assert client.get("/staff/").status_code == 403
    granted({"toy_touch": frozenset({uuid4()})})
    assert client.get("/staff/").status_code == 200


def test_errors_of_the_domain_become_their_pages(client):
    for which, error in ERRORS.items():
        answer = client.get(f"/fail/{which}/")
        assert answer.status_code == error.http_status
        assert error.message in answer.content.decode()
    assert client.get("/fail/many/")["Retry-After"] == "7"


HERE = "http://testserver"
VISITING = {"Host": "testserver"}
BACK = "回到刚才的页面"


@pytest.mark.parametrize(("path", "status"), [("/fail/state/", 409), ("/nowhere/", 404), ("/staff/", 403)])
def test_an_error_page_leads_back_to_the_page_of_this_portal_that_one_came_from(client, visitor, granted, path, status):
    granted({})
    answer = client.get(path, headers=VISITING | {"Referer": f"{HERE}/form/?a=1&b=%E6%9C%94"})
    assert answer.status_code == status
    page = answer.content.decode()
    assert f'<a href="/form/?a=1&amp;b=%E6%9C%94">{BACK}</a>' in page
    assert BACK not in client.get(path, headers=VISITING).content.decode()
    assert BACK not in client.get(path, headers=VISITING | {"Referer": f"{HERE}{path}"}).content.decode()


@pytest.mark.parametrize(
    "foreign",
    [
        "https://evil.example/form/",
        "http://testserver.evil.example/form/",
        "http://testserver@evil.example/",
        "http://testserver//evil.example/",
        "http://testserver/\\evil.example/",
        "javascript:alert(1)",
        "//evil.example/",
        "/form/",
    ],
)
def test_ASVS_3_7_2_an_error_page_leads_nowhere_else(client, foreign):
    page = client.get("/fail/state/", headers=VISITING | {"Referer": foreign}).content.decode()
    assert "evil" not in page and "javascript:" not in page
    assert BACK not in page or foreign == "/form/"


def test_errors_of_the_interface_are_json(client):
    answer = client.get("/api/fail/input/")
    assert answer.status_code == 422
    assert json.loads(answer.content) == {"code": "bad_input", "message": "日期不对。", "field": "day"}


def test_ASVS_16_5_1_a_crash_is_our_page_and_tells_nothing(client, caplog):
    answer = client.get("/crash/")
    assert answer.status_code == 500
    assert "140602198501010016" not in answer.content.decode()
    assert "系统" in answer.content.decode()


def test_an_unknown_address_is_our_404(client):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "text/html" in answer["Content-Type"]


@pytest.mark.parametrize("address", ["/open/", "/nowhere/", "/crash/", "/own/", "/fail/state/", "/elder"])
def test_every_answer_has_the_headers(client, anonymous, address):
    answer = client.get(address)
    for header in (
        "Permissions-Policy",
        "Cross-Origin-Resource-Policy",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "X-Frame-Options",
    ):
        assert header in answer


def test_elder_mode_is_a_prefix_that_every_link_keeps_and_that_ends_with_the_request(client, anonymous):
    assert client.get("/elder/open/").content == b"open /elder/open/"
    assert client.get("/open/").content == b"open /open/"
    assert client.get("/elder/own/")["Location"].endswith("next=/elder/own/")
    assert client.get("/elder")["Location"] == "/elder/"
    assert client.get("/elder/nowhere/").status_code == 404
    assert reverse("open") == "/open/"


def test_grants_know_departments():
    mine, other = uuid4(), uuid4()
    found = grants.Grants({"toy_look": frozenset({mine}), "toy_touch": grants.ALL})
    assert found.has(ToyPermission.LOOK)
    assert found.has_for(ToyPermission.LOOK, mine)
    assert not found.has_for(ToyPermission.LOOK, other)
    assert not found.has_for(ToyPermission.LOOK, None)
    assert found.has_for(ToyPermission.TOUCH, other)
    assert other in found.departments(ToyPermission.TOUCH)
    assert not grants.NO_GRANTS.has(ToyPermission.LOOK)
    assert grants.SYSTEM_ACTOR.is_system
    assert grants.ANONYMOUS.is_anonymous


def test_codenames_are_unique_over_the_project():
    assert ToyPermission.LOOK in all_permissions()
    with pytest.raises(ValueError, match="toy_look"):

        class Other(PermissionEnum):
            LOOK = "toy_look", "也看"

        all_permissions()
    del Other


@pytest.mark.django_db
def test_a_request_of_any_handler_has_one_now_and_one_actor(visitor, granted):
    granted({})
    request = adopt(RequestFactory().get("/"))
    request.user = visitor
    assert adopt(request) is request
    assert request.now is request.now
    assert isinstance(request.now, datetime)
    assert request.actor == grants.Actor(visitor.pk, "张三", request.grants)
