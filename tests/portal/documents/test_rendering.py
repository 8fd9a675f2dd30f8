"""The PDFs: the right text, the same bytes, and a press that hostile content does not leave."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from portal.documents import press, rendering, seals
from portal.documents.errors import RenderingFault
from portal.documents.kinds import DocumentKind, title_of
from portal.documents.models import OfficialDocument
from portal.files import storage
from portal.files.services import collect_orphans
from portal.privacy.services import erase, new_person_key
from tests.portal.documents.papers import DATA, RARE, issue


@pytest.fixture(scope="module")
def the_press() -> Iterator[press.Press]:
    yield press.PRESS
    press.PRESS.close()


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"
    settings.DEMONSTRATION = True


def text_of(pdf: bytes) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


def said(value: Any) -> Iterator[str]:
    """Every text in the data that has to stand on paper."""
    if isinstance(value, dict):
        for part in value.values():
            yield from said(part)
    elif isinstance(value, list):
        for part in value:
            yield from said(part)
    elif isinstance(value, str) and value:
        yield value


#: Keys of the common part that no paper prints as they are, and those that only some papers print.
UNSAID = {"item_code", "subject", "place", "handler", "contact", "contact_phone", "bases", "supervision_phone"}
NOT_ON = {
    DocumentKind.SPECIAL_PROCEDURE: {"promised", "statutory"},
    DocumentKind.EXTENSION: {"promised", "statutory", "promised_due_on"},
    DocumentKind.SERVICE_RECEIPT: {"received_on"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", DocumentKind)
def test_each_kind_prints_all_its_contents(kind: DocumentKind, the_press: press.Press) -> None:
    document = issue(kind)
    text = text_of(rendering.pdf_bytes(document))
    assert title_of(kind, is_license=True) in text
    assert document.number in text
    unsaid = UNSAID | NOT_ON.get(kind, set())
    for words in said({key: value for key, value in DATA[kind].items() if key not in unsaid}):
        date = re.match(r"(\d{4})-(\d\d)-(\d\d)", words)
        wanted = f"{date[1]}年{int(date[2])}月{int(date[3])}日" if date else re.sub(r"\s", "", words)
        assert wanted in text, words
    assert "第1页" in text and "扫码核验真伪和当前状态" in text


@pytest.mark.django_db
def test_rare_characters_print_as_what_they_are(the_press: press.Press) -> None:
    assert RARE in text_of(rendering.pdf_bytes(issue()))
    assert {"䶮", "𬍛", "𡐓", "〇"} <= set(RARE)


@pytest.mark.django_db
def test_a_document_is_made_again_byte_for_byte_from_its_row(the_press: press.Press) -> None:
    document = issue(DocumentKind.REFUSAL)
    first = rendering.pdf_bytes(document)
    the_press.close()
    fresh = OfficialDocument.objects.get(pk=document.pk)
    assert rendering.render(fresh) == first
    assert fresh.pdf_sha256 == hashlib.sha256(first).hexdigest() and fresh.pdf_size == len(first)
    storage.path_of(fresh.pdf_sha256).unlink()
    assert rendering.pdf_bytes(fresh) == first


@pytest.mark.django_db
def test_other_bytes_are_never_given_out_as_the_same_document(the_press: press.Press, monkeypatch: Any) -> None:
    document = issue()
    rendering.pdf_bytes(document)
    storage.path_of(document.pdf_sha256).unlink()
    monkeypatch.setattr(rendering, "render", lambda _: b"%PDF-other")
    with pytest.raises(RenderingFault, match="原件暂时取不到"):
        rendering.pdf_bytes(document)


@pytest.mark.django_db
def test_the_qr_leads_to_the_verification_page_of_this_document() -> None:
    document = issue()
    html = rendering.html_of(document)
    assert json.loads(document.data)["verify_url"].endswith(document.code + "/")
    assert "<svg" in html and 'class="qr"' in html


@pytest.mark.django_db
def test_decisions_bear_the_organs_seal_and_other_papers_that_of_the_approval_office() -> None:
    assert "行政审批专用章" in rendering.html_of(issue(DocumentKind.ACCEPTANCE))
    assert "行政审批专用章" not in rendering.html_of(issue(DocumentKind.GRANT))
    assert "行政审批专用章" not in rendering.html_of(issue(DocumentKind.REFUSAL))


@pytest.mark.django_db
def test_only_the_demonstration_marks_its_papers(settings: Any) -> None:
    assert "演示文书，无法律效力" in rendering.html_of(issue())
    settings.DEMONSTRATION = False
    assert "演示" not in rendering.html_of(issue())


@pytest.mark.django_db
def test_a_natural_person_is_addressed_as_such() -> None:
    html = rendering.html_of(issue(applicant="张三丰", applicant_is_legal_person=False))
    assert "张三丰：" in html and "你单位" not in html


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [kind for kind in DocumentKind if "provisional" in DATA[kind]])
def test_a_date_that_may_move_says_so(kind: DocumentKind) -> None:
    assert "国务院公布放假安排后重新计算" in rendering.html_of(issue(kind, provisional=True))
    assert "放假安排" not in rendering.html_of(issue(kind, provisional=False))


@pytest.mark.django_db
def test_a_paper_names_the_pages_as_they_are_called_and_older_ones_stay_as_they_were() -> None:
    document = issue()
    html = rendering.html_of(document)
    assert "“文书核验”" in html and "查询码" in html and "我要查" not in html and "查询密码" not in html
    document.template_version = 2  # in memory: the row itself is immutable
    html = rendering.html_of(document)
    assert "“我要查”" in html and "查询密码" in html and "文书核验" not in html


@pytest.mark.django_db
def test_a_public_notice_stands_in_the_service_receipt_instead_of_a_signature() -> None:
    notice = {"notice_place": "本机关公告栏", "notice_first_on": "2026-11-03", "attempts": []}
    html = rendering.html_of(issue(DocumentKind.SERVICE_RECEIPT, **notice))
    assert "2026年11月3日起在本机关公告栏公告，2026年12月3日满三十日，视为送达" in html
    assert "签收人签名" not in html


@pytest.mark.django_db
def test_text_of_people_stays_text() -> None:
    html = rendering.html_of(issue(DocumentKind.REFUSAL, reasons="<img src=file:///etc/passwd>", facts="2026-12-01"))
    assert "&lt;img src=file:///etc/passwd&gt;" in html
    assert "2026-12-01" in html


@pytest.mark.django_db
def test_an_erased_person_leaves_no_paper_to_print() -> None:
    key = new_person_key()
    document = issue(person_key=key)
    erase(key.pk)
    with pytest.raises(RenderingFault, match="已经按本人请求删除"):
        rendering.pdf_bytes(OfficialDocument.objects.get(pk=document.pk))


@pytest.mark.django_db
def test_pdfs_of_documents_are_not_orphans(the_press: press.Press) -> None:
    import os

    document = issue()
    rendering.pdf_bytes(document)
    path = storage.path_of(document.pdf_sha256)
    os.utime(path, (1, 1))
    assert collect_orphans(10) == 0 and path.exists()


HOSTILE = [
    "file:///etc/passwd",
    "file:///proc/self/environ",
    "file://localhost/etc/passwd",
    "../../manage.py",
    "..%2f..%2fmanage.py",
    "http://127.0.0.1:9/",
    "ftp://127.0.0.1/x",
]


def _folder(tmp_path: Path) -> tuple[Path, Any]:
    from weasyprint.urls import URLFetcher

    from portal.documents.worker import folder_fetcher

    assets = tmp_path / "a" / "assets"
    assets.mkdir(parents=True)
    (tmp_path / "manage.py").write_text("secret")
    (assets / "good.txt").write_text("good")
    (assets / "link").symlink_to(tmp_path / "manage.py")
    return assets, folder_fetcher(URLFetcher, assets)


@pytest.mark.parametrize("address", [*HOSTILE, "link"])
def test_a_document_fetches_nothing_outside_its_assets(address: str, tmp_path: Path) -> None:
    from urllib.parse import urljoin

    assets, fetcher = _folder(tmp_path)
    with pytest.raises(Exception, match=r"assets|protocol|scheme|[Nn]ot allowed|disallowed"):
        fetcher.fetch(urljoin(assets.as_uri() + "/", address))


def test_a_document_fetches_its_assets(tmp_path: Path) -> None:
    assets, fetcher = _folder(tmp_path)
    assert fetcher.fetch((assets / "good.txt").as_uri()).read() == b"good"


def test_a_hostile_fetch_still_makes_a_pdf(the_press: press.Press) -> None:
    pdf = the_press.print("<title>x</title><img src='file:///etc/passwd'><p>好", identifier="x")
    assert "好" in text_of(pdf)


def test_a_document_that_takes_too_long_is_ended_and_the_next_one_is_made(
    the_press: press.Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press, "WALL_SECONDS", 0.0)
    with pytest.raises(RenderingFault, match="暂时不能生成"):
        the_press.print("<p>慢", identifier="x")
    monkeypatch.undo()
    assert the_press.print("<p>快", identifier="x").startswith(b"%PDF")


def test_a_worker_that_ended_while_idle_is_replaced(the_press: press.Press) -> None:
    the_press.print("<p>一", identifier="x")
    process = the_press.worker._process
    assert process is not None
    process.kill()
    process.wait()
    assert the_press.print("<p>二", identifier="x").startswith(b"%PDF")


def test_a_warm_press_is_quick(the_press: press.Press) -> None:
    the_press.print("<p>暖", identifier="x")
    started = time.process_time()
    the_press.print("<p>热", identifier="x")
    assert time.process_time() - started < 0.2  # the caller only waits


def test_fonts_are_whole_files() -> None:
    for folder in press.font_folders():
        fonts = list(folder.glob("*.ttf"))
        assert len(fonts) == 1 and fonts[0].stat().st_size > 8_000_000


def test_the_characters_of_a_seal_are_centred_and_do_not_overlap() -> None:
    for name in ("朔州市司法局", "朔州市食品药品监督管理局", "朔州市" + "某" * 22):
        angles = [float(character.angle) for character in seals.ring(name)]
        assert angles == sorted(angles) and sum(angles) == pytest.approx(0, abs=0.1)
        assert angles[-1] - angles[0] <= seals.WIDEST + 0.01


def test_poppler_reads_the_same_text_where_it_is_installed(the_press: press.Press, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler is not on this machine")
    (tmp_path / "x.pdf").write_bytes(the_press.print(f"<p>事项办理指南 {RARE}", identifier="x"))
    found = subprocess.run(["pdftotext", tmp_path / "x.pdf", "-"], capture_output=True, text=True, check=True)
    assert "事项办理指南" in found.stdout and RARE in found.stdout
