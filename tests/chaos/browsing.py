"""A browser without a screen: reads pages, fills forms, and never takes an error for a no."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import lxml.html
import requests

from tests.one_time_codes import codes_of

LOGIN, CODE = "/accounts/login/", "/accounts/code/"
PATIENCE = 60.0
TIMEOUT = 8.0


class Unknown(Exception):
    """No answer, or one that says nothing about what was done."""


class Refused(Exception):
    """A clear no; the message is the page's."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status


class Browser:
    """One session of one person."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.unknown = 0
        self.session = requests.Session()
        self.session.trust_env = False

    def sign_in(self, username: str, password: str, secret: str) -> Browser:
        """By password and, where the account is asked for it, by the code of its second factor."""
        form = self.form(LOGIN, "login")
        form.fields["login"], form.fields["password"] = username, password
        place = self.insist(LOGIN, dict(form.form_values()))
        if place == CODE:
            place = self._second_step(secret)
        assert place not in (LOGIN, CODE) and "sessionid" in self.session.cookies, f"{username} cannot sign in"
        return self

    def _second_step(self, secret: str) -> str:
        for code in codes_of(secret):
            form = self.form(CODE, "code")
            form.fields["code"] = code
            try:
                return self.insist(CODE, dict(form.form_values()))
            except Refused:
                continue
        return CODE

    def page(self, path: str) -> lxml.html.HtmlElement:
        """Read a page; reading is repeated until it is answered."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._send("GET", path)
                break
            except Unknown:
                self._again(end)
        if answer.status_code >= 300:
            raise Refused(answer.status_code, f"{path} → {answer.headers.get('Location', '')}")
        return lxml.html.fromstring(answer.content)

    def form(self, path: str, field: str) -> Any:
        """The form of a page that has a field of this name."""
        page = self.page(path)
        for form in page.forms:
            if field in form.fields:
                return form
        raise Refused(200, f"{path} has no form with {field}: {_told(page)}")

    def insist(self, path: str, data: Mapping[str, Any], files: Callable[[], Any] = lambda: None) -> str:
        """Send a form until the answer is known, the same each time; returns where it leads. Raises Refused."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.send(path, data, files())
            except Unknown:
                self._again(end)

    def send(self, path: str, data: Mapping[str, Any], files: Any = None) -> str:
        """Send a form once. Raises Unknown or Refused."""
        answer = self._send("POST", path, data=data, files=files)
        if answer.status_code in (301, 302, 303):
            return str(answer.headers["Location"])
        raise Refused(answer.status_code, f"{path}: {_told(lxml.html.fromstring(answer.content))}")

    def answers(self, path: str) -> bool:
        """Whether a page comes, asked once."""
        try:
            return self._send("GET", path).status_code == 200
        except Unknown:
            return False

    def _again(self, end: float) -> None:
        self.unknown += 1
        if time.monotonic() > end:
            raise AssertionError(f"no answer for {PATIENCE} s")
        time.sleep(0.1)

    def _send(self, method: str, path: str, **more: Any) -> requests.Response:
        try:
            answer = self.session.request(method, self.url + path, timeout=TIMEOUT, allow_redirects=False, **more)
        except requests.RequestException as error:
            raise Unknown(type(error).__name__) from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise Unknown(str(answer.status_code))
        return answer


def filled(form: Any, values: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a person sends who answers everything: the given values, else what stands there, else something."""
    values = values or {}
    for name in list(form.fields.keys()):
        control = form.inputs[name]
        kind = getattr(control, "type", "text") if isinstance(control, lxml.html.InputElement) else ""
        if name in values:
            control.value = values[name]
        elif isinstance(control, lxml.html.CheckboxGroup) or kind in ("date", "file", "hidden", "submit"):
            continue
        elif kind == "checkbox":
            control.checked = control.checked or name.startswith("condition_") or name == "declared"
        elif not (control.value or "").strip():
            options = [option for option in getattr(control, "value_options", ["12"]) if option]
            control.value = options[0]
    return dict(form.form_values())


def _told(page: lxml.html.HtmlElement) -> str:
    """What a page says is wrong."""
    said = page.xpath("//*[contains(@class,'error') or contains(@class,'message')]//text() | //main//h1//text()")
    return " ".join(part.strip() for part in said if part.strip())[:300]
