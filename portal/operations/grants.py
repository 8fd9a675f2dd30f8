"""What the application's role may do: the owner grants it after every migration.

Web and worker never get the owner's address, so the ledger stays append-only for them whatever they do.
"""

from typing import Any

from django.conf import settings
from django.db import connections

from portal.ledger.grants import grant_application_role


def after_migrate(*, using: str, **_kwargs: Any) -> None:
    """Grant again whatever the migrations created, when two roles exist."""
    grant(using=using)


def grant(*, using: str = "default", role: str = "", for_tests: bool = False) -> bool:
    """Grant the application's role its rights; False (nothing done) where there is only one role.

    The role is the user of DATABASE_URL, whatever its name, unless another is given.
    `for_tests` adds TRUNCATE, which pytest needs between tests that commit; never outside test databases.
    """
    role = role or settings.APPLICATION_DATABASE_ROLE
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)", [role])
        user, exists = cursor.fetchone()
        if user == role or not exists:
            return False
        name = connection.ops.quote_name(role)
        table_rights = "SELECT, INSERT, UPDATE, DELETE" + (", TRUNCATE" if for_tests else "")
        sequence_rights = "USAGE, SELECT" + (", UPDATE" if for_tests else "")
        cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"GRANT {table_rights} ON ALL TABLES IN SCHEMA public TO {name}")
        cursor.execute(f"GRANT {sequence_rights} ON ALL SEQUENCES IN SCHEMA public TO {name}")
        cursor.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON public.django_migrations FROM {name}")
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'audit'")
        if cursor.fetchone():
            grant_application_role(cursor, role)
    return True
