"""Addresses of the servers, from the environment or from the embedded layout."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from portal.embedded.layout import Layout

DATABASE = "portal"
OWNER = "portal_owner"
APPLICATION = "portal_app"


def embedded_database_url(layout: Layout, role: str, password: str) -> str:
    """Address of the embedded database for one role."""
    return f"postgresql://{role}:{quote(password)}@/{DATABASE}?host={quote(str(layout.sockets), safe='')}"


def is_embedded(layout: Layout, url: str) -> bool:
    """Whether an address leads to the embedded database; commands find it in their environment as well."""
    return not url or dict(parse_qsl(urlsplit(url).query)).get("host") == str(layout.sockets)


def embedded_redis_urls(layout: Layout, password: str) -> tuple[str, str]:
    """Addresses of the embedded Redis: for the cache, and for Celery."""
    path = layout.redis_socket
    return f"unix://:{password}@{path}?db=1", f"redis+socket://:{password}@{path}?virtual_host=0"


def database_settings(data_dir: Path, url: str = "") -> dict[str, Any]:
    """Django's entry for the address, or for the embedded database where there is none."""
    if not url:
        layout = Layout.of(data_dir)
        found = layout.secrets()
        url = embedded_database_url(layout, APPLICATION, found.application if found else "")
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    options: dict[str, Any] = {key: value for key, value in query.items() if key not in {"host", "port"}}
    options.setdefault("connect_timeout", 5)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": query.get("port", str(parts.port or "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def redis_urls(data_dir: Path, url: str = "") -> tuple[str, str]:
    """Addresses for the cache and for Celery; an outside Redis serves both, told apart by prefixes."""
    if url:
        broker = url.replace("unix://", "redis+socket://", 1) if url.startswith("unix://") else url
        return url, broker
    layout = Layout.of(data_dir)
    found = layout.secrets()
    return embedded_redis_urls(layout, found.redis if found else "")
