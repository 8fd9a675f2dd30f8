"""What our middleware adds to a request, with types: annotate a view's request as PortalRequest to use it."""

from datetime import datetime
from functools import cached_property

from django.http import HttpRequest

from portal import clock
from portal.web.access import Access
from portal.web.grants import Actor, Grants, actor_of, grants_of

_classes: dict[type[HttpRequest], type[HttpRequest]] = {}


class PortalRequest(HttpRequest):
    """A request with actor, grants and now: each found at its first use, once per request.

    On a public page none of them may be used: they look at the user, and the page would depend on a cookie.
    """

    access: Access | None
    elder: bool

    @cached_property
    def grants(self) -> Grants:
        """What the user may do."""
        return grants_of(self.user)

    @cached_property
    def actor(self) -> Actor:
        """Who acts, for services."""
        return actor_of(self.user, self.grants)

    @cached_property
    def now(self) -> datetime:
        """One instant for the whole page."""
        return clock.now()


def adopt(request: HttpRequest) -> PortalRequest:
    """Make a request ours, whichever handler built it; tests that build requests by hand use it, too."""
    if not isinstance(request, PortalRequest):
        request.__class__ = _portal_class(type(request))
    assert isinstance(request, PortalRequest)
    return request


def _portal_class(plain: type[HttpRequest]) -> type[HttpRequest]:
    if plain not in _classes:
        _classes[plain] = type(f"Portal{plain.__name__}", (PortalRequest, plain), {})
    return _classes[plain]
