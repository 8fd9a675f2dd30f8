"""What guards the ledger inside the database: triggers, their functions, rights."""

import re
from pathlib import Path
from typing import Final

from django.db import connection

from portal.ledger.checking.report import Report

TRIGGERS: Final = {
    ("event", "event_chain"),
    ("event", "event_append_only"),
    ("chain_head", "chain_head_moves_on"),
    ("chain_head", "chain_head_stays"),
    ("leaf", "leaf_append_only"),
    ("node", "node_append_only"),
    ("tree_top", "tree_top_grows"),
    ("tree_top", "tree_top_stays"),
    ("tree_head", "tree_head_append_only"),
    ("daily_head", "daily_head_append_only"),
    ("pending", "pending_stays"),
}
TABLES: Final = ("event", "chain_head", "pending", "leaf", "node", "tree_top", "tree_head", "daily_head")
#: What the application may call: the sequencer's steps.
CALLABLE: Final = frozenset({"grow_tree", "seal_head", "keep_daily_head"})
_SQL: Final = Path(__file__).resolve().parent.parent / "sql"
_FUNCTION: Final = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION audit\.(\w+)\(.*?AS \$\$(.*?)\$\$;", re.DOTALL)


def shipped_functions() -> dict[str, str]:
    """The bodies of the schema's functions as the migrations make them, the later file over the earlier."""
    bodies: dict[str, str] = {}
    for name in ("schema.sql", "tree.sql"):
        bodies.update(_FUNCTION.findall((_SQL / name).read_text("utf-8")))
    return bodies


def check_functions(report: Report) -> None:
    """The functions do what this release ships: an emptied one would let anything through."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
            "WHERE n.nspname = 'audit'"
        )
        found = dict(cursor.fetchall())
    for name, body in sorted(shipped_functions().items()):
        if name not in found:
            report.add("function_missing", f"the function audit.{name} is gone")
        elif found.pop(name) != body:
            report.add("function_changed", f"the function audit.{name} is not the one that this release ships")
    for name in sorted(found.keys() - shipped_functions().keys()):
        report.add("function_unknown", f"audit has a function {name} that is not ours")


def check_triggers(report: Report) -> None:
    """Every trigger is there, ENABLE ALWAYS, and there is no other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'audit' AND NOT t.tgisinternal"
        )
        found = {(table, name): enabled for table, name, enabled in cursor.fetchall()}
    for table, name in sorted(TRIGGERS):
        enabled = found.pop((table, name), None)
        if enabled is None:
            report.add("trigger_missing", f"the trigger {name} on audit.{table} is gone")
        elif enabled != "A":
            report.add("trigger_not_always", f"the trigger {name} on audit.{table} is not ENABLE ALWAYS")
    for table, name in sorted(found):
        report.add("trigger_unknown", f"audit.{table} has a trigger {name} that is not ours")


def check_rights(report: Report) -> None:
    """The role that runs this is the application's: what it may do beyond reading and inserting is a fault."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(pg_has_role(current_user, c.relowner, 'MEMBER')) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'audit' AND c.relkind = 'r'"
        )
        if cursor.fetchone()[0]:
            report.role_separation = False
            return
        for table in TABLES:
            for right in ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "INSERT"):
                cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [f"audit.{table}", right])
                if cursor.fetchone()[0]:
                    report.add("right_too_many", f"the application may {right} on audit.{table}")
        cursor.execute(
            "SELECT a.attrelid::regclass::text, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'audit' AND c.relkind = 'r' "
            "AND a.attnum > 0 AND NOT a.attisdropped AND ("
            "has_column_privilege(current_user, c.oid, a.attnum, 'UPDATE') OR "
            "has_column_privilege(current_user, c.oid, a.attnum, 'INSERT') AND "
            "NOT (c.relname = 'event' AND a.attname IN ('subject', 'canon')))"
        )
        for table, column in cursor.fetchall():
            report.add("right_too_many", f"the application may write the column {column} of {table}")
        cursor.execute("SELECT has_schema_privilege(current_user, 'audit', 'CREATE')")
        if cursor.fetchone()[0]:
            report.add("right_too_many", "the application may create objects in the schema audit")
        cursor.execute("SELECT rolsuper OR rolreplication FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            report.add("right_too_many", "the application's role is a superuser or may replicate")
        cursor.execute(
            "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
            "WHERE n.nspname = 'audit' AND has_function_privilege(current_user, p.oid, 'EXECUTE')"
        )
        for (name,) in cursor.fetchall():
            if name not in CALLABLE:
                report.add("right_too_many", f"the application may call the function audit.{name}")
