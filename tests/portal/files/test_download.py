"""Files leave only through their owner's policy, as attachments that run nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.accounts.models import User
from portal.files import policies, services, storage
from portal.files.models import StoredFile
from portal.files.responses import disposition
from portal.web.grants import Actor
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


def test_a_reader_gets_the_file_as_an_attachment_under_its_name(client: Client, reader: User) -> None:
    response = client.get(f"/files/{file_of(reader).pk}/")
    assert response.status_code == 200 and response.content == samples.image()
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


@pytest.mark.parametrize("page", ["", "preview/"])
def test_for_a_stranger_and_another_department_the_file_does_not_exist(client: Client, reader: User, page: str) -> None:
    file = file_of(User.objects.create_user(username="owner"))
    assert client.get(f"/files/{file.pk}/{page}").status_code == 404
    assert client.get(f"/files/{uuid4()}/{page}").status_code == 404


def test_a_file_of_an_owner_without_policy_is_read_by_nobody(
    client: Client, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = file_of(reader)
    monkeypatch.setattr(policies, "_policies", {})
    assert client.get(f"/files/{file.pk}/").status_code == 404


def test_without_sign_in_nothing_is_served(client: Client) -> None:
    file = file_of(User.objects.create_user(username="owner"))
    assert client.get(f"/files/{file.pk}/").status_code == 302


def test_images_and_pdfs_are_previewed_in_a_frame_of_ours(client: Client, reader: User) -> None:
    for name, content in (("a.png", samples.image()), ("a.pdf", samples.pdf())):
        response = client.get(f"/files/{file_of(reader, name, content).pk}/preview/")
        assert response["Content-Disposition"].startswith("inline; ")
        assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_an_office_file_is_not_previewed(client: Client, reader: User) -> None:
    assert client.get(f"/files/{file_of(reader, 'a.docx', samples.office()).pk}/preview/").status_code == 404


def test_bytes_that_are_gone_are_an_operators_matter_and_no_crash(client: Client, reader: User) -> None:
    file = file_of(reader)
    storage.path_of(file.sha256).unlink()
    response = client.get(f"/files/{file.pk}/")
    assert response.status_code == 503 and "文件暂时取不到" in response.content.decode()


@pytest.mark.parametrize("name", ['a".pdf', "a\\.pdf", "a;filename=b.exe", "名;字.pdf", "a'b.pdf"])
def test_a_name_cannot_break_out_of_its_header(name: str) -> None:
    header = disposition(name, inline=False)
    plain = header.split('filename="')[1].split('"')[0]
    assert '"' not in plain and "\\" not in plain and ";" not in plain
    assert header.count('"') == 2 and header.isascii()
    assert "'" not in header.split("filename*=UTF-8''")[1]
