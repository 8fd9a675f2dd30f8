"""One event is one line without secrets; the walks of test_requests hold the whole portal to it."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
import structlog

from tests.security.loglines import FORGED, IDENTITY, PHONE, WORD, faults
from tests.security.world import browser

pytestmark = pytest.mark.django_db


def test_ASVS_16_4_1_a_crash_with_line_breaks_is_one_line(lines: Callable[[], str]) -> None:
    try:
        raise ValueError(FORGED)
    except ValueError:
        structlog.get_logger("x").exception(f"failed {FORGED}", note=FORGED)
        logging.getLogger("library").exception("failed %s", FORGED)
    text = lines()
    assert len(text.splitlines()) == 2
    assert faults(text, {IDENTITY, PHONE}) == set()


def test_ASVS_16_2_5_a_sign_in_leaves_neither_name_nor_password(lines: Callable[[], str]) -> None:
    for login in (PHONE, IDENTITY, FORGED):
        browser().post("/accounts/login/", {"login": login, "password": WORD})
        browser().post("/accounts/password/reset/", {"login": login})
    browser().get(f"/nothing/{IDENTITY}/%0A{PHONE}/?q={WORD}", headers={"referer": WORD, "user-agent": FORGED})
    text = lines()
    assert text.count("\n") >= 7
    assert faults(text, {IDENTITY, PHONE, WORD}) == set()


def test_the_search_finds_a_secret_a_raw_line_and_a_forged_one() -> None:
    assert faults('{"event": "x", "a": "Secret-Word-9471"}', {WORD}) == {WORD}
    assert len(faults('raw\n{"event": "forged"}', set())) == 2
