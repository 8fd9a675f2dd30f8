"""What outsiders hold: the export, the proof of one case, the program, the public addresses."""

import json
import subprocess
import sys
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from portal.ledger import merkle, queries
from portal.ledger.models import LedgerEvent
from portal.ledger.notes import Checkpoint, SignedNote, VerifierKey
from portal.ledger.proofs import proof_of, proof_summary
from portal.ledger.sequencing import sequence
from portal.ledger.services import record
from portal.ledger.signing import signer
from portal.ledger.tiles import TileAddress, TiledTree
from portal.ledger.views import PROGRAM


def act(subject):
    with transaction.atomic():
        return record(subject=subject, kind="case.submit", actor=None, body={"文": "一"})


@pytest.fixture
def subject(owner):
    subject = uuid4()
    for _ in range(3):
        act(subject)
        act(uuid4())
    sequence()
    return subject


def run(*arguments):
    """The program by itself: no site packages, no environment of ours."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM), *map(str, arguments)], capture_output=True, text=True, timeout=60
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def export(subject, tmp_path):
    path = tmp_path / "ledger.jsonl"
    call_command("export_log", str(path), verbosity=0)
    return path


def edit(path, before, after):
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_a_sound_export_is_clean(export):
    status, output, _ = run(export, "--key", signer().key)
    assert (status, output.splitlines()) == (0, ["6 events, 6 leaves, 0 waiting, 2 heads, 0 kept heads", "clean"])
    assert export.stat().st_mode & 0o777 == 0o600


def test_a_changed_text_in_the_export_is_named(export, subject):
    line = next(line for line in export.read_text("utf-8").splitlines() if f',"{subject}",2,' in line)
    edit(export, line, line.replace("case.submit", "case.refuse"))
    status, output, _ = run(export)
    assert status == 1
    assert f"event 2 of {subject}: its text or one before it was changed" in output


def test_an_event_taken_out_of_the_export_is_named(export, subject):
    line = next(line for line in export.read_text("utf-8").splitlines() if f',"{subject}",2,' in line)
    edit(export, line + "\n", "")
    status, output, _ = run(export)
    assert status == 1
    assert f"event 3 of {subject}: event 2 is missing before it" in output
    assert "was withheld" in output
    assert "the export says 6 events and has 5" in output


def test_a_changed_head_in_the_export_is_named(export):
    edit(export, "\\n6\\n", "\\n5\\n")
    status, output, _ = run(export)
    assert status == 1
    assert "not signed by this ledger's key" in output


def test_a_head_kept_outside_contradicts_a_ledger_made_anew(export, tmp_path, owner):
    kept = tmp_path / "kept.txt"
    kept.write_text(queries.latest_head().note, "utf-8")
    assert run(export, "--heads", kept)[0] == 0
    lines = [json.loads(line) for line in export.read_text("utf-8").splitlines()]
    # An all-powerful insider, with the signing key, tells another story of equal length.
    stories = [(uuid4(), LedgerEvent.objects.get(hash=bytes.fromhex(row[4]))) for row in lines if isinstance(row, list)]
    leaves, rows = [], []
    for position, (made, event) in enumerate(sorted(stories, key=lambda story: story[0])):
        canon = bytes(event.canon).decode().replace(str(event.subject), str(made))
        digest = merkle.hashlib.sha256(
            b"\x02" + bytes(32) + made.bytes + (1).to_bytes(8, "big") + canon.encode()
        ).digest()
        leaves.append(merkle.leaf_hash(digest))
        rows.append([position, str(made), 1, canon, digest.hex()])
    note = str(signer().sign(Checkpoint(signer().key.name, 6, merkle.root_of(leaves)).text()))
    things = [lines[0], *rows, {"head": note, "day": None}]
    export.write_text("".join(json.dumps(thing, ensure_ascii=False) + "\n" for thing in things), "utf-8")
    assert run(export)[0] == 0
    status, output, _ = run(export, "--heads", kept)
    assert status == 1
    assert "head 1 (6 events): it names another root; one of its first 6 events was rewritten" in output


def test_a_foreign_key_is_named(export):
    other = VerifierKey(signer().key.name, bytes(31) + b"\x01")
    status, output, _ = run(export, "--key", other)
    assert status == 1
    assert "not signed" in output


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"format": "other", "keys": []}', '{"format": 1, "keys": [1]}'])
def test_a_file_of_another_kind_is_refused_in_one_sentence(tmp_path, text):
    path = tmp_path / "file"
    path.write_text(text)
    status, output, errors = run(path)
    assert (status, output) == (2, "")
    assert errors.startswith("the file cannot be checked")


@pytest.fixture
def proof(subject, tmp_path):
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(proof_of(subject).document("CASE1")), "utf-8")
    return path


def test_the_proof_of_a_case_verifies_outside(proof, subject):
    status, output, _ = run(proof, "--key", signer().key)
    assert (status, output.splitlines()) == (0, ["3 events of CASE1 stand under the head of 6 events", "clean"])
    document = json.loads(proof.read_text())
    assert [event["seq"] for event in document["events"]] == [1, 2, 3]
    assert [event["index"] for event in document["events"]] == [0, 2, 4]
    assert str(subject) not in proof.read_text()


@pytest.mark.parametrize("field", ["hash", "index", "path"])
def test_a_bent_proof_is_named(proof, field):
    document = json.loads(proof.read_text())
    bent = document["events"][1]
    bent[field] = {"hash": "00" * 32, "index": bent["index"] + 1, "path": bent["path"][::-1]}[field]
    proof.write_text(json.dumps(document))
    status, output, _ = run(proof)
    assert status == 1
    assert f"event {bent['event']}: its path does not lead to the root" in output


def test_a_proof_under_a_head_that_outsiders_know_otherwise_is_named(proof, tmp_path):
    kept = tmp_path / "kept.txt"
    kept.write_text(str(signer().sign(Checkpoint(signer().key.name, 6, bytes(32)).text())), "utf-8")
    status, output, _ = run(proof, "--heads", kept)
    assert status == 1
    assert "names another root than the proof" in output


def test_the_summary_of_a_case_says_what_waits(subject):
    summary = proof_summary(subject)
    assert (summary.proved, summary.waiting, summary.place, summary.size) == (3, 0, 5, 6)
    act(subject)
    assert proof_summary(subject).waiting == 1
    assert proof_of(subject).waiting == 1
    fresh = uuid4()
    assert proof_summary(fresh) is None
    assert proof_of(fresh) is None
    act(fresh)
    assert proof_summary(fresh).proved == 0
    assert proof_of(fresh) is None


def test_a_proof_costs_four_queries_however_long_the_ledger(subject, django_assert_num_queries):
    with django_assert_num_queries(3):  # head, events, leaf tiles: no node yet
        proof_of(subject)
    with django_assert_num_queries(1):
        proof_summary(subject)


def test_tiles_lead_to_the_root_of_the_checkpoint(owner, client):
    for _ in range(600):
        act(uuid4())
    sequence()
    head = queries.latest_head()
    full = [client.get(f"/ledger/tile/0/{number:03}") for number in (0, 1)]
    rest = client.get("/ledger/tile/0/002.p/88")
    leaves = b"".join(answer.content for answer in [*full, rest])
    hashes = [leaves[at : at + 32] for at in range(0, len(leaves), 32)]
    assert len(hashes) == 600
    assert merkle.root_of(hashes) == bytes(head.root)
    nodes = client.get("/ledger/tile/1/000.p/2").content
    assert nodes == merkle.root_of(hashes[:256]) + merkle.root_of(hashes[256:512])
    bundle = client.get("/ledger/tile/entries/002.p/88").content
    entries = [bundle[at + 2 : at + 34] for at in range(0, len(bundle), 34)]
    assert [merkle.leaf_hash(entry) for entry in entries] == hashes[512:]
    assert all(bundle[at : at + 2] == b"\0\x20" for at in range(0, len(bundle), 34))
    assert full[0].headers["Cache-Control"] == "public, max-age=31536000, immutable"
    tree = TiledTree(600, [0, 255, 256, 599])
    for index in (0, 255, 256, 599):
        path = merkle.inclusion_path(tree.subtree, index, 600)
        assert merkle.verify_inclusion(hashes[index], index, 600, path, bytes(head.root))


@pytest.mark.parametrize(
    "address",
    ["0/003", "0/002", "0/002.p/89", "0/002.p/0", "0/002.p/256", "0/x000/000", "2/000.p/1", "63/000", "1/000"],
)
def test_a_tile_that_is_not_there_or_misspelt_is_404(owner, client, address):
    for _ in range(3):
        act(uuid4())
    sequence()
    assert client.get(f"/ledger/tile/{address}").status_code == 404
    assert client.get("/ledger/tile/entries/000.p/4").status_code == 404
    assert client.get("/ledger/tile/entries/000.p/3").status_code == 200


@pytest.mark.parametrize("number", [0, 67, 999, 1000, 1234067])
def test_the_address_of_a_tile_is_read_as_it_is_written(number):
    for width in (256, 1, 255):
        address = TileAddress(number, width)
        assert TileAddress.parse(address.path()) == address
    assert TileAddress.parse("02") is None
    assert TileAddress(1234067, 256).path() == "x001/x234/067"


def test_the_public_addresses_need_no_cookie_and_set_none(subject, client):
    day = queries.daily_heads().get().day
    texts = {}
    for name, args in (
        ("notice", []),
        ("checkpoint", []),
        ("key", []),
        ("all_heads", []),
        ("day_head", [day.isoformat()]),
        ("program", []),
    ):
        answer = client.get(reverse(f"ledger:{name}", args=args))
        assert answer.status_code == 200
        assert not answer.cookies
        assert "Cookie" not in answer.headers.get("Vary", "")
        texts[name] = answer.content.decode()
    note = SignedNote.parse(texts["checkpoint"])
    assert note.is_signed_by(VerifierKey.parse(texts["key"].splitlines()[0]))
    assert texts["day_head"] == queries.daily_head(day).head.note
    assert texts["all_heads"] == f"# {day}\n{texts['day_head']}"
    assert texts["program"] == PROGRAM.read_text("utf-8")
    root = queries.latest_head().root_text
    for words in ("存证公示", "heads.txt", "verify_log.py", "每天零点后的第一个指纹", "6 笔"):
        assert words in texts["notice"]
    assert root in texts["notice"]
    assert client.get("/ledger/heads/2015-13-01.txt").status_code == 404
    assert client.get("/ledger/heads/2015-07-25.txt").status_code == 404


def test_the_page_of_an_empty_ledger_says_so(owner, client):
    assert "账上还没有内容" in client.get(reverse("ledger:notice")).content.decode()
    assert client.get(reverse("ledger:checkpoint")).status_code == 404
    assert client.get(reverse("ledger:all_heads")).content == b""
