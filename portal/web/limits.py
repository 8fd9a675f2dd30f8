"""Rate limits: so many calls per period, counted in the cache (in this process while the cache is away)."""

import hashlib
import hmac
import ipaddress
import re
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse

from portal.web.errors import TooMany

_RATE: Final = re.compile(r"(\d{1,6})/(\d{0,4})([smhd])")
#: Codes of form errors; the second is allauth's, whose limit of failed sign-ins is a quarter of an hour.
_TOO_OFTEN: Final = frozenset({TooMany.default_code, "too_many_login_attempts"})
_LOCKED: Final = 900
_LONG: Final = 2 * 3600
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def limit(request: HttpRequest, group: str, rate: str, *, key: str | None = None) -> None:
    """Count this call and raise TooMany beyond the rate.

    `rate` is "5/m", "20/10m", "100/h". Calls are counted per address of the caller, or per `key` (a case number, an
    account); only a keyed hash of either is kept.
    """
    allowed, period = parse_rate(rate)
    if count(group, key if key is not None else client_address(request), period) > allowed:
        wait = f"{-(-period // 60)} 分钟" if period <= _LONG else f"{-(-period // 3600)} 小时"
        raise TooMany(f"操作太频繁，请过 {wait}再试。", retry_after=period)


def come_back(response: HttpResponse, form: BaseForm) -> HttpResponse:
    """The page of a form that is refused because it came too often is a 429 that says when to come back."""
    waits = [
        (error.params or {}).get("retry_after", _LOCKED)
        for errors in form.errors.as_data().values()
        for error in errors
        if error.code in _TOO_OFTEN
    ]
    if waits:
        response.status_code = TooMany.http_status
        response["Retry-After"] = str(max(waits))
    return response


def count(group: str, whom: str, period: int) -> int:
    """Count one more call of `whom` and return how many there were in the period (seconds)."""
    name = f"limit:{group}:{hidden(group, whom)}"
    if cache.add(name, 1, period):
        return 1
    try:
        return int(cache.incr(name))
    except ValueError:  # the period ended between the two calls
        cache.set(name, 1, period)
        return 1


def forget(group: str, whom: str) -> None:
    """Count from nothing again."""
    cache.delete(f"limit:{group}:{hidden(group, whom)}")


def parse_rate(rate: str) -> tuple[int, int]:
    """("20/10m") -> (20 calls, 600 seconds); raises ValueError."""
    match = _RATE.fullmatch(rate)
    if match is None:
        raise ValueError(f"not a rate: {rate!r}")
    calls, number, unit = match.groups()
    return int(calls), int(number or 1) * _SECONDS[unit]


def client_address(request: HttpRequest) -> str:
    """The caller's address; X-Forwarded-For counts only as far as our own proxies wrote it.

    An IPv6 caller is its /64 network, because one household has all of it.
    """
    address = request.META.get("REMOTE_ADDR", "")
    proxies = int(getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0) or 0)
    if proxies:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if len(hops) >= proxies:
            address = hops[-proxies]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def hidden(group: str, whom: str) -> str:
    """A keyed hash in the place of an address, a number or a name."""
    key = hashlib.sha256(f"portal.web.limits|{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, f"{group}|{whom}".encode(), hashlib.sha256).hexdigest()[:32]
