from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.e2e


def test_the_home_page_opens_without_a_cookie(new_page: Callable[..., Page]) -> None:
    page = new_page()
    answer = page.goto("/")
    assert answer is not None
    assert answer.status == 200
    assert page.context.cookies() == []


def test_the_home_page_works_without_javascript(new_page: Callable[..., Page]) -> None:
    page = new_page(javascript=False)
    page.goto("/")
    assert page.get_by_role("heading", level=1).count() == 1
