"""The rights of the application's role follow its name in DATABASE_URL."""

import pytest
from django.db import connection
from django.db.transaction import atomic, set_rollback

from portal.operations.grants import grant


def rights_of(role: str, table: str) -> set[str]:
    asked = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
    with connection.cursor() as cursor:
        questions = ", ".join(f"has_table_privilege(%s, %s, '{right}')" for right in asked)
        cursor.execute(f"SELECT {questions}", [role, table] * len(asked))
        return {right for right, held in zip(asked, cursor.fetchone(), strict=True) if held}


@pytest.mark.django_db(transaction=True)
def test_the_role_of_the_address_gets_the_rights_whatever_its_name(settings, owner) -> None:
    settings.APPLICATION_DATABASE_ROLE = "pg_monitor"  # a role that every cluster has
    with owner(), atomic():
        assert grant()
        assert rights_of("pg_monitor", "applications_case") == {"SELECT", "INSERT", "UPDATE", "DELETE"}
        assert rights_of("pg_monitor", "django_migrations") == {"SELECT"}
        assert rights_of("pg_monitor", "audit.event") <= {"SELECT", "INSERT"}
        set_rollback(True)


@pytest.mark.django_db
def test_one_role_for_both_grants_nothing_to_itself(settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        settings.APPLICATION_DATABASE_ROLE = cursor.fetchone()[0]
    assert not grant()
