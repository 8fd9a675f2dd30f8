"""The portal's own middleware; the order is given in the settings."""

from collections.abc import Callable
from typing import Any, Final

import structlog
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import get_script_prefix, set_script_prefix
from django.utils.cache import add_never_cache_headers

from portal.web import access
from portal.web.errors import DomainError, NotAllowed
from portal.web.requests import adopt
from portal.web.views import errors

GetResponse = Callable[[HttpRequest], HttpResponseBase]

ELDER: Final = "elder"
PERMISSIONS_POLICY: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

logger = structlog.get_logger(__name__)


class ElderMiddleware:
    """Elder mode is the address prefix /elder/: it moves into the script prefix, so that every link keeps it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == f"/{ELDER}":
            return HttpResponsePermanentRedirect(f"{request.path}/")
        request = adopt(request)
        request.elder = request.path_info.startswith(f"/{ELDER}/")
        if not request.elder:
            return self.get_response(request)
        before = get_script_prefix()
        request.path_info = request.path_info[len(ELDER) + 1 :]
        set_script_prefix(f"{before}{ELDER}/")
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(before)


class ActorMiddleware:
    """Gives request.grants, request.actor and request.now (portal.web.requests)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(adopt(request))


class AccessMiddleware(LoginRequiredMiddleware):
    """Lets a call through as the view's mark says; a view without a mark is refused.

    The mark is read before request.user is touched: a public page stays free of `Vary: Cookie`.
    """

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: tuple[Any, ...], view_kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        mark = access.access_of(view_func, match.view_name if match else "")
        request = adopt(request)
        request.access = mark
        if mark is None:
            logger.error("view_without_access_mark", view=getattr(view_func, "__qualname__", repr(view_func)))
            return errors.domain_error(request, NotAllowed("这个页面没有开放。", code="unmarked_view"))
        if any("\0" in value for value in view_kwargs.values() if isinstance(value, str)):
            return errors.page_not_found(request)  # no text of ours has one, and PostgreSQL refuses to compare it
        if mark.is_public:
            return None
        if not request.user.is_authenticated:
            return self._sign_in_first(request, view_func)
        if mark.permissions and not request.grants.has_any(*mark.permissions):
            return errors.domain_error(request, NotAllowed("您的账号没有使用这个页面的权限。", code="no_permission"))
        return None

    def _sign_in_first(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:
        if errors.wants_json(request):
            return errors.domain_error(request, DomainError("请先登录。", code="sign_in_required", http_status=401))
        return self.handle_no_permission(request, view_func)


class DomainErrorMiddleware:
    """Turns an uncaught error of the domain into its page (JSON for the interface), never into a 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            logger.info("domain_error", code=exception.code, status=exception.http_status)
            return errors.domain_error(request, exception)
        return None


class NoStoreMiddleware:
    """Pages behind sign-in, and pages that carry a form token or a cookie, are kept by no cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if _is_private(request, response):
            # A view may forbid storing in its own words, but never allow it.
            del response["Cache-Control"]
            add_never_cache_headers(response)
        return response


def _is_private(request: Any, response: HttpResponseBase) -> bool:
    mark: access.Access | None = getattr(request, "access", None)
    return (
        (mark is not None and not mark.is_public)
        or bool(response.cookies)
        or bool(request.META.get("CSRF_COOKIE_NEEDS_UPDATE"))
        or "cookie" in response.get("Vary", "").lower()
        or request.method not in {"GET", "HEAD", "OPTIONS"}
    )


class SecurityHeadersMiddleware:
    """Headers beyond the content policy, on every answer, also on errors, redirects, downloads and static files."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault(
            "Referrer-Policy", getattr(settings, "SECURE_REFERRER_POLICY", None) or "same-origin"
        )
        return response
