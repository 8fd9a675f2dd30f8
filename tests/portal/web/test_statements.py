"""Queries whose text is kept give the same rows as Django's own, and refuse what they cannot do."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Case, Task
from portal.accounts.models import Posting
from portal.web import statements
from portal.web.keys import uuid7
from portal.web.statements import Parameter, Prepared
from tests import factories as make

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)


@pytest.fixture
def desk():
    return make.Desk()


@pytest.fixture
def new_case(desk):
    edition = make.item(desk.department)
    return lambda: make.online_case(edition)


def test_a_prepared_query_gives_the_rows_that_django_gives(new_case):
    cases = [new_case() for _ in range(3)]
    query = Prepared(lambda: Case.objects.filter(pk=Parameter("case")))
    for case in cases:
        (row,) = query(case=case.pk)
        expected = Case.objects.get(pk=case.pk)
        assert {f.attname: getattr(row, f.attname) for f in Case._meta.concrete_fields} == {
            f.attname: getattr(expected, f.attname) for f in Case._meta.concrete_fields
        }
        assert row.contact_phone and not row._state.adding


def test_a_prepared_query_takes_its_values_anew_at_each_call(new_case):
    case = new_case()
    query = Prepared(lambda: Case.objects.filter(pk=Parameter("case"), state="received").only("number"))
    assert query.first(case=case.pk).number == case.number
    assert query.first(case=uuid7()) is None
    with pytest.raises(KeyError):
        query()


def test_the_text_of_a_prepared_query_is_made_once(desk):
    made = []

    def build():
        made.append(1)
        return Case.objects.filter(pk=Parameter("case"))

    query = Prepared(build)
    for _ in range(3):
        query(case=uuid7())
    assert made == [1]


def test_rows_are_inserted_and_updated_as_django_does(new_case):
    case = new_case()
    Task.objects.filter(case=case).delete()
    task = Task(case=case, kind=Task.Kind.INTAKE, department_id=case.department_id, opened_at=NOW)
    statements.insert(task)
    stored = Task.objects.get(case=case)
    assert (stored.pk, stored.opened_at, stored.done_at) == (task.pk, NOW, None)
    assert not task._state.adding
    task.done_at = NOW
    task.kind = Task.Kind.REVIEW
    statements.update(task, ["done_at"])
    stored.refresh_from_db()
    assert (stored.done_at, stored.kind) == (NOW, Task.Kind.INTAKE)


def test_encrypted_fields_are_sealed_by_an_update(new_case):
    case = new_case()
    case.contact_phone = "13900001111"
    statements.update(case, ["contact_phone"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_phone FROM applications_case WHERE id = %s", [case.pk])
        assert b"13900001111" not in bytes(cursor.fetchone()[0])
    assert Case.objects.get(pk=case.pk).contact_phone == "13900001111"


def test_a_model_with_history_is_refused_because_its_history_would_miss_the_row():
    with pytest.raises(TypeError, match="listeners"):
        statements.insert(Posting())
    with pytest.raises(TypeError, match="listeners"):
        statements.update(Posting(), ["valid_until"])


def test_an_act_costs_few_queries(desk, new_case):
    case = new_case()
    make.check_materials(case)
    with CaptureQueriesContext(connection) as captured:
        make.do(case, "accept", desk.clerk)
    assert len(captured) <= 30, "\n".join(query["sql"] for query in captured.captured_queries)
