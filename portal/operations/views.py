"""What machines and researchers ask first: /livez, /readyz, /.well-known/security.txt."""

import datetime as dt
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import clock
from portal.operations import health
from portal.operations.watch import backups
from portal.operations.watch.token import bears_token
from portal.web.access import public
from portal.web.context_processors import SITE

#: RFC 9116 advises less than a year.
_GOOD_FOR: Final = dt.timedelta(days=180)


@public
@require_safe
@never_cache
def livez(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@public
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, Redis and worker are there; for whoever bears METRICS_TOKEN also the age of the last good backup."""
    parts = health.readiness()
    ready = all(parts.values())
    detail = {"backup": backups.detail()} if parts["database"] and bears_token(request) else {}
    return JsonResponse({"status": "ok" if ready else "unavailable", **parts, **detail}, status=200 if ready else 503)


@public
@require_safe
def security_contact(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to tell of a weakness; it is good for half a year from the day on which it is asked for."""
    expires = (clock.now() + _GOOD_FOR).astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT or f'mailto:{SITE.email}'}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: zh, en",
        f"Canonical: {settings.PUBLIC_URL}{reverse('operations:security_contact')}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
