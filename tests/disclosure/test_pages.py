"""Every public page: sound, without a cookie, the same for everybody, with a known number of queries."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from catalog.models import ItemEdition
from tests.pages import check_page

pytestmark = pytest.mark.usefixtures("catalogue", "db")

FOOD = "140123026000"
PAGES = [
    "/",
    "/?tab=firm",
    "/?tab=department",
    "/?tab=theme",
    "/search/",
    "/search/?q=开饭店",
    "/search/?q=离婚",
    "/items/",
    "/items/?for=person",
    "/items/?for=firm&theme=准营准办",
    "/items/?department=023",
    "/items/?kind=annual",
    "/items/?q=食品",
    f"/items/{FOOD}/",
    f"/items/{FOOD}/print/",
    f"/items/{FOOD}/editions/",
    f"/items/{FOOD}/editions/?on=2026-05-01",
    f"/items/{FOOD}/editions/1/",
    f"/items/{FOOD}/compare/",
    "/changes/",
    "/departments/",
    "/cases/",
    "/calculator/",
    "/design/",
    "/about/",
    "/privacy/",
    "/accessibility/",
    "/sitemap/",
    f"/calculator/?item={FOOD}&start=accepted&on=2026-11-23",
]
#: Most pages read the clock, the calendar and two or three lists.
MOST_QUERIES = 12


@pytest.fixture
def today(frozen_clock: Callable[[datetime], AbstractContextManager[datetime]]) -> datetime:
    instant = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    frozen_clock(instant)
    return instant


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("prefix", ["", "/elder"])
def test_a_public_page_is_sound_and_the_same_for_everybody(client: Client, address: str, prefix: str) -> None:
    answer = client.get(prefix + address)
    assert answer.status_code == 200
    html = check_page(answer)
    assert not answer.cookies
    assert "cookie" not in answer.headers.get("Vary", "").lower()
    assert answer.headers["Cache-Control"].startswith("public, ")
    assert "s-maxage=60" in answer.headers["Cache-Control"]
    assert "csrf" not in html.lower()
    if prefix and "/print/" not in address:
        assert 'class="elder"' in html
        assert f'href="{address.split("?")[0]}' in html  # the way back to the standard mode


@pytest.mark.parametrize("address", PAGES)
def test_a_page_that_has_not_changed_is_not_sent_again(client: Client, today: datetime, address: str) -> None:
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_no_page_asks_more_than_twelve_queries(
    client: Client, address: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(address)


@pytest.mark.parametrize(
    "address",
    [
        "/?tab=nonsense",
        "/search/?q=%00&page=-1",
        "/search/?q=食品&page=abc",
        "/search/?q=食品&page=99999",
        "/search/?for=x&q=食品",
        "/search/?q=" + "食品经营许可" * 50,
        "/search/?q=' or 1=1 --",
        "/search/?q=<script>alert(1)</script>",
        "/items/?page=zzz",
        "/items/?page=%00",
        "/items/?theme=%00",
        "/items/?department=%00",
        "/items/?department=999",
        "/items/?kind=nothing",
        "/items/?theme=没有",
        "/items/?q=食品&page=77777777777777777",
        "/items/?q=%00",
        "/cases/?page=eyJ4IjoxfQ",
        "/cases/?state=x",
        "/cases/?department=%00",
        "/cases/?number=%00",
        "/cases/?month=2026-13",
        f"/items/{FOOD}/?situation=ZZ",
        f"/items/{FOOD}/?need=%00&ready=M99&chosen=1",
        "/calculator/?item=%00",
        "/calculator/?item=x&on=2026-99-99",
        "/calculator/?pauses=999999999",
        "/calculator/?pauses=-1&promised=1e9",
        "/calculator/?on=0001-01-01&promised=5",
        "/calculator/?on=2099-12-31&promised=999",
        "/calculator/?on=9999-12-31&promised=999",
        "/calculator/?on=2098-12-31&promised=999&unit=month",
        "/calculator/?promised=٣&on=2026-11-23",
        "/calculator/?unit=week&promised=3",
        "/calculator/?start=never&promised=3",
        "/calculator/?item=140123027000&situation=Q",
        "/calculator/?promised=5&pause1=hearing&pause1_from=2098-12-31&pause1_until=2098-12-31&on=2026-11-23",
        "/calculator/?promised=5&pause1=nothing&pause1_from=2026-11-23&pause1_until=2026-11-24",
    ],
)
def test_a_wrong_parameter_gives_a_clear_page_and_never_an_error(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    check_page(answer)
    assert b"<script>alert" not in answer.content


@pytest.mark.parametrize(
    "address",
    [
        "/items/140123999000/",
        "/items/x/",
        "/items/140123026000x/",
        "/items/%00/",
        "/cases/%00/",
        "/cases/1406000022026112500001L/",
        "/items/140123999000/print/",
    ],
)
def test_an_unknown_item_is_a_clear_404(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    check_page(answer)


def test_public_pages_answer_nothing_but_reading(client: Client) -> None:
    assert client.post("/search/", {"q": "食品"}).status_code in {403, 405}
    assert client.head("/").status_code == 200


def test_every_item_has_a_sound_guide_in_both_modes_and_on_paper(client: Client) -> None:
    for edition in ItemEdition.objects.select_related("item"):
        for address in (f"/items/{edition.item.basic_code}/", f"/elder/items/{edition.item.basic_code}/print/"):
            html = check_page(client.get(address))
            assert edition.name in html
