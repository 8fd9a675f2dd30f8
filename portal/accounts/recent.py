"""Acts that cannot be undone (revoke, export, erase) want a recent proof of who sits there.

    @needs(CertificatePermission.REVOKE)
    @recently_authenticated
    def revoke(request): …

    class Export(RecentlyAuthenticatedMixin, View): …

Who has not proved it in the last ten minutes gives the password once more and comes back to the page. A form that was
opened in time may be sent up to twenty minutes after the proof.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from portal.accounts.middleware import page_of
from portal.accounts.session_rules import is_recent, notes_of

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


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


def recently_authenticated(view: View) -> View:
    """Decorator of a view function; stands below the access mark or above it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return proof_wanted(request) or view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]  # the same signature


class RecentlyAuthenticatedMixin:
    """The same for class-based views."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = proof_wanted(request) or super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer
