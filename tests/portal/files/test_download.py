"""Files leave only through their owner's policy, as attachments that run nothing."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from portal.accounts.models import User
from portal.files import checker, limits, policies, services, storage
from portal.files.models import StoredFile
from portal.files.responses import disposition
from portal.web.grants import Actor
from tests.pages import check_page
from tests.portal.files import samples

pytestmark = pytest.mark.django_db
KIND = "test_owner"
READERS: dict[UUID, set[UUID | None]] = {}


def may_read(actor: Actor, owner_id: UUID) -> bool:
    return actor.user_id in READERS.get(owner_id, set())


@pytest.fixture(autouse=True)
def _policy(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES_DIR = tmp_path / "files"
    policies.register(KIND, may_read)
    yield
    READERS.clear()


@pytest.fixture
def reader(client: Client) -> User:
    user = User.objects.create_user(username="reader")
    client.force_login(user)
    return user


def file_of(user: User, name: str = "营业执照 副本.png", content: bytes | None = None) -> StoredFile:
    owner = uuid4()
    READERS[owner] = {user.pk}
    return services.store(
        upload=SimpleUploadedFile(name, samples.image() if content is None else content),
        owner_kind=KIND,
        owner_id=owner,
        user=user,
        now=dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
    )


def test_ASVS_3_2_1_a_reader_gets_the_file_as_an_attachment_under_its_name(client: Client, reader: User) -> None:
    response = client.get(f"/files/{file_of(reader).pk}/")
    assert response.status_code == 200 and response.content.startswith(b"\x89PNG")
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"].startswith("attachment; ")
    assert (
        "filename*=UTF-8''%E8%90%A5%E4%B8%9A%E6%89%A7%E7%85%A7%20%E5%89%AF%E6%9C%AC.png"
        in (response["Content-Disposition"])
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    policy = response["Content-Security-Policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("page", ["", "preview/", "pages/1/"])
def test_ASVS_8_2_2_for_a_stranger_and_another_department_the_file_does_not_exist(
    client: Client, reader: User, page: str
) -> None:
    file = file_of(User.objects.create_user(username="owner"))
    assert client.get(f"/files/{file.pk}/{page}").status_code == 404
    assert client.get(f"/files/{uuid4()}/{page}").status_code == 404


def test_ASVS_8_2_2_a_file_of_an_owner_without_policy_is_read_by_nobody(
    client: Client, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = file_of(reader)
    monkeypatch.setattr(policies, "_policies", {})
    assert client.get(f"/files/{file.pk}/").status_code == 404


def test_without_sign_in_nothing_is_served(client: Client) -> None:
    file = file_of(User.objects.create_user(username="owner"))
    assert client.get(f"/files/{file.pk}/").status_code == 302


def test_pages_are_looked_at_as_pictures_of_the_width_that_was_asked_for(client: Client, reader: User) -> None:
    file = file_of(reader, "证明.pdf", samples.pdf(pages=3))
    for zoom, width in enumerate(limits.WIDTHS, 1):
        response = client.get(f"/files/{file.pk}/pages/2/?z={zoom}")
        assert response["Content-Type"] == "image/jpeg"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"] and "no-store" in response["Cache-Control"]
        with Image.open(io.BytesIO(response.content)) as picture:
            assert abs(picture.width - width) <= 1
    assert len(list(storage.root(storage.PAGES).rglob("*-2-*"))) == 3, "drawn once"
    for wrong in ("pages/0/", "pages/4/", "pages/1/?z=4", "pages/1/?z=x"):
        assert client.get(f"/files/{file.pk}/{wrong}").status_code == 404


def test_an_image_is_one_page_and_is_never_enlarged(client: Client, reader: User) -> None:
    response = client.get(f"/files/{file_of(reader).pk}/pages/1/?z=3")
    with Image.open(io.BytesIO(response.content)) as picture:
        assert picture.size == (8, 8)


def test_the_reader_turns_pages_and_zooms_by_links(client: Client, reader: User) -> None:
    file = file_of(reader, "证明.pdf", samples.pdf(pages=3))
    page = check_page(client.get(f"/files/{file.pk}/preview/?p=2&z=2"))
    assert "第 2 页，共 3 页" in page and 'alt="证明.pdf，第 2 页，共 3 页"' in page
    for link in ("?p=1&amp;z=2#page", "?p=3&amp;z=2#page", "?p=2&amp;z=3#page", "?p=2&amp;z=1#page"):
        assert link in page
    assert f"/files/{file.pk}/pages/2/?z=2" in page and "<iframe" not in page
    for wrong in ("?p=99", "?p=-1", "?p=二", "?z=9", "?p=" + "9" * 40):
        assert client.get(f"/files/{file.pk}/preview/{wrong}").status_code == 200


def test_an_office_file_is_for_downloading_and_the_page_says_so(client: Client, reader: User) -> None:
    file = file_of(reader, "a.docx", samples.office())
    page = check_page(client.get(f"/files/{file.pk}/preview/"))
    assert "这种文件不能在页面上看" in page and f"/files/{file.pk}/" in page
    assert client.get(f"/files/{file.pk}/pages/1/").status_code == 404


@pytest.mark.parametrize(
    ("state", "told"), [("received", "正在检查"), ("checking", "正在检查"), ("refused", "没有通过检查")]
)
def test_what_is_not_clean_is_not_served_and_says_why(state: str, told: str, client: Client, reader: User) -> None:
    file = file_of(reader)
    refusal = "PDF 设了密码，打不开。请去掉密码后再传。" if state == "refused" else ""
    StoredFile.objects.filter(pk=file.pk).update(state=state, sha256="", refusal=refusal)
    for address in (f"/files/{file.pk}/", f"/files/{file.pk}/pages/1/"):
        response = client.get(address)
        assert response.status_code == 409
        assert told in response.content.decode() and refusal in response.content.decode()
    page = check_page(client.get(f"/files/{file.pk}/preview/"))
    assert told in page and refusal in page and "/pages/" not in page


def test_a_page_that_cannot_be_drawn_is_no_crash(client: Client, reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    file = file_of(reader)
    small = checker.Worker(checker._TASK, checker.Limits(300 * limits.MEGABYTE, cpu_seconds=1, wall_seconds=0))
    monkeypatch.setattr(checker, "DRAWER", small)
    response = client.get(f"/files/{file.pk}/pages/1/")
    assert response.status_code == 503 and "这一页暂时不能显示" in response.content.decode()
    small.close()


def test_bytes_that_are_gone_are_an_operators_matter_and_no_crash(client: Client, reader: User) -> None:
    file = file_of(reader)
    storage.path_of(file.sha256).unlink()
    response = client.get(f"/files/{file.pk}/")
    assert response.status_code == 503 and "文件暂时取不到" in response.content.decode()


@pytest.mark.parametrize("name", ['a".pdf', "a\\.pdf", "a;filename=b.exe", "名;字.pdf", "a'b.pdf"])
def test_ASVS_5_4_2_a_name_cannot_break_out_of_its_header(name: str) -> None:
    header = disposition(name, inline=False)
    plain = header.split('filename="')[1].split('"')[0]
    assert '"' not in plain and "\\" not in plain and ";" not in plain
    assert header.count('"') == 2 and header.isascii()
    assert "'" not in header.split("filename*=UTF-8''")[1]
