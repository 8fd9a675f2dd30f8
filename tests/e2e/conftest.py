"""The real portal, started once with its own DATA_DIR and worker, and Chromium. Never the ORM."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from portal.settings.environment import BASE_DIR
from tests.processes import Portal, manage

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    """The portal with its demonstration city."""
    parent = Path(tempfile.mkdtemp(prefix="portal-e2e-", dir="/tmp"))
    parent.chmod(0o755)
    portal = Portal(parent / "data", variables={"DEMONSTRATION": "1"})
    try:
        yield portal.start().wait_ready()
    finally:
        portal.clear()
        shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture(scope="session")
def personas(portal: Portal) -> list[dict[str, Any]]:
    """The demonstration accounts, as `manage.py personas --json` gives them."""
    done = manage(portal.data_dir, "personas", "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; no browser is downloaded."""
    program = shutil.which("chromium")
    assert program is not None, "chromium is missing: run `make test` as root once"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser, portal: Portal) -> Iterator[Callable[..., Page]]:
    """`new_page(phone=True, javascript=False)`: a fresh person's page; console errors and policy violations fail."""
    contexts = []
    faults: list[str] = []

    def make(*, phone: bool = False, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=portal.url,
            viewport=PHONE if phone else DESKTOP,
            java_script_enabled=javascript,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: faults.append(f"{page.url}: {message.text}") if message.type == "error" else None,
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture(scope="session")
def check_accessibility() -> Callable[[Page], None]:
    """Run axe-core on the page (under its strict policy) and look for sideways scroll."""
    source = AXE.read_text()

    def check(page: Page) -> None:
        page.evaluate(source)
        result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        found = [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
        assert not found, f"{page.url}:\n" + "\n".join(found)
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} scrolls sideways by {wide} px"

    return check
