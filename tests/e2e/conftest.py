"""The real portal, started once with its own DATA_DIR and worker, and Chromium. Never the ORM.

Whoever writes such tests may keep a portal running: E2E_DATA_DIR and E2E_PORT name one that stands already.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, StorageState, sync_playwright

from tests.e2e.inspecting import DESKTOP, PHONE, Inspector
from tests.e2e.personas import Persona, Personas
from tests.e2e.violations import Reports, listen
from tests.one_time_codes import codes_of
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
#: A small city: some cases in every state; the full one is measured elsewhere.
CASES = 40
DEMONSTRATION = {"DEMONSTRATION": "1"}


@pytest.fixture(scope="package")
def portal() -> Iterator[Portal]:
    """The portal with a small demonstration city."""
    if "E2E_PORT" in os.environ:
        yield Portal(Path(os.environ["E2E_DATA_DIR"]), int(os.environ["E2E_PORT"]), DEMONSTRATION)
        return
    parent = Path(tempfile.mkdtemp(prefix="portal-e2e-", dir="/tmp"))
    parent.chmod(0o755)
    portal = Portal(parent / "data", variables=DEMONSTRATION)
    try:
        _load_small_city(portal.data_dir)
        yield portal.start().wait_ready()
    finally:
        portal.clear()
        shutil.rmtree(parent, ignore_errors=True)


def _load_small_city(data_dir: Path) -> None:
    """The portal leaves a loaded city alone, so a smaller one comes first."""
    for arguments, demonstration in (
        (["portal", "--prepare-only"], "0"),
        (["load_demonstration", "--cases", str(CASES)], "1"),
    ):
        done = manage(data_dir, *arguments, DEMONSTRATION=demonstration)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="package")
def personas(portal: Portal) -> Personas:
    """The demonstration accounts, as `manage.py personas --json` gives them."""
    done = manage(portal.data_dir, "personas", "--json", **DEMONSTRATION)
    assert done.returncode == 0, done.stderr
    return Personas([json.loads(line) for line in done.stdout.splitlines()])


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; no browser is downloaded."""
    program = shutil.which("chromium")
    assert program is not None, "chromium is missing: run `make test` as root once"
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's event loop runs in this thread, between its calls too; Django would refuse every query of the
        # tests here. What this worker runs afterwards finds no loop any more: these fixtures end with the folder.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def sessions() -> dict[str, StorageState]:
    """Cookies by username: everybody signs in once."""
    return {}


@pytest.fixture(scope="package")
def policy_reports(portal: Portal) -> Reports:
    """What browsers reported of the content policy to the running portal."""
    return Reports(portal.data_dir / "logs")


@pytest.fixture
def page_faults() -> list[str]:
    """Everything that a page of this test did wrong; whatever is left at its end fails it."""
    return []


@pytest.fixture
def new_page(
    browser: Browser,
    portal: Portal,
    personas: Personas,
    sessions: dict[str, StorageState],
    page_faults: list[str],
    policy_reports: Reports,
) -> Iterator[Callable[..., Page]]:
    """`new_page(who="reviewer", of="食品", phone=True, javascript=False)`: a page of a stranger or of a persona.

    Errors of scripts, of the console and of the content policy fail the test.
    """
    contexts = []
    faults = page_faults

    def make(*, who: str = "", of: str = "", phone: bool = False, javascript: bool = True) -> Page:
        persona = personas.find(who, of) if who else None
        context = browser.new_context(
            base_url=portal.url,
            viewport=PHONE if phone else DESKTOP,
            java_script_enabled=javascript,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            storage_state=sessions.get(persona["username"]) if persona is not None else None,
        )
        contexts.append(context)
        listen(context, faults)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: faults.extend(_faults(page, message)))
        if persona is not None and not _is_signed_in(page):
            sign_in(page, persona)
            sessions[persona["username"]] = context.storage_state()
        return page

    yield make
    for context in contexts:
        context.close()
    faults += policy_reports.new()
    assert not faults, faults


def sign_in(page: Page, persona: Persona) -> None:
    """By the pages: password and, where the account has one, the time-based code."""
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(persona["username"])
    page.locator("[name=password]").fill(persona["password"])
    page.get_by_role("button", name="登录", exact=True).click()
    if persona["second_factor"] is not None:
        page.locator("[name=code]").wait_for()
        for code in codes_of(persona["second_factor"]):
            page.locator("[name=code]").fill(code)
            page.get_by_role("button", name="登录", exact=True).click()
            page.wait_for_load_state()
            if not page.url.endswith("/accounts/code/"):
                break
    page.get_by_role("button", name="退出").first.wait_for(state="attached")


def _is_signed_in(page: Page) -> bool:
    """Whether the session that was kept still lives: staff who were idle for fifteen minutes sign in anew."""
    return "/accounts/login/" not in page.request.get("/my/profile/").url


def _faults(page: Page, message: ConsoleMessage) -> list[str]:
    """An answer that refuses a form (4xx) is told by the console too; a missing file of the page is a fault."""
    if message.type != "error":
        return []
    address = message.location.get("url", "")
    # A piece of an upload that the line lost or the server refused is told by the console as well.
    answered = address == page.url or "/files/uploads/" in address
    refused = message.text.startswith("Failed to load resource") and answered
    return [] if refused else [f"{page.url}: {message.text}"]


@pytest.fixture(scope="package")
def inspector() -> Inspector:
    """Remembers which pages it has seen."""
    return Inspector()


@pytest.fixture
def inspect(inspector: Inspector) -> Callable[[Page], None]:
    """axe-core, sound HTML, no sideways scroll at 390 and 1280 px."""
    return inspector.inspect
