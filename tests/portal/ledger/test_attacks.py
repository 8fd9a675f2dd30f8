"""Every attack of protocols.md section 3, by the name of the attacker's means; each is found, and its place named."""

import io
import json
from pathlib import Path
from uuid import uuid4

import psycopg2.errors
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from portal.ledger import merkle
from portal.ledger.checking import KeptHeads, verify
from portal.ledger.models import LedgerEvent, TreeHead
from portal.ledger.notes import Checkpoint
from portal.ledger.sequencing import sequence
from portal.ledger.services import record
from portal.ledger.signing import signer
from tests.portal.ledger.conftest import triggers_off

REHASH = """
DO $$
DECLARE
    row audit.event;
    last bytea := decode(repeat('00', 32), 'hex');
BEGIN
    FOR row IN SELECT * FROM audit.event WHERE subject = '{subject}' ORDER BY seq LOOP
        row.hash := sha256('\\x02'::bytea || last || uuid_send(row.subject) || int8send(row.seq) || row.canon);
        UPDATE audit.event SET prev_hash = last, hash = row.hash, body = convert_from(row.canon, 'UTF8')::jsonb,
            kind = convert_from(row.canon, 'UTF8')::jsonb->>'kind'
            WHERE id = row.id;
        last := row.hash;
    END LOOP;
    UPDATE audit.chain_head SET hash = last WHERE subject = '{subject}';
END $$
"""
CHANGE = (
    "UPDATE audit.event SET canon = convert_to(replace(convert_from(canon, 'UTF8'), 'grant', 'refuse'), 'UTF8') "
    "WHERE subject = '{subject}' AND seq = 2"
)
LEAF_TABLES = ("leaf", "node", "tree_top", "tree_head", "daily_head")


@pytest.fixture
def subject(owner):
    """A case of three acts among others, under two signed heads."""
    subject = uuid4()
    for number in range(3):
        act(subject, "case.grant")
        for _ in range(2):
            act(uuid4())
        if number != 1:
            sequence()
    assert verify().is_clean
    return subject


@pytest.fixture
def kept(subject, tmp_path):
    """What a newspaper kept: both heads, downloaded before the attack."""
    path = tmp_path / "heads.txt"
    path.write_text("".join(f"# kept\n{head.note}\n" for head in TreeHead.objects.order_by("size")), "utf-8")
    assert verify(KeptHeads.read(path)).is_clean
    return path


def act(subject, kind="case.submit"):
    with transaction.atomic():
        return record(subject=subject, kind=kind, actor=None, body={"decision": "grant"})


def rechain(owner, subject):
    """Change the second act and make the chain fit again."""
    owner.execute(CHANGE.format(subject=subject))
    owner.execute(REHASH.format(subject=subject))


def regrow(owner, sign):
    """Make leaves, nodes, frontier and every head anew from the events, each head of the size that it had."""
    owner.execute("SELECT l.position, e.hash FROM audit.leaf l JOIN audit.event e ON e.id = l.event ORDER BY 1")
    leaves = [merkle.leaf_hash(bytes(digest)) for _position, digest in owner.fetchall()]
    for position, leaf in enumerate(leaves):
        owner.execute("UPDATE audit.leaf SET leaf_hash = %s WHERE position = %s", [leaf, position])
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    owner.execute("UPDATE audit.tree_top SET root = %s, frontier = %s", [frontier.root(), frontier.peaks])
    owner.execute("SELECT size FROM audit.tree_head")
    for (size,) in owner.fetchall():
        root = merkle.root_of(leaves[:size])
        note = str(sign(Checkpoint(signer().key.name, size, root).text()))
        owner.execute("UPDATE audit.tree_head SET root = %s, note = %s WHERE size = %s", [root, note, size])


def codes(report):
    return {fault.code for fault in report.faults}


@pytest.mark.parametrize(
    "statement", ["UPDATE audit.event SET body = '{}'", "DELETE FROM audit.leaf", "TRUNCATE audit.tree_head"]
)
def test_the_application_role_is_refused(subject, statement):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify().is_clean


def test_a_superuser_edit_is_refused_and_so_is_replica_mode(subject, cluster_superuser):
    for mode in ("origin", "replica"):
        cluster_superuser.execute(f"SET session_replication_role = {mode}")
        for table in ("event", "leaf", "node", "tree_head", "daily_head"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="append-only"):
                cluster_superuser.execute(f"DELETE FROM audit.{table}")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="grows"):
            cluster_superuser.execute("UPDATE audit.tree_top SET root = sha256('x')")
    assert verify().is_clean


def test_a_superuser_edit_with_triggers_disabled_and_enabled_again_is_found_and_named(subject, owner):
    with triggers_off(owner, "event"):
        owner.execute(CHANGE.format(subject=subject))
    report = verify()
    assert codes(report) == {"wrong_hash", "body_differs"}
    assert {(fault.subject, fault.seq) for fault in report.faults} == {(subject, 2)}


def test_a_trigger_enabled_again_the_ordinary_way_is_found(subject, owner):
    owner.execute("ALTER TABLE audit.leaf DISABLE TRIGGER leaf_append_only")
    assert codes(verify()) == {"trigger_not_always"}
    owner.execute("ALTER TABLE audit.leaf ENABLE TRIGGER leaf_append_only")
    [fault] = verify().faults
    assert "leaf_append_only" in fault.message


def test_a_trigger_function_that_does_nothing_is_found(subject, owner):
    owner.execute("SELECT pg_get_functiondef('audit.refuse'::regproc)")
    shipped = owner.fetchone()[0]
    owner.execute(
        "CREATE OR REPLACE FUNCTION audit.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    )
    owner.execute("DELETE FROM audit.leaf WHERE position = 0")
    found = codes(verify())
    owner.execute(shipped)
    assert {"function_changed", "leaf_gap", "leaf_missing"} <= found
    assert "function_changed" not in codes(verify())


def test_a_rechained_history_is_found_by_its_leaf(subject, owner):
    with triggers_off(owner, "event", "chain_head"):
        rechain(owner, subject)
    report = verify()
    assert codes(report) == {"leaf_wrong"}
    assert [(fault.subject, fault.seq) for fault in report.faults] == [(subject, 2), (subject, 3)]


def test_a_rechained_history_with_new_leaves_is_found_by_the_signed_heads(subject, owner):
    with triggers_off(owner, "event", "chain_head", *LEAF_TABLES):
        rechain(owner, subject)
        owner.execute("CREATE TEMP TABLE notes AS SELECT size, root, note FROM audit.tree_head")
        regrow(owner, signer().sign)
        owner.execute(
            "UPDATE audit.tree_head h SET root = n.root, note = n.note FROM pg_temp.notes n WHERE n.size = h.size"
        )
        owner.execute("DROP TABLE pg_temp.notes")
    report = verify()
    assert codes(report) == {"head_wrong"}
    assert {fault.message.split(":")[0].split(" names")[0] for fault in report.faults} == {"head 2 (9 events)"}


def test_rewritten_heads_without_the_signing_key_are_found(subject, owner):
    with triggers_off(owner, "event", "chain_head", *LEAF_TABLES):
        rechain(owner, subject)
        regrow(owner, lambda text: f"{text}\n— {signer().key.name} {'A' * 92}\n")
    assert codes(verify()) == {"head_not_signed"}


def test_rewritten_heads_with_the_signing_key_are_found_by_heads_kept_outside(subject, owner, kept):
    with triggers_off(owner, "event", "chain_head", *LEAF_TABLES):
        rechain(owner, subject)
        regrow(owner, signer().sign)
    assert verify().is_clean, "with the key everything inside fits again: that is why heads are kept outside"
    report = verify(KeptHeads.read(kept))
    assert codes(report) == {"kept_head_differs"}
    assert ["head 2 of heads.txt" in fault.message for fault in report.faults] == [True]
    output = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_log", "--heads", str(kept), stdout=output)
    assert "kept_head_differs: head 2 of heads.txt (9 events) names another root" in output.getvalue()


def test_a_ledger_cut_short_with_the_signing_key_is_found_by_heads_kept_outside(subject, owner, kept):
    with triggers_off(owner, *LEAF_TABLES, "event", "chain_head"):
        owner.execute("DELETE FROM audit.leaf WHERE position >= 3")
        owner.execute("DELETE FROM audit.tree_head WHERE size > 3")
        owner.execute("DELETE FROM audit.event e WHERE NOT EXISTS (SELECT FROM audit.leaf l WHERE l.event = e.id)")
        owner.execute("DELETE FROM audit.chain_head h WHERE h.subject NOT IN (SELECT subject FROM audit.event)")
        owner.execute(REHASH.format(subject=subject))
        owner.execute(
            "UPDATE audit.chain_head h SET seq = (SELECT max(seq) FROM audit.event e WHERE e.subject = h.subject)"
        )
        regrow(owner, signer().sign)
        owner.execute("UPDATE audit.tree_top SET size = 3")
    assert verify().is_clean
    assert codes(verify(KeptHeads.read(kept))) == {"kept_head_longer"}


def test_a_leaf_withheld_is_found(subject, owner):
    hidden = act(subject, "case.refuse")
    owner.execute("DELETE FROM audit.pending WHERE event = %s", [hidden.id])
    act(uuid4())
    sequence()
    report = verify()
    assert codes(report) == {"leaf_missing"}
    [fault] = report.faults
    assert (fault.subject, fault.seq) == (subject, 4)
    assert str(hidden.id) in fault.message


def test_an_event_that_heads_pass_over_for_long_is_found(subject, owner):
    hidden = act(subject, "case.refuse")
    assert verify().waiting == 1
    assert verify().is_clean
    with triggers_off(owner, "event"):
        owner.execute("UPDATE audit.event SET created = created - interval '11 minutes' WHERE id = %s", [hidden.id])
    assert codes(verify()) == {"leaf_late"}


ROWS = {
    "event": ("DELETE FROM audit.event WHERE id = (SELECT max(event) FROM audit.leaf)", "leaf_without_event"),
    "chain head": ("UPDATE audit.chain_head SET hash = sha256('x') WHERE subject = '{subject}'", "wrong_head"),
    "chain head gone": ("DELETE FROM audit.chain_head WHERE subject = '{subject}'", "wrong_head"),
    "leaf": ("UPDATE audit.leaf SET leaf_hash = sha256('x') WHERE position = 4", "leaf_wrong"),
    "leaf gone": ("DELETE FROM audit.leaf WHERE position = 4", "leaf_gap"),
    "last leaf gone": ("DELETE FROM audit.leaf WHERE position = 8", "leaf_missing"),
    "node invented": ("INSERT INTO audit.node VALUES (1, 0, sha256('x'))", "node_unknown"),
    "frontier": ("UPDATE audit.tree_top SET frontier = frontier[1:1]", "top_wrong"),
    "root": ("UPDATE audit.tree_top SET root = sha256('x')", "top_wrong"),
    "top gone": ("DELETE FROM audit.tree_top", "top_wrong"),
    "head root": ("UPDATE audit.tree_head SET root = sha256('x') WHERE number = 1", "head_differs"),
    "head note": ("UPDATE audit.tree_head SET note = replace(note, E'\\n3\\n', E'\\n4\\n')", "head_not_signed"),
    "head no note": ("UPDATE audit.tree_head SET note = 'x' WHERE number = 1", "head_malformed"),
    "head gone": ("DELETE FROM audit.tree_head WHERE number = 1", "head_gap"),
    "day": ("UPDATE audit.daily_head SET size = 9", "daily_head_wrong"),
    "day moved": ("UPDATE audit.daily_head SET day = day - 1", "daily_head_wrong"),
    "day gone": ("DELETE FROM audit.daily_head", "daily_head_missing"),
    "queue": ("INSERT INTO audit.pending VALUES (987654321)", "queue_wrong"),
}


@pytest.mark.parametrize("row", ROWS)
def test_tampering_with_any_single_row_is_found(subject, owner, row):
    statement, code = ROWS[row]
    with triggers_off(owner, "event", "chain_head", "pending", *LEAF_TABLES):
        owner.execute(statement.format(subject=subject))
    assert code in codes(verify()), verify().faults


def test_a_stored_node_that_was_changed_is_named(owner):
    for _ in range(260):
        act(uuid4())
    sequence()
    assert verify().is_clean
    with triggers_off(owner, "node"):
        owner.execute("UPDATE audit.node SET hash = sha256('x')")
    [fault] = verify().faults
    assert fault.message == "node 0 of level 1 is not the hash of its leaves"


def test_the_newest_head_taken_away_is_found_after_a_minute(subject, owner):
    with triggers_off(owner, "tree_head"):
        owner.execute("DELETE FROM audit.tree_head WHERE number = 2")
    assert verify().is_clean
    with triggers_off(owner, "event"):
        owner.execute("UPDATE audit.event SET created = created - interval '61 seconds'")
    assert codes(verify()) == {"head_missing"}


def test_a_canonical_text_that_is_no_json_is_named(subject, owner):
    with triggers_off(owner, "event"):
        owner.execute("UPDATE audit.event SET canon = 'x' WHERE subject = %s AND seq = 3", [str(subject)])
        owner.execute("UPDATE audit.event SET kind = 'x' WHERE subject = %s AND seq = 1", [str(subject)])
        owner.execute("UPDATE audit.event SET body = '{}' WHERE subject = %s AND seq = 2", [str(subject)])
    found = {(fault.code, fault.seq) for fault in verify().faults}
    assert found == {("wrong_hash", 3), ("no_json", 3), ("columns_differ", 1), ("body_differs", 2)}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("\n3\n", "\n2\n", "kept_head_not_ours"),
        ("\n9\n", "\n90\n", "kept_head_longer"),
    ],
)
def test_a_file_of_kept_heads_that_was_edited_is_named(kept, before, after, code):
    kept.write_text(kept.read_text("utf-8").replace(before, after, 1), "utf-8")
    report = verify(KeptHeads.read(kept))
    assert {code, "kept_head_not_ours"} <= codes(report)
    assert all("of heads.txt" in fault.message for fault in report.faults)


def test_a_key_file_that_was_exchanged_is_found(subject, kept, monkeypatch):
    stranger = signer().key
    report = verify(KeptHeads.read(kept), keys=[type(stranger)(stranger.name, bytes(31) + b"\x01")])
    assert codes(report) == {"head_not_signed", "kept_head_not_ours"}


@pytest.mark.parametrize("text", ["", "no heads here\n", "# only a remark\n"])
def test_a_file_without_heads_is_refused_in_one_sentence(db, tmp_path, text):
    path: Path = tmp_path / "heads.txt"
    path.write_text(text)
    with pytest.raises(CommandError, match=r"heads\.txt"):
        call_command("verify_log", "--heads", str(path))
    with pytest.raises(CommandError, match="cannot be used"):
        call_command("verify_log", "--heads", str(tmp_path / "absent"))


def test_the_answer_in_json_counts_everything(subject, kept):
    output = io.StringIO()
    call_command("verify_log", "--json", "--heads", str(kept), stdout=output)
    found = json.loads(output.getvalue())
    assert found == {
        "clean": True,
        "events": LedgerEvent.objects.count(),
        "subjects": 7,
        "leaves": 9,
        "waiting": 0,
        "heads": 2,
        "daily_heads": 1,
        "kept_heads": 2,
        "role_separation": True,
        "faults": [],
    }
