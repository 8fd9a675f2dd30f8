"""Acts that cannot be undone (revoke, export, erase) want a recent proof of who sits there.

    @needs(CertificatePermission.REVOKE)
    @recently_authenticated
    def revoke(request): …

Who has not proved it in the last ten minutes gives the password once more and comes back to the page. A form that was
opened in time may be sent up to twenty minutes after the proof.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from portal.accounts.middleware import page_of
from portal.accounts.session_rules import is_recent, notes_of

P = ParamSpec("P")


def proof_wanted(request: HttpRequest) -> HttpResponseBase | None:
    """The way to the page that asks for the password, or None when the last proof is recent."""
    is_sending = request.method not in {"GET", "HEAD"}
    if is_recent(notes_of(request.session), time.time(), sending=is_sending):
        return None
    query = {"next": page_of(request), **({"unsaved": "1"} if is_sending else {})}
    address = f"{reverse('account_reauthenticate')}?{urlencode(query, safe='/')}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def recently_authenticated(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Decorator of a view function; stands below the access mark or above it."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request = args[0]
        assert isinstance(request, HttpRequest)
        return proof_wanted(request) or view(*args, **kwargs)

    return guarded
