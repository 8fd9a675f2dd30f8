"""Keyset pages and capped counts, over the outbox's table."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory

from portal.outbox.models import Job
from portal.web.paging import OrderKey, capped_count, paginate, query_string

START = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def jobs(db):
    """Sixty rows with equal due dates in threes; every fifth has no lease."""
    return Job.objects.bulk_create(
        Job(
            kind="page",
            key=f"{number:03}",
            created_at=START,
            due_at=START + timedelta(hours=number // 3),
            lease_until=None if number % 5 == 0 else START + timedelta(days=number % 7),
        )
        for number in range(60)
    )


def get(address):
    return RequestFactory().get(address)


ORDERS = [
    ("due_at", "id"),
    ("-due_at", "id"),
    ("-due_at", "-id"),
    (OrderKey("lease_until", nullable=True), "id"),
    (OrderKey("lease_until", descending=True, nullable=True), "-id"),
    (OrderKey("lease_until", nullable=True), "-due_at", "id"),
]


@pytest.mark.parametrize("order", ORDERS)
def test_pages_forth_and_back_show_every_row_once_in_order(jobs, order):
    pages = [paginate(Job.objects.all(), get("/list/?kind=x&kind=y"), order=order, size=25)]
    assert not pages[0].previous_url
    while pages[-1].next_url:
        assert "kind=x&kind=y" in pages[-1].next_url
        pages.append(paginate(Job.objects.all(), get(pages[-1].next_url), order=order, size=25))
    keys = [OrderKey.of(key) for key in order]
    expected = list(Job.objects.order_by(*(key.expression(backwards=False) for key in keys)))
    assert [row.pk for page in pages for row in page] == [row.pk for row in expected]
    assert [len(page) for page in pages] == [25, 25, 10]
    back = pages[-1]
    for page in reversed(pages[:-1]):
        back = paginate(Job.objects.all(), get(back.previous_url), order=order, size=25)
        assert [row.pk for row in back] == [row.pk for row in page]
        assert back.next_url
    assert not back.previous_url


def test_a_page_is_one_query(jobs, django_assert_num_queries):
    first = paginate(Job.objects.all(), get("/list/"), order=("due_at", "id"))
    with django_assert_num_queries(1):
        assert len(paginate(Job.objects.all(), get(first.next_url), order=("due_at", "id"))) == 25


def test_few_rows_are_one_page(jobs):
    page = paginate(Job.objects.filter(key="001"), get("/list/"), order=("due_at", "id"))
    assert len(page) == 1
    assert not page.has_other_pages


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "!!!",
        "中",
        base64.urlsafe_b64encode(b'["f","never","never"]').decode(),
        base64.urlsafe_b64encode(b'["f",null,null]').decode(),
        base64.urlsafe_b64encode(b'["f",1]').decode(),
        base64.urlsafe_b64encode(b'["z",1,2]').decode(),
        base64.urlsafe_b64encode(b'["f",{},[]]').decode(),
        base64.urlsafe_b64encode(b'["f","2026-01-05T00:00:00","\\u0000"]').decode(),
        base64.urlsafe_b64encode(b"[" * 20000).decode(),
        base64.urlsafe_b64encode(b'{"a":1}').decode(),
    ],
)
def test_a_cursor_that_makes_no_sense_shows_the_first_page(jobs, text):
    request = RequestFactory().get("/list/", {"page": text})
    page = paginate(Job.objects.all(), request, order=("due_at", "id"))
    assert page.rows[0].key == "000"


def test_counts_are_capped(jobs):
    assert str(capped_count(Job.objects.all())) == "60"
    capped = capped_count(Job.objects.all(), 51)
    assert (str(capped), capped.is_capped) == ("50+", True)
    assert str(capped_count(Job.objects.all(), 61)) == "60"
    assert not capped_count(Job.objects.none())


def test_a_filter_link_keeps_the_other_filters_and_starts_at_the_first_page():
    request = get("/list/?light=red&page=abc&q=%E7%85%A7")
    assert query_string(request, light="yellow") == "?light=yellow&q=%E7%85%A7"
    assert query_string(request, light=None, q=None) == "/list/"
