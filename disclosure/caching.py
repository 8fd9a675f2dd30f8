"""Public pages in caches: headers, an ETag by content, whole pages by version (operations.md 8, 9)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix
from django.utils.cache import get_conditional_response

CACHE_CONTROL: Final = "public, max-age=0, s-maxage=60, stale-while-revalidate=600, stale-if-error=86400"
KEPT_FOR: Final = 3600  # seconds; what is in the key decides whether a page is right, this only frees memory

View = Callable[..., HttpResponse]


def cacheable(view: View) -> View:
    """A public page that every visitor sees alike: cache headers, and 304 while its bytes are the same."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 200 or request.method not in {"GET", "HEAD"}:
            return response
        return with_version(request, response, hashlib.sha256(response.content).hexdigest()[:32])

    return wrapped


def with_version(request: HttpRequest, response: HttpResponse, version: str) -> HttpResponse:
    """The response with its ETag and cache headers, or 304 when the visitor has this version already."""
    etag = f'"{version}"'
    response["ETag"] = etag
    response["Cache-Control"] = CACHE_CONTROL
    conditional = get_conditional_response(request, etag=etag, response=response)
    return conditional if isinstance(conditional, HttpResponse) else response


def page_of_version(
    request: HttpRequest, parts: tuple[object, ...], render: Callable[[], HttpResponse]
) -> HttpResponse:
    """A whole page that depends on nothing but `parts`, the mode and the running release; rendered once for all."""
    words = [*map(str, parts), get_script_prefix(), str(settings.DEMONSTRATION), release()]
    version = hashlib.sha256("\0".join(words).encode()).hexdigest()[:32]
    known = get_conditional_response(request, etag=f'"{version}"')
    if known is not None and known.status_code == 304:
        known["Cache-Control"] = CACHE_CONTROL
        return known
    key = f"disclosure:page:{version}"
    content = None if settings.DEBUG else cache.get(key)
    if content is None:
        response = render()
        if response.status_code != 200:
            return response
        content = response.content
        cache.set(key, content, KEPT_FOR)
    return with_version(request, HttpResponse(content), version)


@lru_cache(maxsize=1)
def release() -> str:
    """What templates, assets and this app's code look like in this process: a new release never shows an old page."""
    roots = [
        Path(settings.BASE_DIR) / part
        for part in ("templates/base", "templates/disclosure", "templates/partials", "disclosure")
    ]
    files = sorted(path for root in roots for path in root.rglob("*") if path.suffix in {".html", ".py", ".json"})
    stamp = "|".join(f"{path.name}:{path.stat().st_mtime_ns}:{path.stat().st_size}" for path in files)
    # An old page would ask for style sheets whose names, with their hashes, are gone.
    stamp += str(getattr(staticfiles_storage, "manifest_hash", ""))
    return hashlib.sha256(stamp.encode()).hexdigest()[:16]
