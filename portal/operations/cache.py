"""The cache: Redis, and the process itself while Redis is away."""

import time
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

RETRY_AFTER = 5.0  # seconds during which a silent Redis is not asked again


class _OneClient(RedisCacheClient):
    """One client for each pool: Django makes a new one for each call, which costs a third of the call."""

    _client: Any
    _get_connection_pool: Callable[[bool], Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        pool = self._get_connection_pool(write)
        client = self._made.get(id(pool))
        if client is None:
            client = self._made[id(pool)] = self._client(connection_pool=pool)
        return client


class _OneClientCache(RedisCache):
    _class: type[RedisCacheClient]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._class = _OneClient


class FallbackRedisCache(BaseCache):
    """Rate limits must go on when Redis does not: then they hold per process (design.md section 7)."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._remote = _OneClientCache(server, params)
        self._local = LocMemCache(f"fallback:{server}", {**params, "OPTIONS": {}})
        self._away_until = 0.0

    def _call(self, act: Callable[[BaseCache], Any]) -> Any:
        if time.monotonic() >= self._away_until:
            try:
                return act(self._remote)
            except (redis.RedisError, OSError):
                self._away_until = time.monotonic() + RETRY_AFTER
        return act(self._local)

    def ask_remote(self) -> None:
        """Ask Redis itself; raises what Redis raises."""
        self._remote.get("operations:ping")

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(lambda cache: cache.add(*args, **kwargs))

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(lambda cache: cache.get(*args, **kwargs))

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(lambda cache: cache.set(*args, **kwargs))

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(lambda cache: cache.touch(*args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(lambda cache: cache.delete(*args, **kwargs))

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(lambda cache: cache.has_key(*args, **kwargs))

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(lambda cache: cache.incr(*args, **kwargs))

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(lambda cache: cache.get_many(*args, **kwargs))

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(lambda cache: cache.set_many(*args, **kwargs))

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(lambda cache: cache.delete_many(*args, **kwargs))

    def clear(self) -> Any:
        return self._call(lambda cache: cache.clear())
