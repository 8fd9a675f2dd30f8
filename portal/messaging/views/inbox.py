"""The inbox of a citizen and of a member of staff: the same messages pages in two frames."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views import View
from django.views.decorators.http import require_POST

from portal.messaging import queries, services
from portal.messaging.models import Message
from portal.web.access import SIGNED_IN, signed_in
from portal.web.paging import paginate
from portal.web.requests import PortalRequest

#: Frame of the pages, by the place in which the inbox lies.
BASES: Final = {"my": "base/mine.html", "desk": "base/staff.html"}
_PREFIX: Final = {"my": "", "desk": "desk_"}


def _see_other(place: str, name: str, *args: Any) -> HttpResponse:
    response = HttpResponseRedirect(_url(place, name, *args))
    response.status_code = 303
    return response


def _url(place: str, name: str, *args: Any) -> str:
    return reverse(f"messaging:{_PREFIX[place]}{name}", args=args)


def _frame(request: PortalRequest, place: str) -> dict[str, Any]:
    assert request.actor.user_id is not None
    return {
        "frame": BASES[place],
        "place": place,
        "inbox_url": _url(place, "inbox"),
        "read_all_url": _url(place, "read_all"),
        "unread": queries.unread_count(request.actor.user_id),
    }


@signed_in
def inbox(request: PortalRequest, place: str) -> HttpResponse:
    """All messages, the newest first."""
    assert request.actor.user_id is not None
    page = paginate(queries.inbox(request.actor.user_id), request, order=("-created_at", "-id"))
    rows = [(message, _url(place, "message", message.pk)) for message in page]
    return render(request, "messaging/inbox.html", _frame(request, place) | {"page": page, "rows": rows})


class MessageView(View):
    """One message. To open it is a POST, because it marks the message as read; the page itself is a GET."""

    access = SIGNED_IN

    def get(self, request: PortalRequest, place: str, pk: UUID) -> HttpResponse:
        message = self._message(request, pk)
        url = _url(place, "message", message.pk)
        return render(
            request, "messaging/message.html", _frame(request, place) | {"message": message, "message_url": url}
        )

    def post(self, request: PortalRequest, place: str, pk: UUID) -> HttpResponse:
        message = self._message(request, pk)
        services.mark_read(user_id=message.user_id, message_id=message.pk, now=request.now)
        return _see_other(place, "message", message.pk)

    def _message(self, request: PortalRequest, pk: UUID) -> Message:
        assert request.actor.user_id is not None
        message = queries.message_of(request.actor.user_id, pk)
        if message is None:
            raise Http404
        return message


@signed_in
@require_POST
def read_all(request: PortalRequest, place: str) -> HttpResponse:
    """Everything counts as read."""
    assert request.actor.user_id is not None
    services.mark_all_read(user_id=request.actor.user_id, now=request.now)
    return _see_other(place, "inbox")
