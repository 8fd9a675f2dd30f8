"""Rate limits."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from portal.web.errors import TooMany
from portal.web.limits import client_address, limit, parse_rate


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()
    yield
    cache.clear()


def call(address="10.0.0.1", forwarded=None):
    request = RequestFactory().get("/")
    request.META["REMOTE_ADDR"] = address
    if forwarded:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return request


def test_ASVS_2_4_1_calls_beyond_the_rate_are_refused_per_address_and_group():
    for _ in range(3):
        limit(call(), "progress", "3/m")
    with pytest.raises(TooMany) as refused:
        limit(call(), "progress", "3/m")
    assert refused.value.http_status == 429
    assert refused.value.retry_after == 60
    limit(call("10.0.0.2"), "progress", "3/m")
    limit(call(), "sign_in", "3/m")


def test_a_key_counts_over_addresses():
    limit(call("10.0.0.1"), "progress", "1/h", key="1406")
    with pytest.raises(TooMany):
        limit(call("10.0.0.2"), "progress", "1/h", key="1406")


def test_no_address_and_no_key_is_kept():
    limit(call("10.9.8.7"), "progress", "1/h", key="140602198501010016")
    limit(call("10.9.8.7"), "progress", "1/h")
    kept = " ".join(cache._cache)
    assert "10.9.8.7" not in kept
    assert "140602198501010016" not in kept


def test_ASVS_15_3_4_a_forwarded_address_counts_only_behind_our_own_proxies(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert client_address(call(forwarded="1.2.3.4")) == "10.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client_address(call(forwarded="6.6.6.6, 1.2.3.4")) == "1.2.3.4"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert client_address(call(forwarded="6.6.6.6, 1.2.3.4, 10.0.0.9")) == "1.2.3.4"
    assert client_address(call(forwarded="1.2.3.4")) == "10.0.0.1"


def test_an_ipv6_caller_is_its_network():
    assert client_address(call("2001:db8::1")) == client_address(call("2001:db8::ffff")) == "2001:db8::/64"
    assert client_address(call("::ffff:10.0.0.1")) == "10.0.0.1"
    assert client_address(call("")) == "unknown"


def test_rates_are_read():
    assert parse_rate("20/10m") == (20, 600)
    assert parse_rate("5/s") == (5, 1)
    with pytest.raises(ValueError, match="not a rate"):
        parse_rate("many")
