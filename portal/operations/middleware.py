"""One log line per request, with a request id and without personal data."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

logger = structlog.get_logger("portal.request")


class RequestLogMiddleware:
    """Binds `request_id` for every log line below it and answers with it in `X-Request-ID`.

    The line names the matched address pattern, never the path or the query (they may hold numbers and names),
    and never touches `request.user` (a public page must not vary by cookie).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]  # read by the error pages
        begin = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            match = request.resolver_match
            logger.log(
                40 if response.status_code >= 500 else 20,
                "request",
                method=request.method,
                route=match.route if match else "",
                view=match.view_name if match else "",
                status=response.status_code,
                ms=round((time.perf_counter() - begin) * 1000, 1),
            )
        if isinstance(response, HttpResponse) or hasattr(response, "headers"):
            response.headers["X-Request-ID"] = request_id
        return response
