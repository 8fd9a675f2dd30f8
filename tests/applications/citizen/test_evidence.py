"""存证: what the pages of a case say of its place in the ledger, and the file that proves it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from applications.tokens import progress_token
from catalog.enumerations import CasePublicity
from portal.clock import now
from portal.ledger.queries import latest_head
from portal.ledger.sequencing import sequence
from portal.ledger.views import PROGRAM
from tests import factories as make
from tests.pages import check_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db):
    return make.Desk()


@pytest.fixture
def applicant(db):
    return make.citizen("标记人名")


@pytest.fixture
def case(desk, applicant):
    return make.online_case(make.item(desk.department, publicity=CasePublicity.MASKED), applicant)


def grow():
    """Give everything its leaf; other tests may have left events."""
    while sequence():
        pass


def addresses(case):
    token = progress_token(case.pk, now())
    return [
        (reverse("applications:progress", args=[token]), reverse("applications:progress_proof", args=[token])),
        (
            reverse("disclosure:public_case", args=[case.number]),
            reverse("disclosure:public_case_proof", args=[case.number]),
        ),
    ]


def test_public_pages_say_which_event_where_and_under_which_root(case):
    grow()
    for page, proof in addresses(case):
        html = check_page(Client().get(page))
        assert f'href="{proof}"' in html
        assert f"#{case.acts.get().ledger_seq}，账上第" in html
        assert latest_head().root_text in html
        assert "存证公示" in html


def test_the_downloaded_proof_verifies_with_the_downloaded_program(case, tmp_path):
    grow()
    program = tmp_path / "verify_log.py"
    program.write_bytes(Client().get(reverse("ledger:program")).content)
    assert program.read_bytes() == PROGRAM.read_bytes()
    for _page, address in addresses(case):
        answer = Client().get(address)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="proof-{case.number}.json"'
        assert not answer.cookies
        file = tmp_path / "proof.json"
        file.write_bytes(answer.content)
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(program), str(file)], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        document = json.loads(answer.content)
        assert document["subject"] == case.number
        assert case.acts.get().ledger_hash in {event["hash"] for event in document["events"]}
        assert str(case.pk) not in answer.content.decode()
        assert "标记人名" not in answer.content.decode()


def test_before_the_first_leaf_the_page_says_to_wait(case):
    for page, proof in addresses(case):
        html = check_page(Client().get(page))
        assert "正在入链存证，一分钟后再看" in html
        assert proof not in html
        answer = Client().get(proof)
        assert answer.status_code == 404
        assert "一分钟后再下载" in answer.content.decode()


def test_a_case_that_is_not_public_has_no_public_proof(desk):
    hidden = make.online_case(make.item(desk.department, publicity=CasePublicity.NONE), make.citizen())
    grow()
    assert Client().get(reverse("disclosure:public_case_proof", args=[hidden.number])).status_code == 404
    assert Client().get(reverse("applications:progress_proof", args=["wrong"])).status_code == 404


def test_the_applicant_has_it_too_and_a_stranger_has_not(sign_in, case, applicant):
    grow()
    address = reverse("applications:my_case_proof", args=[case.pk])
    owner = sign_in(applicant)
    assert f'href="{address}"' in check_page(owner.get(reverse("applications:my_case", args=[case.pk])))
    assert owner.get(address).status_code == 200
    assert sign_in(make.citizen()).get(address).status_code == 404
    assert Client().get(address).status_code == 302
