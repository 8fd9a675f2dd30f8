import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.test import Client

from portal.operations import health
from portal.operations.cache import FallbackRedisCache


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    caches["default"].clear()
    yield
    caches["default"].clear()


def test_livez_answers_without_database_or_cookie(client: Client) -> None:
    answer = client.get("/livez")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.django_db
def test_readyz_wants_a_worker_that_was_seen_within_two_minutes(client: Client) -> None:
    assert client.get("/readyz").json() == {
        "status": "unavailable",
        "database": True,
        "redis": True,
        "worker": False,
    }
    health.note_worker()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    caches["default"].set(health.WORKER_KEY, 1.0)
    assert client.get("/readyz").status_code == 503


@pytest.mark.django_db
def test_readyz_names_a_database_that_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] is False


@pytest.mark.django_db
def test_readyz_names_a_redis_that_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    away = FallbackRedisCache("unix:///nowhere/redis.sock?db=1", {})
    monkeypatch.setattr(health, "caches", {"default": away})
    assert client.get("/readyz").json()["redis"] is False


def test_ASVS_16_5_2_the_cache_goes_on_within_the_process_when_redis_is_away() -> None:
    cache = FallbackRedisCache("unix:///nowhere/redis.sock?db=1", {})
    cache.set("limit", 1)
    assert cache.incr("limit") == 2
    assert cache.get("limit") == 2
    assert cache.add("limit", 5) is False
    cache.delete("limit")
    assert cache.get("limit") is None


@pytest.mark.django_db
def test_tests_connect_as_the_role_of_the_application() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == "portal_app"


def test_ASVS_16_2_1_a_request_is_one_json_line_with_an_id_and_without_query_string(client: Client) -> None:
    stream = io.StringIO()
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(stream)
    try:
        answer = client.get("/livez", {"q": "张三"})
    finally:
        if before is not None:
            handler.setStream(before)
    line = json.loads(stream.getvalue().splitlines()[-1])
    assert line["event"] == "request"
    assert line["route"] == "livez"
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert "张三" not in stream.getvalue()
