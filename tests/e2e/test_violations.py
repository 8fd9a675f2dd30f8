"""A violation of the content policy fails a browser test: broken here on purpose, in both ways it becomes known."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.violations import Reports
from tests.processes import wait_for

pytestmark = pytest.mark.e2e


def test_ASVS_3_4_7_an_inline_style_and_a_foreign_image_are_stopped_told_and_reported(
    new_page: Callable[..., Page], page_faults: list[str], policy_reports: Reports
) -> None:
    page = new_page()
    page.goto("/")
    assert page_faults == []
    page.evaluate(
        """() => document.body.insertAdjacentHTML('beforeend',
             '<p style="color: red">x</p><img src="https://evil.example/x.png" alt="">')"""
    )
    wait_for(lambda: page.evaluate("1") == 1 and len(page_faults) >= 2, "the page's own word", 10)
    text = "\n".join(page_faults)
    assert "style-src-attr stopped inline" in text
    assert "img-src stopped https://evil.example/" in text
    reported: list[str] = []

    def both() -> bool:
        reported.extend(policy_reports.new())
        return len(reported) >= 2

    wait_for(both, "both reports", 30)
    assert any('"style-src-attr"' in line and '"disclosure:home"' in line for line in reported)
    page_faults.clear()  # it was meant to be: any other test would fail now
