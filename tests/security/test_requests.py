"""Reading changes nothing, a form changes only what it is for, and no text that anybody sends is a crash."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.security.loglines import FORGED, IDENTITY, PHONE, faults
from tests.security.walking import MAY_CHANGE, SIGNED_IN, attacked, doors, forms, names_of_fields
from tests.security.world import PASSWORD, World, browser, changed, fingerprint, written

pytestmark = pytest.mark.django_db


#: What reading may write, and why.
#: That a member of staff read personal data is written down, with its event: who looked at my file.
NOTED = {"readings_reading", "audit.chain_head", "audit.event", "audit.pending"}
READING_WRITES = {
    **dict.fromkeys(
        (
            "accounts:answer_correction",
            "accounts:verify_person",
            "applications:act",
            "applications:desk_case",
            "applications:desk_case_print",
            "applications:desk_case_why",
            "applications:intake_case",
            "applications:intake_form",
            "applications:intake_item",
            "applications:intake_receipt",
            "applications:unmask",
            "files:download",
            "files:page",
            "files:preview",
        ),
        NOTED,
    ),
    # The secret that the picture shows has to be the one that the next POST proves.
    "accounts:second_factor": {"django_session"},
    # The PDF is made at the first request for it, the same bytes each time (design: documents).
    "documents:download": {"documents_officialdocument"} | NOTED,
    # Opening a message is reading it.
    "messaging:message": {"messaging_message"},
    "messaging:desk_message": {"messaging_message"},
}


def test_ASVS_3_5_3_reading_changes_no_row(world: World) -> None:
    """Each request by the rows that were written meanwhile; all of them together by a hash over every table."""
    found = []
    with world.undone("stranger"):
        whole = fingerprint()
        for name, who, address in doors(world, 1):
            before = written()
            status = world.clients[who].get(address).status_code
            moved = changed(before, written()) - READING_WRITES.get(name, set())
            if moved or status == 500:
                found.append(f"{address} ({name}) {status}: {sorted(moved)}")
        assert not found, "\n".join(found)
        assert changed(whole, fingerprint()) <= set().union(*READING_WRITES.values())


def test_ASVS_8_2_3_ASVS_15_3_3_a_form_changes_only_what_it_is_for_whatever_fields_are_sent(world: World) -> None:
    """Each form as a browser sends it, and beside it a value for every field of every model."""
    found = []
    extra = sent(names_of_fields())
    for name, who, address, data in forms(world):
        with world.undone(who):
            before = written()
            # Of a name that comes twice the last counts, which is the form's own.
            status = world.clients[who].post(address, f"{extra}&{sent(data)}", content_type=ENCODED).status_code
            moved = changed(before, written()) - MAY_CHANGE.get(name, frozenset()) - SIGNED_IN
        if moved or status == 500:
            found.append(f"{address} ({name}) by {who} {status}: {sorted(moved)}")
    assert not found, "\n".join(found)


ENCODED = "application/x-www-form-urlencoded"
NASTY = (
    "a\0b",
    "\u202e\u202d反\u2066",
    "👨\u200d👩\u200d👧\u200d👦🏳\ufe0f\u200d🌈",
    "１２３４５６７８９０ＡＢＣ＝＋＠",
    "<script>alert(1)</script>{{ 7*7 }}{% debug %}",
    "' OR 1=1; DROP TABLE accounts_user; --",
    "%s %(x)s {0} {x.__class__} \\ \" ` $HOME",
    "\r\n\t\u2028\u2029\x85\x0b\x1b[2J",
    "9" * 400,
    "-1",
    "1e400",
    "0000-00-00",
    "9999-12-31T99:99",
    "../../../../etc/passwd\0.pdf",
    "\ufffe\uffff\U0010ffff\ufeff",
    "\ud800\udfff",  # lone surrogates: bytes that are no UTF-8
    "长" * 3000,
    FORGED,
)


def secrets(world: World) -> set[str]:
    """What nobody may find in the logs of a walk."""
    keys = {client.session.session_key for name, client in world.clients.items() if name != "stranger"}
    return {IDENTITY, PHONE, PASSWORD, *keys}


def sent(data: dict[str, str]) -> str:
    return urlencode(data, errors="surrogatepass")


@pytest.mark.parametrize("turn", range(3))
def test_ASVS_2_2_1_ASVS_16_2_5_ASVS_16_5_3_no_text_that_somebody_types_is_a_crash_or_comes_into_the_logs(
    turn: int, world: World, lines: Callable[[], str]
) -> None:
    """Turn 0: different strings in what is typed. 1: in hidden fields and choices too. 2: NUL everywhere."""
    found = []
    strings = NASTY[:1] if turn == 2 else NASTY
    for name, who, address, data in forms(world):
        typed = attacked(data, strings, turn * 5, everything=turn >= 1)
        with world.undone(who):
            response = world.clients[who].post(address, sent(typed), content_type=ENCODED)
        if response.status_code == 500:
            found.append(f"{address} ({name}): {response.exc_info[1]!r} {typed}"[:600])
    assert not found, "\n".join(found)
    assert lines().count("\n") > 50, "the collector hears the walk"
    assert faults(lines(), secrets(world)) == set()


def test_ASVS_2_2_1_ASVS_5_2_1_a_megabyte_in_one_field_is_no_crash(world: World) -> None:
    found = []
    for name, who, address, data in forms(world):
        if not data.typed:
            continue
        with world.undone(who):
            response = world.clients[who].post(address, {**data, data.typed[-1]: "长" * 350_000})
        if response.status_code == 500:
            found.append(f"{address} ({name}) {data.typed[-1]}: {response.exc_info[1]!r}"[:400])
    assert not found, "\n".join(found)


QUERY = (
    *("q", "page", "cursor", "after", "status", "tab", "light", "for", "item", "start", "on", "next", "state", "kind"),
    *("number", "code", "p", "z", "theme", "department", "promised", "ended"),
)


@pytest.mark.parametrize("only_nul", [True, False])
def test_ASVS_2_2_1_ASVS_16_4_1_no_query_is_a_crash_or_a_line_of_the_log(
    only_nul: bool, world: World, lines: Callable[[], str]
) -> None:
    found = []
    for turn, (name, who, address) in enumerate(doors(world, 1)):
        strings = {key: NASTY[0 if only_nul else (turn + place) % len(NASTY)] for place, key in enumerate(QUERY)}
        response = world.call(who, "get", f"{address}?{sent(strings)}")
        if response.status_code == 500:
            found.append(f"{address} ({name}): {response.exc_info[1]!r}"[:400])
    assert not found, "\n".join(found)
    assert faults(lines(), secrets(world)) == set()


PARTS = ("%00", "%ED%A0%80", "%FF%FE", "%E2%80%AE", "..%2f..%2fetc", "x" * 5000, "%0d%0aSet-Cookie:x=1", "１２３")


@pytest.mark.parametrize("part", PARTS)
def test_ASVS_1_2_2_no_part_of_an_address_is_a_crash(part: str, world: World) -> None:
    places = ("progress/{}/", "verify/{}/", "apply/{}/", "items/{}/", "cases/{}/", "ledger/tile/0/{}", "{}", "elder/{}")
    for place in places:
        for who in ("stranger", "citizen"):
            response = world.call(who, "get", "/" + place.format(part))
            assert response.status_code < 500, (place, part)
            assert "x=1" not in response.cookies.output()


KINDS = ("application/json", "text/xml", "multipart/form-data", "multipart/form-data; boundary=x", "x")


@pytest.mark.parametrize("kind", KINDS)
def test_ASVS_1_5_2_a_body_of_another_kind_is_no_crash(kind: str) -> None:
    for address in ("/accounts/login/", "/progress/", "/verify/file/", "/reports/policy/", "/accounts/signup/"):
        answer = browser().generic("POST", address, b'--x\r\n<a>\xff{"a": 1', content_type=kind)
        assert answer.status_code < 500, address
