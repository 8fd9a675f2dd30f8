"""Everything works without JavaScript: the citizen's application and the clerk's acceptance."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import desks, online

pytestmark = pytest.mark.e2e


def nothing(_page: Page) -> None:
    """axe-core needs scripts; these pages are inspected in the main job."""


def test_a_citizen_applies_and_a_clerk_accepts_without_javascript(new_page: Callable[..., Page]) -> None:
    citizen = new_page(who="citizen", javascript=False)
    online.begin(citizen)
    online.fill_until_materials(citizen, nothing)
    online.upload_together(citizen)
    assert "受理的，最迟" in online.finish(citizen, nothing)
    case = online.submit(citizen, nothing)

    clerk = new_page(who="window_clerk", of="食品药品", javascript=False)
    desks.check_materials(clerk, case.number, nothing)
    # Without scripts the page knows only what was saved: the button saves, and leads on to the act.
    desks.then(clerk, "accept", nothing)
    assert "审核人可以认领办理" in desks.confirm(clerk, nothing)

    citizen.goto(case.address)
    expect(citizen.locator(".due-panel .figure").locator("visible=true")).to_be_visible()
    expect(citizen.get_by_text("审核中").first).to_be_visible()
