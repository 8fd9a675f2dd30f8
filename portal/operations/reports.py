"""Browsers report what the content policy stopped: one log line each, in which nothing of a person stands."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.web import limits
from portal.web.access import public
from portal.web.middleware import ELDER

MOST_BYTES: Final = 16 * 1024
PER_ADDRESS: Final = "60/10m"
#: From everybody together: beyond it reports are taken and thrown away, so that nobody fills the disk with them.
PER_MINUTE: Final = 120
_DIRECTIVE: Final = re.compile(r"[a-z-]{3,40}")
_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]{1,15}://[a-z0-9.:-]{1,100}")
_KEYWORDS: Final = frozenset({"inline", "eval", "wasm-eval", "self", "data", "blob", "trusted-types-policy"})

logger = structlog.get_logger(__name__)


@csrf_exempt  # browsers send it by themselves, without a token; nothing changes here
@public
@require_POST
def policy_report(request: HttpRequest) -> HttpResponse:
    """One object, as `report-uri` sends it; a list, as browsers send it that know another way, is read, too."""
    limits.limit(request, "policy-reports", PER_ADDRESS)
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return HttpResponse(status=413)
    reports = _reports(body)
    if reports and limits.count("policy-reports", "everybody", 60) <= PER_MINUTE:
        logger.warning("content_policy_violation", reports=len(reports), **_line(reports[0]))
    return HttpResponse(status=204)


def _reports(body: bytes) -> list[Mapping[str, Any]]:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if isinstance(read, dict):
        found = [read.get("csp-report")]
    else:
        found = [entry.get("body") for entry in read if isinstance(entry, dict)] if isinstance(read, list) else []
    return [report for report in found if isinstance(report, dict)]


def _line(report: Mapping[str, Any]) -> dict[str, Any]:
    """What was stopped, by which rule, on which page: the page by the name of its address, for numbers stand in it."""
    directive = _text(report, "effective-directive", "effectiveDirective", "violated-directive").split(" ")[0]
    number = report.get("line-number", report.get("lineNumber"))
    return {
        "directive": directive if _DIRECTIVE.fullmatch(directive) else "other",
        "blocked": _origin(_text(report, "blocked-uri", "blockedURL")),
        "view": _view(_text(report, "document-uri", "documentURL")),
        "source": _source(_text(report, "source-file", "sourceFile")),
        "row": number if isinstance(number, int) and 0 <= number < 10_000_000 else 0,
    }


def _text(report: Mapping[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := report.get(name), str)), "")


def _origin(address: str) -> str:
    """A keyword, or scheme and host; of an address neither path nor query."""
    if address in _KEYWORDS:
        return address
    found = _ORIGIN.match(address.lower())
    return found[0] if found else "other"


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _view(address: str) -> str:
    path = _path(address).removeprefix(f"/{ELDER}")
    try:
        return resolve(path).view_name
    except Resolver404:
        return "other"


def _source(address: str) -> str:
    """A script or style sheet of ours by its path, anything else by no name at all."""
    path = _path(address)
    return path if re.fullmatch(r"/static/[\w./-]{1,120}", path, re.ASCII) else "other"
