"""The life of a session, on every page behind sign-in; public pages never touch it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portal.accounts.models import SignIn
from portal.accounts.services import sessions
from portal.accounts.session_rules import life_fault, notes_of
from portal.web import access
from portal.web.errors import NotAllowed
from portal.web.views import errors

#: Where each duty is done, and what else stays open meanwhile (signing out is public).
DUTIES: Final = {sessions.PASSWORD: "account_change_password", sessions.FACTOR: "accounts:second_factor"}

#: Where the password is given once more; a duty may want that first.
_PROOF: Final = "account_reauthenticate"


class SessionLifeMiddleware:
    """Ends sessions that are idle or too old, says why on the sign-in page, and leads to what comes first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if _asks_to_sign_in(request, response):
            return _to_htmx(request, _with_reason(request))
        return response

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: tuple[Any, ...], view_kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        mark = access.access_of(view_func, name)
        if mark is None or mark.is_public or not request.user.is_authenticated:
            return None
        notes, now = notes_of(request.session), time.time()
        ending = life_fault(notes, now)
        if ending is None and notes is not None:
            ending = sessions.see(request=request, notes=notes, now=now)
        if ending is not None:
            sessions.end_current(request, ending)
            return None  # now a stranger: the next middleware asks to sign in, and `_with_reason` says why
        duty = notes.duty if notes is not None else ""
        if not duty or name in {DUTIES[duty], _PROOF}:
            return None
        if errors.wants_json(request):
            return errors.domain_error(request, NotAllowed("请先完成账号的安全设置。", code="account_duty"))
        return _to_htmx(request, redirect(DUTIES[duty]))


def _asks_to_sign_in(request: HttpRequest, response: HttpResponseBase) -> bool:
    mark: access.Access | None = getattr(request, "access", None)
    is_closed = mark is not None and not mark.is_public
    return (
        is_closed
        and isinstance(response, HttpResponseRedirect)
        and not request.user.is_authenticated
        and urlsplit(response.url).path == reverse("account_login")
        and "next=" in response.url
    )


def _with_reason(request: HttpRequest) -> HttpResponseRedirect:
    """To the sign-in page: where to return, why the session ended, and whether something was not saved."""
    is_sending = request.method not in {"GET", "HEAD"}
    query = {"next": page_of(request)}
    ending = _ending_of_cookie(request)
    if is_sending and not ending:
        ending = SignIn.Ending.SIGNED_OUT  # 退出 in another tab takes the cookie from this one, too
    if ending:
        query["ended"] = ending
        if is_sending:
            query["unsaved"] = "1"
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode(query, safe='/')}")


def page_of(request: HttpRequest) -> str:
    """The page somebody was on: of a form that was sent, the page that holds it."""
    if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
        return request.get_full_path()
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if came_from and url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        parts = urlsplit(came_from)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()


def _ending_of_cookie(request: HttpRequest) -> str:
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not key:
        return ""
    row = SignIn.objects.filter(session_key=key).only("ending").first()
    # A session whose store forgot it (after twelve hours) ended because it was old.
    return "" if row is None else row.ending or SignIn.Ending.EXPIRED


def _to_htmx(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A part of a page cannot be a sign-in page: the whole page goes there."""
    if not request.headers.get("HX-Request") or not isinstance(response, HttpResponseRedirect):
        return response
    return HttpResponse(headers={"HX-Redirect": response.url})
