"""The error pages, and how an error of the domain becomes an answer."""

from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.http import url_has_allowed_host_and_scheme

from portal.web.errors import AskFirst, DomainError, TooMany

logger = structlog.get_logger(__name__)

TITLES: Final = {
    400: "请求有误",
    401: "请先登录",
    403: "没有权限",
    404: "没有找到这个页面",
    409: "现在不能这样办理",
    410: "已经失效",
    422: "填写有误",
    429: "操作太频繁",
    500: "系统出了问题",
    503: "系统正在维护",
}
MESSAGES: Final = {
    400: "您的请求没有被识别。请返回上一页再试。",
    403: "您没有权限查看这个页面。如果您刚刚登录或退出，请刷新后再试。",
    404: "网址可能有误，或者内容已经不在。请检查网址，或者到首页搜索。",
    429: "短时间内试的次数太多，请过 1 分钟再试。",
    500: "系统出了问题，我们已经记录。您填写的内容可能没有保存，请稍后再试。",
    503: "系统正在维护，请稍后再来。",
}
CSRF_MESSAGE: Final = "页面停留太久，或者浏览器没有允许 Cookie，这次提交没有被接受。请返回上一页，刷新后再提交。"
_REFUSED: Final = "errors/refused.html"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400"""
    return answer(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403"""
    return answer(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW"""
    return answer(request, 403, message=CSRF_MESSAGE, code="form_token", template=_REFUSED)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404"""
    return answer(request, 404)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler429, for allauth, whose own limits (settings.ACCOUNT_RATE_LIMITS) are per minute"""
    response = answer(request, 429)
    response["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500"""
    return answer(request, 500)


def unavailable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What answers while a server behind the portal is away."""
    response = answer(request, 503)
    response["Retry-After"] = "30"
    return response


def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page of an error of the domain, or JSON for the interface."""
    if isinstance(error, AskFirst) and not wants_json(request):
        query = f"?{urlencode({'next': request.get_full_path()})}" if request.method in ("GET", "HEAD") else ""
        return HttpResponseRedirect(f"{error.url}{query}")
    response = answer(
        request,
        error.http_status,
        message=error.message,
        code=error.code,
        field=error.field,
        template=_REFUSED,
    )
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


def answer(
    request: HttpRequest,
    status: int,
    *,
    message: str = "",
    code: str = "",
    field: str | None = None,
    template: str = "",
) -> HttpResponse:
    """An error as page or JSON; it needs neither the database nor the session, nor even its template."""
    message = message or MESSAGES.get(status, MESSAGES[500])
    if wants_json(request):
        body: dict[str, Any] = {"code": code or str(status), "message": message}
        if field:
            body["field"] = field
        return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    context = {
        "status": status,
        "title": TITLES.get(status, TITLES[500]),
        "message": message,
        "code": code,
        "request_id": request.META.get("HTTP_X_REQUEST_ID", "") or getattr(request, "id", ""),
        "elder": getattr(request, "elder", False),
        "back_url": _back_url(request),
    }
    page = _page(request, template or f"errors/{status}.html", context)
    return HttpResponse(page, status=status)


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller is a program: the exchange interface, or one that accepts JSON and no page."""
    if request.path_info.startswith("/api/"):
        return True
    accepted = request.headers.get("Accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> str:
    try:
        return render_to_string(template, context, request)
    except Exception:
        # The page of a crash must not crash itself, whatever is broken.
        if context["status"] < 500 and settings.TESTING:
            raise
        logger.exception("error_page_failed", template=template)
        return _bare_page(context)


def _back_url(request: HttpRequest) -> str:
    """Where the visitor came from, when that was another page of this portal; of a form that was sent, its own."""
    url = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(url, {request.META.get("HTTP_HOST", "")}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(url)
    page = f"{parts.path}?{parts.query}" if parts.query else parts.path
    is_here = request.method in {"GET", "HEAD"} and page == request.get_full_path()
    # A path alone, and one that no browser reads as another host.
    return "" if is_here or not page.startswith("/") or page.startswith(("//", "/\\")) else page


def _bare_page(context: dict[str, Any]) -> str:
    title, message = escape(context["title"]), escape(context["message"])
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title} - 朔州市政务服务平台</title>'
        f"</head><body><main><h1>{title}</h1><p>{message}</p></main></body></html>"
    )
