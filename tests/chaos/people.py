"""Who acts: a firm that applies online, a counter in the hall, and two departments that handle what comes in."""

from __future__ import annotations

import io
import itertools
import queue
import re
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, field
from random import Random
from uuid import uuid4

import pikepdf

from portal.demonstration.credentials import PASSWORD, development_secret
from portal.files.limits import BURST, FILES_PER_BURST
from portal.privacy.identifiers import identity_check_character
from tests.chaos.acknowledgements import Acknowledgements
from tests.chaos.browsing import Browser, Refused, filled

FIRM_PHONE, FIRM_IDENTITY = "19903490001", "14060219850312302"
CENTRE_CLERK = "S90401"
FOOD_PERMIT, DRAINAGE_PERMIT = "140123026000", "140112015000"
STEPS = ("conditions", "applicant", "details", "materials", "delivery", "check")
#: Papers of one application, and as many again for an answer that was lost.
MOST_PAPERS = 14
_CASE = re.compile(r"/cases/([0-9a-f-]{36})/|/intake/([0-9a-f-]{36})/")


@dataclass
class World:
    """What all clients share."""

    url: str
    log: Acknowledgements
    seed: int
    second_windows: float
    stop: threading.Event = field(default_factory=threading.Event)
    applied: threading.Event = field(default_factory=threading.Event)
    faults: list[str] = field(default_factory=list)
    refused_windows: int = 0
    browsers: list[Browser] = field(default_factory=list)

    def browser(self, username: str) -> Browser:
        browser = Browser(self.url).sign_in(username, PASSWORD, development_secret(username))
        self.browsers.append(browser)
        return browser


class Client(threading.Thread, ABC):
    """One of the four: does its piece again and again until the world stops, and then ends the one it is at."""

    def __init__(self, world: World, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.world = world
        self.rng = Random(f"{world.seed}/{name}")

    def run(self) -> None:
        while not self.world.stop.is_set():
            try:
                self.piece()
            except Exception as error:
                self.world.faults.append(f"{self.name}: {type(error).__name__} {error}")
                time.sleep(0.2)

    @abstractmethod
    def piece(self) -> None:
        """From its first page to its end."""


class Office(Client):
    """A department: its clerk accepts, its reviewer reviews, its approver decides, its clerk concludes and delivers."""

    def __init__(self, world: World, department: str) -> None:
        super().__init__(world, f"office {department}")
        self.inbox: queue.Queue[str] = queue.Queue()
        self.clerk = world.browser(f"S{department}02")
        self.reviewer = world.browser(f"S{department}03")
        self.approver = world.browser(f"S{department}01")

    def piece(self) -> None:
        try:
            case = self.inbox.get(timeout=0.2)
        except queue.Empty:
            return
        page = f"/desk/intake/{case}/"
        form = next(
            form for form in self.clerk.page(page).forms if any(name.endswith("-conclusion") for name in form.fields)
        )
        wanted = {name: "complete" for name in form.fields if name.endswith("-conclusion")}
        self.clerk.insist(page, {**filled(form, wanted), "then": "accept"})
        self.act(self.clerk, case, "accept")
        self.act(self.reviewer, case, "review", {"recommendation": "grant"})
        self.act(self.approver, case, "grant" if self.rng.random() < 0.8 else "refuse")
        self.act(self.clerk, case, "conclude", {"result_number": uuid4().hex[:12].upper()})
        self.act(self.clerk, case, "deliver")

    def act(self, browser: Browser, case: str, action: str, values: dict[str, str] | None = None) -> None:
        path = f"/desk/cases/{case}/act/{action}/"
        data = filled(browser.form(path, "key"), values)
        browser.insist(path, data)
        self.world.log.note("act", case=case, action=action, key=data["key"])
        if self.rng.random() < 0.2:
            browser.insist(path, data)  # the same click twice
        if self.rng.random() < self.world.second_windows:
            try:  # the same form from a second window
                browser.insist(path, data | {"key": str(uuid4())})
            except Refused:
                self.world.refused_windows += 1


class HallCounter(Client):
    """The centre's clerk receives paper applications of a firm for both departments."""

    def __init__(self, world: World, offices: dict[str, Office]) -> None:
        super().__init__(world, "counter")
        self.clerk = world.browser(CENTRE_CLERK)
        self.offices = offices
        self.turn = 0
        form = self.clerk.form("/desk/intake/new/", "q")
        form.fields["q"] = FIRM_IDENTITY + identity_check_character(FIRM_IDENTITY)
        answer = self.clerk.session.post(self.clerk.url + "/desk/intake/new/", dict(form.form_values()), timeout=30)
        found = re.search(r"firm=([0-9a-f-]{36})", answer.text)
        assert found is not None, "the counter does not find the firm"
        self.firm = found[1]

    def piece(self) -> None:
        item = (FOOD_PERMIT, DRAINAGE_PERMIT)[self.turn % 2]
        self.turn += 1
        path = f"/desk/intake/new/form/?firm={self.firm}&item={item}"
        form = self.clerk.form(path, "key")
        counts = {name: "1" for name in form.fields if name.startswith("m_") and not name.endswith("_seen")}
        data = filled(form, {**counts, "agent_identity": "", "contact_phone": "0349-0000123"})
        place = self.clerk.insist(path, data)
        case = _case_of(place)
        self.world.log.note("hall", key=data["key"], case=case)
        if self.rng.random() < 0.3:
            self.clerk.insist(path, data)  # the same click twice
        office = self.offices[item]
        if office.inbox.qsize() < 3:  # the others stay as they are: the office has no time for them
            office.inbox.put(case)
        else:
            time.sleep(0.5)


class Citizen(Client):
    """The legal representative of a firm fills in the application step by step, with files, and submits it."""

    def __init__(self, world: World, office: Office) -> None:
        super().__init__(world, "citizen")
        self.browser = world.browser(FIRM_PHONE)
        self.office = office
        self.scans = itertools.count(1)
        self.uploads: deque[float] = deque()

    def piece(self) -> None:
        if self._has_to_wait():
            self.world.stop.wait(0.5)
            return
        begin = f"/apply/{FOOD_PERMIT}/"
        form = next(form for form in self.browser.page(begin).forms if not form.action or "apply" in form.action)
        place = self.browser.insist(begin, dict(form.form_values()))
        draft = place.split("/")[3]
        for step in STEPS:
            self._step(f"/my/drafts/{draft}/{step}/", step)
        page = self.browser.page(f"/my/drafts/{draft}/done/")
        case = next(_case_of(link) for *_, link, _ in page.iterlinks() if link.startswith("/my/cases/"))
        self.world.log.note("online", draft=draft, case=case)
        self.office.inbox.put(case)

    def _step(self, path: str, step: str) -> None:
        field_of = {"materials": "file-M01", "check": "declared", "delivery": "delivery_method"}
        page = self.browser.page(path)
        form = max(page.forms, key=lambda form: len(list(form.fields)))
        names = [control.get("name") for control in form.xpath(".//input[@type='file']")] if step == "materials" else []
        assert step not in field_of or len(list(form.fields)) > 1, f"{path} has no form"
        data = filled(form, {"contact_phone": "0349-0000123", "delivery_method": "electronic"})

        def papers() -> list[tuple[str, tuple[str, bytes, str]]] | None:
            return [(name, self._paper()) for name in names] or None

        place = self.browser.insist(path, {**data, "go": "1"}, papers)
        assert path not in place, f"{path} was not accepted"

    def _has_to_wait(self) -> bool:
        """Whether the papers of one more application would be more files than the portal takes in a while."""
        while self.uploads and self.uploads[0] < time.monotonic() - BURST:
            self.uploads.popleft()
        return len(self.uploads) + MOST_PAPERS > FILES_PER_BURST

    def _paper(self) -> tuple[str, bytes, str]:
        """A scan; made again for every attempt, because the same bytes would mend what the last one left."""
        self.uploads.append(time.monotonic())
        name = f"{self.world.seed}-{next(self.scans)}"
        return (f"{name}.pdf", _pdf(name), "application/pdf")


class Prober(threading.Thread):
    """Asks for a page of a signed-in citizen all the time: the longest time without an answer is the outage."""

    def __init__(self, browser: Browser) -> None:
        super().__init__(name="prober", daemon=True)
        self.browser = browser
        self.stop = threading.Event()
        self.born = time.monotonic()
        #: Every second and more without an answer: since when, and how long.
        self.gaps: list[tuple[float, float]] = []
        self._answered = threading.Event()

    def run(self) -> None:
        last = time.monotonic()
        while not self.stop.is_set():
            if self.browser.answers("/my/"):
                self._note(last, time.monotonic())
                last = time.monotonic()
                self._answered.set()
            self.stop.wait(0.1)
        self._note(last, time.monotonic())

    def _note(self, last: float, now: float) -> None:
        if now - last >= 1:
            self.gaps.append((round(last - self.born, 1), round(now - last, 1)))

    def wait_for_answer(self, seconds: float) -> bool:
        """Wait for the next page that comes."""
        self._answered.clear()
        return self._answered.wait(seconds)


def _case_of(address: str) -> str:
    found = _CASE.search(address)
    assert found is not None, f"no case in {address}"
    return found[1] or found[2]


def _pdf(information: str) -> bytes:
    """One empty sheet of its own."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    document.docinfo["/Title"] = information
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
