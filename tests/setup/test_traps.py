import socket

import pytest
from django.contrib.contenttypes.models import ContentType
from django.template import engines

from tests import traps
from tests.pages import page_faults
from tests.snapshots import QuerySnapshots, normalised


@pytest.mark.django_db
def test_an_unordered_query_comes_in_random_order() -> None:
    assert "RANDOM()" in str(ContentType.objects.all().query)
    assert "RANDOM()" not in str(ContentType.objects.order_by("pk").query)
    assert ContentType.objects.count() > 0
    assert ContentType.objects.filter(pk__in=ContentType.objects.values("pk")).exists()


@pytest.mark.ordered
@pytest.mark.django_db
def test_a_test_can_ask_for_queries_as_they_are() -> None:
    assert "RANDOM()" not in str(ContentType.objects.all().query)


def test_an_undefined_variable_fails_in_a_template_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    template = engines["django"].from_string("{{ nothing }}")
    assert template.render({}) == ""
    monkeypatch.setattr(traps, "_rendering_template", lambda: str(traps.settings.BASE_DIR / "templates/a.html"))
    with pytest.raises(AssertionError, match=r"undefined template variable \{\{ nothing \}\}"):
        template.render({})


def test_no_test_reaches_the_network() -> None:
    with socket.socket() as outside, pytest.raises(AssertionError, match=r"a test tried to reach 192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))


def test_the_page_check_finds_every_fault() -> None:
    sound = '<!doctype html><html lang="zh-CN"><head><title>首页</title></head><body><h1>首页</h1></body></html>'
    assert page_faults(sound) == []
    bad = (
        '<html><head><style>p{}</style><script>1</script></head><body><p style="x" onclick="y" id="a">{{ x }}</p>'
        '<p id="a"></p><img><a href="javascript:1"></a></body></html>'
    )
    text = "; ".join(page_faults(bad))
    for part in (
        "inline <style>",
        "inline <script>",
        "style attribute",
        "onclick",
        "left over",
        "no lang",
        "no title",
        "0 <h1>",
        "repeated id: a",
        "without alt",
        "javascript: address",
    ):
        assert part in text


def test_a_snapshot_has_no_values() -> None:
    assert normalised("SELECT 1 FROM t WHERE a = 'x''y'::uuid AND b IN (1, 2) ORDER BY RANDOM() ASC LIMIT 21") == (
        "SELECT ? FROM t WHERE a = ? AND b IN (…) LIMIT ?"
    )


@pytest.mark.django_db
def test_one_query_too_many_is_seen(query_snapshot: QuerySnapshots) -> None:
    with pytest.raises(AssertionError, match="2 queries, at most 1"), query_snapshot("never-written", at_most=1):
        assert ContentType.objects.count()
        assert ContentType.objects.exists()
