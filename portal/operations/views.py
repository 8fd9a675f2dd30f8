"""Health for load balancers: /livez and /readyz."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.operations import health
from portal.operations.watch import backups
from portal.operations.watch.token import bears_token
from portal.web.access import public


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
