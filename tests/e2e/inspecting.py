"""What holds of every page that the browser shows."""

import re

from playwright.sync_api import Page, ViewportSize

from portal.settings.environment import BASE_DIR
from tests.pages import page_faults

AXE = BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-Z]{12,}|(?<=progress/)[^/]+")


PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}


class Inspector:
    """Runs axe-core (under the page's strict policy), checks the HTML and looks for sideways scroll, at both widths."""

    def __init__(self) -> None:
        self._source = AXE.read_text()
        self._seen: set[tuple[str, str]] = set()

    def inspect(self, page: Page) -> None:
        """Fails with every fault; once for each address and heading."""
        faults = self.faults(page)
        assert not faults, f"{page.url}:\n" + "\n".join(faults)

    def faults(self, page: Page) -> list[str]:
        """Every fault of the page as it stands; none when it was found sound before."""
        key = (_KEY.sub("…", page.url), page.locator("h1").first.inner_text())
        if key in self._seen:
            return []
        page.evaluate(self._source)
        before, found = page.viewport_size, page_faults(page.content())
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            found += [f"{size['width']} px: {fault}" for fault in _visible_faults(page)]
        assert before is not None
        page.set_viewport_size(before)
        if not found:
            self._seen.add(key)
        return found


def _visible_faults(page: Page) -> list[str]:
    result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    found = [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"scrolls sideways by {wide} px"] if wide > 0 else found
