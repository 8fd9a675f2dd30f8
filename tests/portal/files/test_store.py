"""What is taken, what is refused and with which sentence, and where the bytes lie."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import stat
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.accounts.models import User
from portal.files import limits, names, services, storage
from portal.files.errors import FileRefused
from portal.files.models import StoredFile
from tests.portal.files import samples

NOW = dt.datetime(2026, 11, 20, 2, 15, tzinfo=dt.UTC)
KIND = "test_owner"


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user(username="uploader")


def store(content: bytes, name: str, user: User) -> StoredFile:
    upload = SimpleUploadedFile(name, content, content_type="text/html")
    return services.store(upload=upload, owner_kind=KIND, owner_id=uuid4(), user=user, now=NOW)


GOOD = [
    ("图.png", samples.image(), "image/png"),
    ("图.JPG", samples.image("JPEG"), "image/jpeg"),
    ("图.jpeg", samples.image("JPEG"), "image/jpeg"),
    ("申请书.pdf", samples.pdf(), "application/pdf"),
    ("制度.docx", samples.office(), limits.TYPES["docx"]),
    ("表.xlsx", samples.office("xl/workbook.xml"), limits.TYPES["xlsx"]),
]


@pytest.mark.parametrize(("name", "content", "content_type"), GOOD, ids=[name for name, _, _ in GOOD])
def test_a_good_file_is_kept_under_the_hash_of_its_content(
    name: str, content: bytes, content_type: str, user: User
) -> None:
    file = store(content, name, user)
    assert (file.name, file.content_type, file.state, file.removed) == (name, content_type, "clean", [])
    assert file.original_sha256 == hashlib.sha256(content).hexdigest() and file.original_size == len(content)
    assert file.pages == (0 if name.endswith(("docx", "xlsx")) else 1)
    for sha256, area in ((file.sha256, storage.CLEAN), (file.original_sha256, storage.QUARANTINE)):
        path = storage.path_of(sha256, area)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256 and path.parent.name == sha256[:2]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert storage.get(file.original_sha256, storage.QUARANTINE) == content
    assert file.size == len(storage.get(file.sha256))


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        (69_310_874, "文件 66.1 MB，超过 50 MB。请压缩后再传。"),
        (limits.MAX_BYTES + 1, "文件 略大于 50 MB，超过 50 MB。请压缩后再传。"),
    ],
)
def test_ASVS_5_2_1_a_file_that_is_too_large_is_told_its_size(size: int, sentence: str) -> None:
    with pytest.raises(FileRefused) as refused:
        names.check_size(size)
    assert refused.value.message == sentence


def test_exactly_the_limit_is_taken() -> None:
    names.check_size(limits.MAX_BYTES)


def test_ASVS_5_2_6_an_image_of_too_many_pixels_is_not_decoded(monkeypatch: pytest.MonkeyPatch, user: User) -> None:
    monkeypatch.setattr(limits, "MAX_PIXELS", 50)
    with pytest.raises(FileRefused, match="图片 8 × 8 像素，超过"):
        store(samples.image(), "a.png", user)


def test_a_pdf_of_too_many_pages_is_refused(monkeypatch: pytest.MonkeyPatch, user: User) -> None:
    monkeypatch.setattr(limits, "MAX_PDF_PAGES", 2)
    with pytest.raises(FileRefused, match="PDF 有 3 页，超过 2 页"):
        store(samples.pdf(pages=3), "a.pdf", user)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\资料\\申请书.pdf", "申请书.pdf"),
        ("a\x00\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("  . 申请 书 .pdf", "申请 书 .pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_ASVS_5_3_2_hostile_names_become_plain_ones(name: str, kept: str) -> None:
    assert names.clean_name(name) == kept
    assert len(kept) <= limits.MAX_NAME


def test_the_same_bytes_are_kept_once_for_several_rows(user: User) -> None:
    first, second = store(samples.pdf(), "a.pdf", user), store(samples.pdf(), "b.pdf", user)
    if first.sha256 == second.sha256:
        assert len(list(storage.path_of(first.sha256).parent.iterdir())) == 1
    content = samples.image()
    assert store(content, "a.png", user).sha256 == store(content, "b.png", user).sha256


def test_the_limits_are_told_beforehand() -> None:
    told = services.limits_text()
    assert told == "可以传 PDF、JPG、PNG、DOCX、XLSX，每个文件不超过 50 MB，每项材料最多 10 个文件。"
    assert limits.ACCEPT == ".pdf,.jpg,.jpeg,.png,.docx,.xlsx"


def test_too_many_files_are_refused_with_the_number() -> None:
    services.check_count(of_material=9, of_case=99)
    with pytest.raises(FileRefused, match="这项材料已有 10 个文件，最多 10 个"):
        services.check_count(of_material=10, of_case=10)
    with pytest.raises(FileRefused, match="这个办件已有 100 个文件，最多 100 个"):
        services.check_count(of_material=0, of_case=100)


def test_nothing_half_written_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        storage.put(b"content")
    assert [path for folder in storage.folders() for path in folder.iterdir()] == []


def test_orphans_older_than_a_day_are_removed_and_nothing_else(user: User) -> None:
    kept = store(samples.image(), "a.png", user)
    old, young = storage.put(b"old"), storage.put(b"young")
    half = storage.path_of(old).with_name(f".{old}.0123456789abcdef")
    half.write_bytes(b"o")
    original = storage.path_of(kept.original_sha256, storage.QUARANTINE)
    for path in (storage.path_of(kept.sha256), original, storage.path_of(old), half):
        os.utime(path, (1, 1))
    assert services.collect_orphans(10) == 2
    assert storage.path_of(kept.sha256).exists() and storage.path_of(young).exists() and original.exists()
    assert not storage.path_of(old).exists() and not half.exists()
    assert services.collect_orphans(10) == 0


def test_storing_old_bytes_again_saves_them_from_collection(db: None) -> None:
    digest = storage.put(b"again")
    os.utime(storage.path_of(digest), (1, 1))
    storage.put(b"again")
    assert services.collect_orphans(10) == 0


def test_assigning_gives_a_file_to_another_owner(user: User) -> None:
    file, owner = store(samples.image(), "a.png", user), uuid4()
    services.assign(file, "case", owner)
    file.refresh_from_db()
    assert (file.owner_kind, file.owner_id) == ("case", owner)
