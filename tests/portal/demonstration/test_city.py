"""A small demonstration city: whole, lawful, the same for the same seed, and never in production."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from applications.models import Case, CaseClock, CaseMaterialFile, Draft
from applications.services.consistency import find_faults
from applications.states import CaseState
from portal import clock
from portal.accounts.models import LegalPerson, Person, Staff, User
from portal.accounts.queries import stationing
from portal.accounts.roles import NEEDS_SECOND_FACTOR, NOT_FOR_STAFF, Role
from portal.demonstration import credentials, loading, personas
from portal.documents.models import OfficialDocument
from portal.ledger.models import LedgerEvent
from portal.outbox.models import Job
from portal.privacy.identifiers import credit_code_fault, identity_number_fault
from portal.workdays.queries import current_calendar
from supervision.models import Signal

CASES, PERSONS, FIRMS = 64, 30, 8


def load(seed: int = 52) -> loading.Loaded | None:
    return loading.load_city(seed=seed, cases=CASES, persons=PERSONS, firms=FIRMS)


@pytest.fixture(scope="module")
def same_seed_before() -> list[Any]:
    """The business fields of a city of the same seed, loaded before and rolled back; the city fills them in."""
    return []


@pytest.fixture(scope="module")
def city(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any, same_seed_before: list[Any]
) -> Iterator[loading.Loaded]:
    """Reference data and a small city, for all tests of this file, rolled back after them."""
    before = settings.FILES_DIR
    settings.FILES_DIR = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", verbosity=0)
        with transaction.atomic():
            load()
            same_seed_before.extend(business_fields())
            transaction.set_rollback(True)
        made = load()
        assert made is not None
        yield made
        transaction.set_rollback(True)
    settings.FILES_DIR = before


def business_fields() -> list[Any]:
    """What people would see of the city; no ids, no secrets."""
    return [
        [(case.number, case.details, case.address) for case in Case.objects.order_by("number")],
        list(
            Case.objects.order_by("number").values_list(
                "number",
                "edition__item__number",
                "channel",
                "state",
                "applicant_name",
                "subject",
                "received_at",
                "accepted_at",
                "decided_at",
                "decision",
                "concluded_at",
                "delivered_at",
                "result_number",
                "closing_reason",
                "clock__level",
                "clock__promised_due_on",
                "clock__paused",
                "claimed_by__staff__number",
            )
        ),
        list(Staff.objects.order_by("number").values_list("number", "name", "title", "department__number")),
        sorted((person.name, person.identity_number, person.phone) for person in Person.objects.all()),
        list(LegalPerson.objects.order_by("uscc").values_list("uscc", "name", "representative__name", "address")),
        list(OfficialDocument.objects.order_by("number").values_list("number", "issued_at")),
        list(Signal.objects.order_by("case__number", "rule").values_list("case__number", "rule", "due_on", "on")),
    ]


def test_every_planned_act_was_lawful(city, db):
    assert city.steps_left_out == 0
    assert city.cases == Case.objects.count() >= CASES


def test_every_state_level_and_turn_of_a_case_occurs(city, db):
    # An item would have to be abolished for a case to be terminated: the city of the demonstration keeps its 54.
    assert set(Case.objects.values_list("state", flat=True)) == set(CaseState.values) - {CaseState.TERMINATED}
    open_clocks = CaseClock.objects.filter(open=True)
    assert set(open_clocks.values_list("level", flat=True)) == {"none", "warning", "yellow", "red"}
    assert open_clocks.filter(paused=True).exists()
    assert Case.objects.filter(special_procedures__ended_by_law=True).exists()
    assert Case.objects.filter(special_procedures__ended_by_law=False, special_procedures__ended_on__isnull=False)
    assert Case.objects.filter(extension__isnull=False).exists()
    assert Case.objects.filter(deemed_accepted=True, clock__open=True).exists()
    assert Case.objects.filter(state="concluded", delivery=None).exists()
    assert Case.objects.filter(state="concluded", delivery__isnull=False, decision="refused").exists()
    assert set(Case.objects.values_list("channel", flat=True)) == {"online", "hall"}


def test_acts_happen_on_working_days_at_business_hours(city, db):
    calendar, today = current_calendar(), clock.today()
    for case in Case.objects.all():
        for act in case.acts.filter(by_law=False):
            local = act.at.astimezone(clock.SHANGHAI)
            assert calendar.is_workday(local.date()) and local.date() < today
            assert 9 <= local.hour < 18


def test_the_ledger_verifies(city, db):
    assert LedgerEvent.objects.count() > 500
    call_command("verify_log", stdout=io.StringIO())


def test_the_consistency_check_is_clean(city, db):
    assert list(find_faults(clock.now())) == []


def test_signals_have_the_dates_of_their_levels(city, db):
    assert set(Signal.objects.values_list("level", flat=True)) == {"warning", "yellow", "red"}
    for signal in Signal.objects.all():
        assert clock.local_date(signal.created_at) == signal.on


def test_no_work_of_the_past_is_left_to_the_worker(city, db):
    assert not Job.objects.filter(done_at=None, kind__in=["supervision.tell", "documents.render", "messaging.email"])


def test_every_department_keeps_the_rules_on_stationing(city, db):
    assert [row.department.name for row in stationing() if not row.keeps_rules] == []
    assert 110 <= Staff.objects.count() <= 160


def test_numbers_are_valid_and_firms_are_marked(city, db):
    today = clock.today()
    assert Person.objects.count() == PERSONS and LegalPerson.objects.count() == FIRMS
    assert not [
        p.identity_number for p in Person.objects.all() if identity_number_fault(p.identity_number, today=today)
    ]
    assert not [firm.uscc for firm in LegalPerson.objects.all() if credit_code_fault(firm.uscc)]
    assert all("演示" in firm.name for firm in LegalPerson.objects.all())


def test_uploads_share_a_few_papers(city, db):
    hashes = set(CaseMaterialFile.objects.values_list("file__sha256", flat=True))
    assert 1 < len(hashes) <= 6
    assert CaseMaterialFile.objects.count() > 20


def test_loading_a_loaded_city_changes_nothing(city, db):
    before = business_fields()
    assert load() is None
    assert load(seed=7) is None
    assert business_fields() == before


def test_an_equal_seed_makes_an_equal_city(city, db, same_seed_before):
    """Ids, salts and query codes differ; all that people see is the same."""
    for mine, before in zip(business_fields(), same_seed_before, strict=True):
        assert mine == before


# --- personas ---------------------------------------------------------------------------------------------


def test_personas_have_the_agreed_fields_and_all_roles(city, db):
    output = io.StringIO()
    call_command("personas", "--json", stdout=output)
    rows = [json.loads(line) for line in output.getvalue().splitlines()]
    for row in rows:
        assert list(row) == ["username", "password", "roles", "department", "name", "second_factor"]
        needs_one = not NEEDS_SECOND_FACTOR.isdisjoint(row["roles"])
        assert row["second_factor"] == (credentials.development_secret(row["username"]) if needs_one else None)
    held = {role for row in rows for role in row["roles"]}
    assert held >= {role.value for role in Role if role not in NOT_FOR_STAFF} | {"citizen"}
    for number in (personas.FOOD, personas.CONSTRUCTION):
        name = next(desk.department.name for desk in stationing() if desk.department.number == number)
        assert {r for row in rows if row["department"] == name for r in row["roles"]} >= {
            "window_clerk",
            "reviewer",
            "approver",
            "organ_head",
        }


def test_the_passwords_of_the_personas_sign_in_and_nobody_elses(city, db):
    validate_password(credentials.PASSWORD)
    for row in personas.listed():
        answer = Client().post("/accounts/login/", {"login": row["username"], "password": row["password"]})
        assert answer.status_code == 302, row["username"]
        assert (answer["Location"] == "/accounts/code/") == (row["second_factor"] is not None)
    usable = [user.username for user in User.objects.all() if user.has_usable_password()]
    assert len(usable) == len(personas.listed())


def test_the_food_personas_have_work_of_every_kind(city, db):
    mine = CaseClock.objects.filter(open=True, department__number=personas.FOOD)
    assert {"received", "correcting", "reviewing", "approving"} <= set(mine.values_list("state", flat=True))
    assert {"none", "warning", "yellow", "red"} <= set(mine.values_list("level", flat=True))
    assert mine.filter(paused=True).exists()
    assert mine.filter(claimed_by__isnull=False).exists()


def test_the_citizen_with_a_firm_has_cases_and_a_draft(city, db):
    user = User.objects.get(person__name=personas.CITIZENS[0].name)
    cases = Case.objects.filter(submitted_by=user)
    assert {"correcting", "reviewing", "concluded"} <= set(cases.values_list("state", flat=True))
    assert Draft.objects.filter(user=user, case=None).count() == 1
    food = Draft.objects.filter(user=user, case=None, edition__item__number=26)
    assert not food.exists()  # a visitor begins this one


def test_outside_the_demonstration_both_commands_are_refused(settings, db):
    settings.DEMONSTRATION = False
    for command in ("load_demonstration", "personas"):
        with pytest.raises(CommandError, match="not the demonstration"):
            call_command(command)
