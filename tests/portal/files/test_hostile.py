"""The corpus: each hostile file is refused with its own sentence, or what leaves is proven free of the danger."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal.accounts.models import User
from portal.files import checker, limits, services, storage
from portal.files.cleaning.pdfs import ACTIVE
from portal.files.errors import FileRefused
from portal.files.models import StoredFile
from tests.portal.files import hostile, samples

NOW = dt.datetime(2026, 11, 20, 2, 15, tzinfo=dt.UTC)


@pytest.fixture(scope="module", autouse=True)
def _warm_checker() -> Iterator[None]:
    yield
    checker.CHECKER.close()


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user(username="attacker")


def store(content: bytes, name: str, user: User) -> StoredFile:
    upload = SimpleUploadedFile(name, content, content_type="text/html")
    return services.store(upload=upload, owner_kind="test_owner", owner_id=uuid4(), user=user, now=NOW)


LOCKED = "PDF 设了密码，打不开。请去掉密码后再传。"
BOMB = "文件解开后太大，不能接收。请删减内容或者转成 PDF 再传。"
MACROS = "文件里有宏，不能接收。请另存为不带宏的文件，或者转成 PDF 再传。"
EXTERNAL = "文件会从外面取内容（外部链接、模板或者数据连接），不能接收。请断开链接，或者转成 PDF 再传。"
EMBEDDED = "文件里嵌入了别的文件，不能接收。请删掉嵌入的对象，或者转成 PDF 再传。"
ENTITIES = "文件里有外部引用的定义（DTD），不能接收。请用原来的软件另存后再传。"
PATHS = "文件里的路径不合规，不能接收。请用原来的软件另存后再传。"
OLD = "文件设了密码，或者是旧格式（DOC、XLS）。请去掉密码，另存为 DOCX、XLSX 或者 PDF 再传。"


def saved_as(extension: str, what: str) -> str:
    return f"文件名是“.{extension}”，内容{what}。请用原来的软件另存后再传。"


REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("网页.png", lambda: b"<!DOCTYPE html><script>alert(1)</script>", saved_as("png", "其实是网页")),
    ("图.png", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', saved_as("png", "其实是 SVG 图形")),
    ("发票.pdf.exe.pdf", lambda: b"MZ\x90\0program", saved_as("pdf", "其实是可执行程序")),
    ("程序.pdf", lambda: b"\x7fELF program", saved_as("pdf", "其实是可执行程序")),
    ("照片.jpg", lambda: samples.image("PNG"), saved_as("jpg", "其实是 PNG 图片")),
    ("动图.png", lambda: b"GIF89a;", saved_as("png", "其实是 GIF 图片")),
    ("病毒.pdf", lambda: hostile.EICAR, saved_as("pdf", "不是 PDF")),
    ("压缩包.docx", lambda: zipped({"a.exe": b"MZ"}), saved_as("docx", "其实是压缩包")),
    ("表.docx", lambda: samples.office("xl/workbook.xml"), saved_as("docx", "其实是 XLSX")),
    ("旧.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), OLD),
    ("\u202egpj.exe", lambda: b"MZ", "不能上传“.exe”文件。请转成 PDF、JPG、PNG、DOCX、XLSX 中的一种再传。"),
    ("a.pdf\0.exe", lambda: b"MZ", "不能上传“.exe”文件。请转成 PDF、JPG、PNG、DOCX、XLSX 中的一种再传。"),
    ("a.php", lambda: samples.image(), "不能上传“.php”文件。请转成 PDF、JPG、PNG、DOCX、XLSX 中的一种再传。"),
    ("空.pdf", lambda: b"", "文件是空的。请检查后重新选择。"),
    ("锁.pdf", lambda: samples.pdf(password="x"), LOCKED),
    ("锁2.pdf", hostile.pdf_with_empty_password, LOCKED),
    ("坏.pdf", lambda: b"%PDF-1.7 rubbish", "PDF 打不开，可能已经损坏。请重新导出后再传。"),
    ("表单.pdf", hostile.pdf_dynamic_form, "这是动态表单（XFA），页面里没有内容。请打印成普通 PDF 再传。"),
    ("炸弹.pdf", hostile.pdf_bomb, BOMB),
    ("炸弹2.pdf", hostile.pdf_double_bomb, BOMB),
    ("炸弹.png", hostile.png_pixel_bomb, "图片 30000 × 30000 像素，超过 5000 万像素。请缩小后再传。"),
    ("半张.png", lambda: samples.image()[:40], "图片打不开，可能已经损坏。请重新拍照或者扫描后再传。"),
    ("炸弹.docx", lambda: hostile.docx(("word/bomb.xml", b"0" * 60_000_000)), BOMB),
    ("说谎.docx", hostile.docx_lying_sizes, "文件打不开，可能已经损坏。请重新保存后再传。"),
    ("很多.docx", hostile.many_entries, BOMB),
    ("宏.docx", hostile.docx_macros, MACROS),
    ("宏2.docx", hostile.docx_macro_type, MACROS),
    ("宏.xlsx", lambda: hostile.xlsx(("xl/macrosheets/sheet1.xml", b"<x/>")), MACROS),
    ("模板.docx", hostile.docx_template, EXTERNAL),
    ("外图.docx", hostile.docx_remote_image, EXTERNAL),
    ("域.docx", hostile.docx_dde, EXTERNAL),
    ("域2.docx", hostile.docx_made_field, EXTERNAL),
    ("改名.docx", hostile.docx_other_main_part, EXTERNAL),
    ("改名2.docx", hostile.docx_other_main_part_in_utf_16, EXTERNAL),
    ("图源.docx", hostile.docx_vml_source, EXTERNAL),
    ("内链.docx", hostile.docx_scheme_without_mode, EXTERNAL),
    ("拼块.docx", hostile.docx_alternative_chunk, EMBEDDED),
    ("快捷方式.docx", hostile.docx_strange_part, EMBEDDED),
    ("外链.xlsx", hostile.xlsx_external_link, EXTERNAL),
    ("取网.xlsx", hostile.xlsx_web_service, EXTERNAL),
    ("命令.xlsx", hostile.xlsx_command, EXTERNAL),
    ("实体.docx", hostile.docx_entities, ENTITIES),
    ("笑.docx", hostile.docx_laughs, ENTITIES),
    ("嵌套.docx", lambda: hostile.docx(("word/media/a.png", samples.office())), EMBEDDED),
    ("对象.docx", lambda: hostile.docx(("word/embeddings/oleObject1.bin", b"x")), EMBEDDED),
    ("控件.docx", lambda: hostile.docx(("word/activeX/activeX1.xml", b"<x/>")), EMBEDDED),
    ("路径.docx", lambda: hostile.docx(("../../etc/cron.d/x", b"x")), PATHS),
    ("绝对.docx", lambda: hostile.docx(("/etc/passwd", b"x")), PATHS),
    ("重名.docx", lambda: hostile.docx(("WORD/Document.xml", b"<other/>")), PATHS),
    ("坏和.docx", lambda: samples.broken_sum(samples.office()), "文件打不开，可能已经损坏。请重新保存后再传。"),
]


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(("name", "make", "sentence"), REFUSED, ids=[repr(name) for name, _, _ in REFUSED])
def test_ASVS_5_2_2_a_hostile_file_is_refused_with_its_own_sentence(
    name: str, make: Callable[[], bytes], sentence: str, user: User
) -> None:
    content = make()
    with pytest.raises(FileRefused) as refused:
        store(content, name, user)
    assert refused.value.message == sentence
    assert storage.folders() == [], "nothing of it may be served"
    for file in StoredFile.objects.all():
        assert (file.state, file.refusal, file.sha256) == ("refused", sentence, "")
        assert storage.get(file.original_sha256, storage.QUARANTINE) == content, "the original stays as evidence"


def test_ASVS_5_2_2_the_corpus_is_large_enough() -> None:
    assert len(REFUSED) + len(CLEANED_PDF) + 4 >= 25


CLEANED_PDF: list[tuple[Callable[[], bytes], str]] = [
    (hostile.pdf_open_action, "自动动作"),
    (hostile.pdf_named_script, "脚本"),
    (hostile.pdf_page_action, "自动动作"),
    (hostile.pdf_launch, "链接和动作"),
    (hostile.pdf_hidden_next_action, "脚本"),
    (hostile.pdf_disguised_script, "脚本"),
    (hostile.pdf_deep_script, "脚本"),
    (hostile.pdf_disguised_file, "附件"),
    (hostile.pdf_submit_form, "链接和动作"),
    (hostile.pdf_embedded_file, "附件"),
    (hostile.pdf_attached_note, "附件和多媒体"),
    (hostile.pdf_rich_media, "附件和多媒体"),
    (hostile.pdf_xfa, "XFA 表单"),
    (hostile.pdf_remote_link, "链接和动作"),
    (hostile.pdf_broken_table, ""),
    (hostile.pdf_and_zip, "自动动作"),
    (hostile.pdf_and_html, ""),
]


@pytest.mark.parametrize(("make", "told"), CLEANED_PDF, ids=[make.__name__ for make, _ in CLEANED_PDF])
def test_ASVS_5_2_2_a_pdf_loses_everything_that_acts_and_keeps_its_pages(
    make: Callable[[], bytes], told: str, user: User
) -> None:
    file = store(make(), "文件.pdf", user)
    content = storage.get(file.sha256)
    assert file.is_clean and file.pages == 1
    assert not told or told in file.removed
    with pikepdf.open(io.BytesIO(content)) as document:
        assert len(document.pages) == 1
        assert dangers_in(document) == []
        plain = io.BytesIO()
        document.save(plain, stream_decode_level=pikepdf.StreamDecodeLevel.all, compress_streams=False)
    assert hostile.SECRET not in content and hostile.SECRET not in plain.getvalue()
    assert content.rstrip().endswith(b"%%EOF")
    assert b"PK\x03\x04" not in content


def dangers_in(document: pikepdf.Pdf) -> list[str]:
    """Every dictionary looked at with other eyes than the cleaner's: the written text of each object."""
    words = {
        *("/JavaScript", "/JS", "/Launch", "/OpenAction", "/AA", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/XFA"),
        *("/RichMedia", "/SubmitForm", "/GoToR", "/URI", "/FileAttachment", "/NeedsRendering"),
    }
    found = []
    for value in document.objects:
        text = value.unparse(resolved=True).decode("latin-1") if not isinstance(value, pikepdf.Stream) else str(
            list(value.keys())
        )
        names = {part.split("(")[0] for part in text.replace("[", " ").replace("<<", " ").replace(">>", " ").split()}
        found += sorted(words & names)
    return found


def test_resources_of_odd_names_stay(user: User) -> None:
    file = store(hostile.pdf_odd_names(), "a.pdf", user)
    assert file.removed == []
    with pikepdf.open(io.BytesIO(storage.get(file.sha256))) as document:
        resources = document.pages[0].obj.Resources
        assert set(resources.Font.keys()) == {"/AA", "/EF", "/JS"} and "/JS" in resources.XObject


def test_the_check_of_dangers_finds_them() -> None:
    with pikepdf.open(io.BytesIO(hostile.pdf_open_action())) as document:
        assert {"/OpenAction", "/JS", "/JavaScript"} <= set(dangers_in(document))
    assert "/JavaScript" in ACTIVE


def test_ASVS_14_2_8_an_image_is_drawn_anew_upright_without_location_or_tail(user: User) -> None:
    original = hostile.jpeg_and_zip()
    file = store(original, "照片.jpg", user)
    content = storage.get(file.sha256)
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "JPEG" and image.size == (20, 40), "turned as it was held"
        assert not image.getexif() and "comment" not in image.info and "icc_profile" not in image.info
    for trace in (b"CAMERA-OF-A-CITIZEN", b"A-COMMENT", hostile.SECRET, b"PK\x03\x04", b"Exif"):
        assert trace not in content
    assert file.removed == ["拍摄地点", "图片后面附带的内容"]
    assert storage.get(file.original_sha256, storage.QUARANTINE) == original


def test_ASVS_5_2_2_a_script_inside_and_behind_an_image_is_gone(user: User) -> None:
    content = storage.get(store(hostile.png_and_script(), "图.png", user).sha256)
    assert hostile.SECRET not in content and hostile.EICAR not in content and b"script" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (8, 8) and image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_image_stays_what_it_shows(mode: str, user: User) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    target = io.BytesIO()
    Image.new("RGB", (6, 4), "#336699").convert("L" if mode == "I;16" else mode).convert(mode).save(target, kind)
    file = store(target.getvalue(), f"图.{kind.lower()}", user)
    with Image.open(io.BytesIO(storage.get(file.sha256))) as image:
        assert image.size == (6, 4)
        if mode in ("RGB", "RGBA", "P"):
            assert image.convert("RGB").getpixel((3, 2)) == (0x33, 0x66, 0x99)


def test_ASVS_1_3_6_a_package_is_packed_anew_and_its_links_lead_nowhere(user: User) -> None:
    file = store(hostile.docx_hyperlink() + hostile.SECRET, "说明.docx", user)
    content = storage.get(file.sha256)
    assert hostile.SECRET not in content and file.removed == ["网址链接"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        relations = archive.read("word/_rels/document.xml.rels")
        assert b"evil.example" not in relations and b"about:blank" in relations
        assert "字" * 50 in archive.read("word/document.xml").decode()
        assert archive.comment == b"" and archive.testzip() is None


def test_harmless_fields_stay(user: User) -> None:
    inner = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
    assert store(hostile.with_body(inner), "页码.docx", user).is_clean


def test_cleaning_twice_gives_the_same_bytes(user: User) -> None:
    made = {"a.pdf": hostile.pdf_launch(), "a.jpg": hostile.jpeg_and_zip(), "a.docx": hostile.docx()}
    for name, content in made.items():
        assert store(content, name, user).sha256 == store(content, name, user).sha256


def test_ASVS_15_2_5_what_the_worker_cannot_bear_is_refused_and_the_next_file_is_checked(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    checker.CHECKER.close()
    small = checker.Worker(checker._TASK, checker.Limits(200 * limits.MEGABYTE, cpu_seconds=5, wall_seconds=30))
    monkeypatch.setattr(checker, "CHECKER", small)
    target = io.BytesIO()
    Image.new("RGB", (9_000, 5_000), "white").save(target, "PNG")
    with pytest.raises(FileRefused, match=r"文件太复杂，检查不了|图片打不开"):
        store(target.getvalue(), "大.png", user)
    assert store(samples.image(), "小.png", user).is_clean
    small.close()


def test_ASVS_15_2_5_a_worker_that_answers_nonsense_is_not_believed(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lie(*_: Any, **__: Any) -> bytes:
        return b'{"pages": 1, "removed": []}\n<html><script>'

    monkeypatch.setattr(checker.CHECKER, "ask", lie)
    with pytest.raises(FileRefused, match="文件打不开"):
        store(samples.pdf(), "a.pdf", user)
