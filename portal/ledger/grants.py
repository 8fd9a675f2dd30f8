"""Rights of the application's role on the ledger; set-up calls this after each migration."""

from typing import Any

from psycopg2 import sql


def grant_application_role(cursor: Any, role: str) -> None:
    """Let `role` read the ledger, insert (subject, canon) and let the tree grow, and nothing else.

    The cursor is the owner's. Not for a server where application and owner are one role.
    """
    name = sql.Identifier(role)
    for statement in (
        "REVOKE ALL ON SCHEMA audit FROM PUBLIC",
        "REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM PUBLIC",
        "REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM {role}",
        "REVOKE ALL ON ALL SEQUENCES IN SCHEMA audit FROM {role}",
        "GRANT USAGE ON SCHEMA audit TO {role}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA audit TO {role}",
        "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC",
        "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM {role}",
        "GRANT INSERT (subject, canon) ON audit.event TO {role}",
        # The sequencer's three steps: they decide themselves what they write.
        "GRANT EXECUTE ON FUNCTION audit.grow_tree(integer), audit.seal_head(text), audit.keep_daily_head() TO {role}",
    ):
        cursor.execute(sql.SQL(statement).format(role=name).as_string(_raw(cursor)))


def _raw(cursor: Any) -> Any:
    """The psycopg2 cursor under Django's wrappers, which alone can quote an identifier."""
    while hasattr(cursor, "cursor"):
        cursor = cursor.cursor
    return cursor
