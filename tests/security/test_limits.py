"""Whoever tries too often reads when to come back: the sentence on the page, Retry-After for programs."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.files import limits as file_limits
from tests.pages import check_page
from tests.security.world import World, browser

pytestmark = pytest.mark.django_db


def _sign_in() -> Any:
    return browser().post("/accounts/login/", {"login": "nobody", "password": "wrong-password-1"})


_numbers = itertools.count(1)


def _many_accounts() -> Any:
    """Each call is another account."""
    return browser().post("/accounts/login/", {"login": f"n{next(_numbers)}", "password": "wrong-password-1"})


PUBLIC = {
    "one account": (_sign_in, 6, 900),
    "one address": (_many_accounts, 61, 60),
    "code for a reset": (lambda: browser().post("/accounts/password/reset/", {"login": "13900000009"}), 2, 60),
    "reset from one address": (lambda: browser().post("/accounts/password/reset/", {"login": ""}), 31, 600),
    "registration": (lambda: browser().post("/accounts/signup/", {"name": ""}), 31, 600),
    "case query": (lambda: browser().post("/progress/", {"number": "", "code": ""}), 31, 600),
    "case query of one number": (lambda: browser().post("/progress/", {"number": "1406", "code": "1"}), 11, 600),
    "search": (lambda: browser().get("/search/", {"q": "开饭店"}), 301, 300),
    "verification": (lambda: browser().get("/verify/", {"code": "x"}), 31, 600),
    "verification of a file": (lambda: browser().post("/verify/file/", {}), 11, 600),
}


@pytest.mark.parametrize("what", sorted(PUBLIC))
def test_ASVS_2_4_1_too_many_tries_are_answered_with_when_to_come_back(what: str, monkeypatch: Any) -> None:
    call, allowed, seconds = PUBLIC[what]
    if what == "search":  # three hundred searches are slow and prove no more than three
        monkeypatch.setattr("disclosure.views.search.RATE", "3/5m")
        allowed = 4
    answers = [call() for _ in range(allowed)]
    assert 429 not in {answer.status_code for answer in answers[:-1]}
    last = answers[-1]
    assert (last.status_code, last["Retry-After"]) == (429, str(seconds))
    assert re.search(rf"(请过? ?{seconds // 60} 分钟(再|后))", check_page(last))
    assert "s-maxage" not in last.get("Cache-Control", "")


def test_ASVS_2_4_1_a_program_reads_it_as_json() -> None:
    for _ in range(31):
        answer = browser().post("/progress/", {"number": "", "code": ""}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (429, "too_many", "600")


@pytest.mark.parametrize("in_pieces", [True, False])
def test_ASVS_2_4_1_ASVS_5_2_4_uploads_of_one_person_are_limited(
    in_pieces: bool, world: World, monkeypatch: Any
) -> None:
    monkeypatch.setattr(file_limits, "FILES_PER_BURST", 0)
    draft = world.drafts["a"]
    if in_pieces:
        requirement = draft.edition.materials.order_by("position")[0]
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "10",
            "Upload-Metadata": "filename eC5wZGY=,target " + _plain(f"draft:{draft.pk}:{requirement.code}"),
        }
        answer = world.call("citizen", "post", "/files/uploads/", headers=headers)
        assert (answer.status_code, answer["Retry-After"]) == (429, "600")
    else:
        data = {"file-M01": SimpleUploadedFile("x.pdf", b"%PDF-1.4", "application/pdf"), "go": "1"}
        answer = world.call("citizen", "post", f"/my/drafts/{draft.pk}/materials/", data)
        check_page(answer)
    assert "请过 10 分钟再传" in answer.content.decode()


def _plain(text: str) -> str:
    import base64

    return base64.b64encode(text.encode()).decode()
