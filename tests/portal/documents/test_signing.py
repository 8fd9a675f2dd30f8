"""Signed once, given out as they are, and verified by strangers' tools with the published root alone."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import pem
from django.db import DatabaseError, connection, transaction

from portal.documents import checking, press, queries, rendering, services
from portal.documents.errors import RenderingFault, SealingFault
from portal.documents.kinds import DocumentKind
from portal.documents.models import OfficialDocument, RevocationList, SigningCertificate
from portal.documents.signing import authority, protocol
from portal.documents.signing.client import SIGNER
from portal.files import storage
from portal.outbox import services as outbox
from portal.privacy.services import erase, new_person_key
from portal.web.grants import SYSTEM_ACTOR
from tests.portal.documents.papers import issue
from tests.portal.documents.signers import Running, running

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _press() -> Iterator[None]:
    yield
    press.PRESS.close()


def current_list() -> list[bytes]:
    newest = queries.newest_list()
    return [] if newest is None else [bytes(newest.der)]


def verdict(pdf: bytes, **options: Any) -> dict[str, str]:
    return checking.examine(pdf, queries.trusted_roots(), options.pop("lists", current_list()), **options)


# --- the paper and its data -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [DocumentKind.ACCEPTANCE, DocumentKind.REFUSAL])
def test_the_pdf_carries_its_data_once_and_is_made_again_byte_for_byte(kind: DocumentKind, signer: Running) -> None:
    document = issue(kind)
    first = rendering.render(document)
    press.PRESS.close()
    fresh = OfficialDocument.objects.get(pk=document.pk)
    assert rendering.render(fresh) == first
    with pikepdf.open(io.BytesIO(first)) as pdf:
        (file,) = pdf.Root.AF
        data = file.EF.F.read_bytes()
        assert file.AFRelationship == pikepdf.Name.Data
        assert list(pdf.attachments) == [rendering.DATA_NAME]
        metadata = pdf.Root.Metadata.read_bytes()
    assert hashlib.sha256(data).hexdigest() == document.data_hash
    assert len(bytes.fromhex(json.loads(data)["salt"])) == 32
    assert b"<pdfaid:part>3<" in metadata or b'pdfaid:part="3"' in metadata


def test_the_qr_carries_the_beginning_of_the_hash_behind_the_address(signer: Running) -> None:
    document = issue()
    assert rendering.verify_address(document).endswith(f"/verify/{document.code}/#{document.data_hash[:20]}")


def test_papers_of_the_first_version_are_made_as_before(signer: Running) -> None:
    document = issue()
    document.template_version = 1  # in memory: the row itself is immutable
    html = rendering.html_of(document)
    assert rendering.verify_address(document).endswith(f"/verify/{document.code}/")
    assert rendering.attachment_of(document) is None
    assert "以核验页面为准" in html and "本文书有电子签名" not in html
    with pikepdf.open(io.BytesIO(rendering.render(document))) as pdf:
        assert "/AF" not in pdf.Root and not list(pdf.attachments)


# --- signed once ----------------------------------------------------------------------------------


def test_a_signed_document_is_kept_and_given_out_unchanged(signer: Running) -> None:
    document = issue()
    signed = services.signed_bytes(document)
    fresh = OfficialDocument.objects.select_related("certificate").get(pk=document.pk)
    assert services.signed_bytes(fresh) == signed
    assert fresh.signed_sha256 == hashlib.sha256(signed).hexdigest() and fresh.signed_size == len(signed)
    assert fresh.certificate is not None and fresh.certificate.role == "signer"
    assert signed.startswith(storage.get(fresh.pdf_sha256))  # only appended to: the rendered bytes stand inside
    storage.path_of(fresh.signed_sha256).unlink()
    with pytest.raises(RenderingFault, match="电子原件暂时取不到"):
        services.signed_bytes(fresh)


def test_a_file_that_was_changed_on_the_disk_is_not_given_out(signer: Running) -> None:
    document = issue()
    services.signed_bytes(document)
    path = storage.path_of(document.signed_sha256)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(RenderingFault):
        services.signed_bytes(document)


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_make_one_signature(signer: Running) -> None:
    with transaction.atomic():
        document = issue()
    services.refresh()
    barrier, found, faults = threading.Barrier(3), [], []

    def work() -> None:
        try:
            mine = OfficialDocument.objects.get(pk=document.pk)
            barrier.wait(timeout=20)
            found.append(services.signed_bytes(mine))
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(found) == 3 and len(set(found)) == 1


def test_the_database_refuses_a_second_signature(signer: Running) -> None:
    document = issue()
    services.signed_bytes(document)
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        OfficialDocument.objects.filter(pk=document.pk).update(signed_sha256="0" * 64)


def test_the_outbox_signs_after_the_commit(signer: Running, settings: Any) -> None:
    settings.DEMONSTRATION = False
    document = issue()
    assert outbox.run_due() == 1
    document.refresh_from_db()
    assert document.signed_sha256 and storage.path_of(document.signed_sha256).exists()


def test_without_the_signer_nothing_unsigned_is_given_out(signer: Running, settings: Any, tmp_path: Path) -> None:
    settings.SIGNER_SOCKET = tmp_path / "nobody"
    document = issue()
    with pytest.raises(SealingFault, match="暂时不能使用"):
        services.signed_bytes(document)
    document.refresh_from_db()
    assert not document.signed_sha256


def test_an_erased_person_leaves_no_signed_paper(signer: Running) -> None:
    key = new_person_key()
    document = issue(person_key=key)
    services.signed_bytes(document)
    erase(key.pk)
    with pytest.raises(RenderingFault, match="已经按本人请求删除"):
        services.signed_bytes(OfficialDocument.objects.select_related("person_key").get(pk=document.pk))


# --- verified by strangers ------------------------------------------------------------------------


@pytest.fixture
def published(signer: Running, client: Any, tmp_path: Path) -> Path:
    """A folder with what the portal publishes: root.pem, chain.pem, revoked.crl."""
    services.refresh()
    for name in ("root.pem", "chain.pem", "revoked.crl"):
        answer = client.get(f"/trust/{name}")
        assert answer.status_code == 200 and not answer.cookies
        (tmp_path / name).write_bytes(answer.content)
    return tmp_path


def by_openssl(pdf: bytes, folder: Path, *, with_list: bool = False) -> bool:
    """As docs/verification.md tells: the signature's bytes and what they cover, against the root alone."""
    found = re.search(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf)
    assert found is not None
    first, length, second, rest = map(int, found.groups())
    signature = bytes.fromhex(pdf[first + length + 1 : second - 1].decode())
    (folder / "signature.der").write_bytes(signature[: 4 + int.from_bytes(signature[2:4])])
    (folder / "signed.bin").write_bytes(pdf[first : first + length] + pdf[second : second + rest])
    trusted = (folder / "root.pem").read_bytes()
    if with_list:
        trusted += pem.armor("X509 CRL", (folder / "revoked.crl").read_bytes())
    (folder / "trusted.pem").write_bytes(trusted)
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature.der"]
    command += ["-content", "signed.bin", "-CAfile", "trusted.pem", "-out", "/dev/null"]
    command += ["-crl_check"] if with_list else []
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return done.returncode == 0


def by_pdfsig(pdf: bytes, folder: Path) -> str:
    store = folder / "nss"
    if not store.exists():
        store.mkdir()
        subprocess.run(["certutil", "-N", "-d", f"sql:{store}", "--empty-password"], check=True)
        added = ["certutil", "-A", "-d", f"sql:{store}", "-n", "root", "-t", "CT,C,C", "-i", folder / "root.pem"]
        subprocess.run(added, check=True)
    (folder / "paper.pdf").write_bytes(pdf)
    done = subprocess.run(
        ["pdfsig", "-nssdir", f"sql:{store}", folder / "paper.pdf"], capture_output=True, text=True, check=False
    )
    return done.stdout


def flipped(pdf: bytes) -> bytes:
    """One bit of the first page's content."""
    changed = bytearray(pdf)
    changed[pdf.index(b"stream\n") + 60] ^= 1
    return bytes(changed)


def edited(pdf: bytes) -> bytes:
    """Another page content, appended as an incremental update: the signed bytes stay as they are."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 595 842 re f"))
    writer.update_container(page)
    target = io.BytesIO()
    writer.write(target)
    assert target.getvalue().startswith(pdf)
    return target.getvalue()


def test_a_signed_decision_verifies_with_openssl_and_pdfsig_alone(published: Path) -> None:
    pdf = services.signed_bytes(issue(DocumentKind.GRANT))
    assert by_openssl(pdf, published) and by_openssl(pdf, published, with_list=True)
    said = by_pdfsig(pdf, published)
    assert "Signature is Valid." in said and "Certificate is Trusted." in said
    assert said.count("Not total document signed") == 1 and said.count("Total document signed") == 1
    assert "（演示）" in said
    found = verdict(pdf)
    assert found["verdict"] == "good"


def test_a_flipped_byte_is_refused(published: Path) -> None:
    pdf = flipped(services.signed_bytes(issue()))
    assert not by_openssl(pdf, published)
    assert "Signature is Valid." not in by_pdfsig(pdf, published)
    assert verdict(pdf)["verdict"] == "altered"


def test_a_page_that_was_edited_by_an_incremental_update_is_refused(published: Path) -> None:
    pdf = edited(services.signed_bytes(issue()))
    assert verdict(pdf)["verdict"] == "altered"
    # The signed bytes are untouched, so these two look at them alone: the last stamp must cover the whole file.
    assert by_openssl(pdf, published)
    assert "\n  - Total document signed" not in by_pdfsig(pdf, published)


def test_what_is_appended_after_the_last_stamp_is_refused_however_harmless(published: Path) -> None:
    assert verdict(services.signed_bytes(issue()) + b"\n% more\n")["verdict"] in {"altered", "unreadable"}


def test_a_foreign_authority_is_refused(published: Path, settings: Any, tmp_path: Path) -> None:
    from portal.documents.signing import pades

    rendered = rendering.render(issue())
    with running(tmp_path / "foreign") as foreign:
        settings.SIGNER_SOCKET = foreign.socket
        chain = SIGNER.chain(fresh=True)
        theirs = SIGNER.revocation_list(1, [])
        pdf = pades.sign(rendered, SIGNER, chain, [theirs], name="x", reason="x")
    assert not by_openssl(pdf, published)
    assert "Certificate is Trusted." not in by_pdfsig(pdf, published)
    assert verdict(pdf)["verdict"] == "foreign"


def test_a_paper_verifies_years_later_with_the_root_alone(published: Path) -> None:
    pdf = services.signed_bytes(issue())
    for moment in ("2027-06-01T00:00:00+00:00", "2032-06-01T00:00:00+00:00"):  # no list fresh; signer expired
        assert verdict(pdf, lists=[], moment=moment)["verdict"] == "good", moment


# --- revocation, with keys of its own -------------------------------------------------------------


@pytest.fixture
def own_signer(signer: Running, settings: Any, tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "own") as found:
        settings.SIGNER_SOCKET = found.socket
        yield found


def test_a_revoked_signer_is_refused_and_another_certificate_goes_on(own_signer: Running, client: Any) -> None:
    pdf = services.signed_bytes(issue())
    assert verdict(pdf)["verdict"] == "good"
    row = SigningCertificate.objects.get(role="signer")
    services.revoke_certificate(
        certificate_id=row.pk, reason="keyCompromise", note="演练", since=row.not_before, actor=SYSTEM_ACTOR
    )
    assert verdict(pdf)["verdict"] == "revoked"
    folder = own_signer.keys.parent
    for name in ("root.pem", "revoked.crl"):
        (folder / name).write_bytes(client.get(f"/trust/{name}").content)
    assert not by_openssl(pdf, folder, with_list=True)
    with pytest.raises(SealingFault, match="已经吊销"):
        services.signed_bytes(issue())
    services.renew_signer(actor=SYSTEM_ACTOR)
    fresh = services.signed_bytes(issue())
    assert verdict(fresh)["verdict"] == "good" and by_openssl(fresh, folder, with_list=True)
    assert SigningCertificate.objects.filter(role="signer", in_use=True).count() == 1


def test_what_was_signed_before_the_certificate_became_untrustworthy_stays_good(own_signer: Running) -> None:
    pdf = services.signed_bytes(issue())
    row = SigningCertificate.objects.get(role="signer")
    # A stamp tells whole seconds; a revocation in the same one counts as earlier.
    later = authority.now() + authority.dt.timedelta(seconds=2)
    from tests.processes import wait_for

    wait_for(lambda: authority.now() >= later, "two seconds", 10)
    numbers = RevocationList.objects.count()
    for _ in range(2):  # the same click twice
        services.revoke_certificate(
            certificate_id=row.pk, reason="superseded", note="换发", since=None, actor=SYSTEM_ACTOR
        )
    assert RevocationList.objects.count() == numbers + 1
    assert verdict(pdf)["verdict"] == "good"


# --- the process that holds the keys --------------------------------------------------------------


def test_keys_are_0600_marked_as_a_demonstration_and_made_once(signer: Running, tmp_path: Path) -> None:
    for path in signer.keys.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
    chain = SIGNER.chain(fresh=True)
    for der in chain.all:
        subject = authority.x509.load_der_x509_certificate(der).subject.rfc4514_string()
        assert "演示" in subject
    before = {path.name: path.read_bytes() for path in signer.keys.iterdir()}
    authority.ensure(signer.keys, "http://127.0.0.1/x")
    assert {path.name: path.read_bytes() for path in signer.keys.iterdir()} == before


def test_keys_that_others_may_read_are_refused(tmp_path: Path) -> None:
    authority.ensure(tmp_path / "keys", "")
    (tmp_path / "keys" / authority.SIGNER_KEY).chmod(0o640)
    with running(tmp_path / "keys") as found:
        assert found.process.wait(10) == 1


def test_keys_from_outside_are_used_and_never_made(tmp_path: Path, settings: Any) -> None:
    with running(tmp_path / "empty", "--outside") as found:
        assert found.process.wait(10) == 1
    authority.ensure(tmp_path / "keys", "")
    root = authority.certificate(tmp_path / "keys" / authority.ROOT)
    made = authority.revocation_list(root, authority.root_key(tmp_path / "keys"), 7, [])
    (tmp_path / "keys" / authority.OUTSIDE_LIST).write_bytes(made)
    (tmp_path / "keys" / authority.ROOT_KEY).unlink()  # an outside authority does not give its key away
    with running(tmp_path / "keys", "--outside") as found:
        settings.SIGNER_SOCKET = found.socket
        assert not SIGNER.chain(fresh=True).development
        assert SIGNER.revocation_list(1, []) == made
        with pytest.raises(protocol.KeeperRefused):
            SIGNER.renew()


def test_the_signer_signs_no_document_and_survives_nonsense(signer: Running) -> None:
    with pytest.raises(protocol.KeeperRefused, match="no signature's attributes"):
        SIGNER.sign(bytes(100_000))
    for request in ({"op": "key"}, {"op": "stamp", "request": "AAAA"}, {"op": "sign"}, {}):
        with pytest.raises(protocol.KeeperRefused):
            protocol.ask(signer.socket, request)
    assert SIGNER.sign(b"x")


def test_web_and_worker_never_read_a_key() -> None:
    """Only the process itself imports what opens key files; the portal's side knows the socket."""
    from portal.settings.environment import BASE_DIR

    for path in (BASE_DIR / "portal").glob("**/*.py"):
        if path.parent.name != "signing" or path.name in {"client.py", "pades.py", "checker.py", "protocol.py"}:
            text = path.read_text()
            assert "private_key(" not in text or "ed25519" in text.lower(), path


def test_the_expiry_of_what_signatures_need_is_told_soonest_first(signer: Running) -> None:
    services.refresh()
    found = queries.certificates_expiry()
    assert [each.what for each in found] == ["吊销列表", "签名证书", "时间戳证书", "根证书"]
    assert 28 <= found[0].days_left <= 30 and 1090 < found[1].days_left < 1096
    assert not any(each.revoked for each in found)
