"""Uploads in pieces over a bad line: go on, send twice, send wrongly, give up, let lie."""

from __future__ import annotations

import base64
import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from portal import clock
from portal.accounts.models import User
from portal.files import limits, pieces, resumable, services, storage, targets
from portal.files.models import StoredFile, Upload
from portal.outbox.services import run_due
from portal.web.errors import WrongState
from portal.web.grants import Actor
from tests.portal.files import hostile, samples

pytestmark = pytest.mark.django_db
KIND = "test_target"
TARGET = UUID(int=7)
TUS = {"Tus-Resumable": "1.0.0"}
ATTACHED: list[StoredFile] = []
CLOSED: set[str] = set()


def _check(_actor: Actor, target_id: UUID, slot: str) -> tuple[str, UUID]:
    if slot in CLOSED:
        raise WrongState("这份申请已经提交。")
    return KIND, target_id


def _attach(_actor: Actor, _target_id: UUID, _slot: str, file: StoredFile) -> None:
    ATTACHED.append(file)


@pytest.fixture(autouse=True)
def _target(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES_DIR = tmp_path / "files"
    targets.register(KIND, targets.Target(_check, _attach))
    yield
    ATTACHED.clear()
    CLOSED.clear()


@pytest.fixture
def user(client: Client) -> User:
    user = User.objects.create_user(username="uploader")
    client.force_login(user)
    return user


def metadata(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def begin(client: Client, size: int, name: str = "证明.pdf", *, slot: str = "M01", fingerprint: str = "1-2") -> Any:
    told = metadata(filename=name, target=f"{KIND}:{TARGET}:{slot}", fingerprint=fingerprint)
    return client.post("/files/uploads/", headers=TUS | {"Upload-Length": str(size), "Upload-Metadata": told})


def patch(client: Client, address: str, offset: int, content: bytes, **headers: str) -> Any:
    return client.generic(
        "PATCH",
        address,
        content,
        content_type="application/offset+octet-stream",
        headers=TUS | {"Upload-Offset": str(offset)} | headers,
    )


def offset_of(client: Client, address: str) -> int:
    response = client.head(address, headers=TUS)
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    return int(response["Upload-Offset"])


def test_a_file_comes_in_pieces_and_is_checked_like_any_other(
    client: Client, user: User, django_capture_on_commit_callbacks: Any
) -> None:
    content = hostile.pdf_open_action()
    begun = begin(client, len(content))
    assert begun.status_code == 201 and begun["Upload-Offset"] == "0" and begun["Tus-Resumable"] == "1.0.0"
    address, middle = begun["Location"], len(content) // 2
    assert patch(client, address, 0, content[:middle])["Upload-Offset"] == str(middle)
    assert offset_of(client, address) == middle and ATTACHED == []
    with django_capture_on_commit_callbacks(execute=True):
        done = patch(client, address, middle, content[middle:])
    assert (done.status_code, done["Upload-Offset"]) == (204, str(len(content)))
    file = StoredFile.objects.get()
    assert [each.pk for each in ATTACHED] == [file.pk] and (file.owner_kind, file.owner_id) == (KIND, TARGET)
    assert file.is_clean and file.removed == ["脚本", "自动动作"]
    assert storage.get(file.original_sha256, storage.QUARANTINE) == content
    assert list(pieces.folder().iterdir()) == []
    # The answer to the last piece was lost: whoever asks again learns that all is there, and nothing comes twice.
    assert offset_of(client, address) == len(content)
    assert patch(client, address, middle, content[middle:]).status_code == 409
    assert StoredFile.objects.count() == 1 and len(ATTACHED) == 1


def test_a_piece_that_comes_twice_or_at_the_wrong_place_changes_nothing(client: Client, user: User) -> None:
    address = begin(client, 100)["Location"]
    patch(client, address, 0, b"a" * 40)
    for offset in (0, 39, 41, 100):
        answer = patch(client, address, offset, b"b" * 10)
        assert (answer.status_code, answer["Upload-Offset"]) == (409, "40")
        assert "已收到 40 字节" in answer.content.decode()
    assert pieces.read(Upload.objects.get().pk) == b"a" * 40


def test_bytes_of_a_request_that_died_are_overwritten(client: Client, user: User) -> None:
    address = begin(client, 100)["Location"]
    patch(client, address, 0, b"a" * 40)
    upload = Upload.objects.get()
    with pieces.path_of(upload.pk).open("ab") as stream:
        stream.write(b"half a piece that no row knows of")
    patch(client, address, 40, b"b" * 10)
    assert pieces.read(upload.pk) == b"a" * 40 + b"b" * 10


def test_what_arrived_before_the_line_broke_is_kept(client: Client, user: User, rf: Any, monkeypatch: Any) -> None:
    from django.http import UnreadablePostError

    class Broken(io.RawIOBase):
        def __init__(self) -> None:
            self.left = [b"a" * 30, b"b" * 5]

        def read(self, _size: int = -1) -> bytes:
            if self.left:
                return self.left.pop(0)
            raise UnreadablePostError("the line broke")

    request = rf.generic("PATCH", "/")
    monkeypatch.setattr(request, "read", Broken().read)
    assert resumable._piece(request) == b"a" * 30 + b"b" * 5


def test_the_same_file_chosen_again_goes_on_where_it_stopped(client: Client, user: User) -> None:
    first = begin(client, 100)
    patch(client, first["Location"], 0, b"a" * 40)
    again = begin(client, 100)
    assert (again["Location"], again["Upload-Offset"]) == (first["Location"], "40")
    for other in (begin(client, 101), begin(client, 100, slot="M02"), begin(client, 100, fingerprint="9-9")):
        assert other.status_code == 201 and other["Location"] != first["Location"]


def test_ASVS_8_2_2_another_persons_upload_does_not_exist(client: Client, user: User) -> None:
    address = begin(client, 100)["Location"]
    client.force_login(User.objects.create_user(username="other"))
    assert client.head(address, headers=TUS).status_code == 404
    assert patch(client, address, 0, b"a").status_code == 404
    assert client.delete(address, headers=TUS).status_code == 404
    assert begin(client, 100)["Location"] != address


def test_without_sign_in_nothing_is_taken(client: Client) -> None:
    assert begin(client, 100).status_code == 302
    assert patch(client, f"/files/uploads/{uuid4()}/", 0, b"a").status_code == 302


@pytest.mark.parametrize(
    ("size", "name", "told"),
    [
        (0, "a.pdf", "文件是空的"),
        (limits.MAX_BYTES + 1, "a.pdf", "略大于 50 MB，超过 50 MB"),
        (100, "a.exe", "不能上传“.exe”文件"),
        (100, "", "不能上传没有扩展名的文件"),
        (100, "\u202efdp.exe", "不能上传“.exe”文件"),
    ],
)
def test_what_can_be_told_before_the_first_piece_is_told(
    size: int, name: str, told: str, client: Client, user: User
) -> None:
    answer = begin(client, size, name)
    assert answer.status_code == 422 and told in answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain")
    assert not Upload.objects.exists()


def test_wrong_requests_have_their_answers(client: Client, user: User) -> None:
    assert client.post("/files/uploads/", headers={"Upload-Length": "1"}).status_code == 412
    assert client.head(f"/files/uploads/{uuid4()}/", headers=TUS).status_code == 404
    told = client.options("/files/uploads/")
    assert (told.status_code, told["Tus-Version"]) == (204, "1.0.0")
    assert told["Tus-Max-Size"] == str(limits.MAX_BYTES) and "expiration" in told["Tus-Extension"]
    for headers in ({}, {"Upload-Length": "x"}, {"Upload-Length": "-1"}, {"Upload-Length": "9" * 30}):
        assert client.post("/files/uploads/", headers=TUS | headers).status_code == 422
    broken = {"Upload-Length": "5", "Upload-Metadata": "filename !!!"}
    assert client.post("/files/uploads/", headers=TUS | broken).status_code == 422
    for target in ("", "nothing", f"unknown:{TARGET}:x", f"{KIND}:no-uuid:x"):
        headers = TUS | {"Upload-Length": "5", "Upload-Metadata": metadata(filename="a.pdf", target=target)}
        assert client.post("/files/uploads/", headers=headers).status_code == 404
    address = begin(client, 100)["Location"]
    assert client.generic("PATCH", address, b"a", headers=TUS | {"Upload-Offset": "0"}).status_code == 415
    assert patch(client, address, 0, b"a" * 101).status_code == 422, "longer than it said"
    assert patch(client, address, 0, bytes(limits.MAX_CHUNK + 1)).status_code == 422
    assert offset_of(client, address) == 0
    assert client.put(address, headers=TUS).status_code == 405


def test_a_place_that_closed_meanwhile_takes_nothing_and_the_pieces_stay(client: Client, user: User) -> None:
    content = samples.image()
    address = begin(client, len(content), "图.png")["Location"]
    CLOSED.add("M01")
    answer = patch(client, address, 0, content)
    assert answer.status_code == 409 and answer.content.decode() == "这份申请已经提交。"
    assert not StoredFile.objects.exists() and offset_of(client, address) == 0
    assert begin(client, 100).status_code == 409


def test_a_hostile_file_in_pieces_is_refused_with_its_sentence(client: Client, user: User) -> None:
    content = hostile.docx_macros()
    answer = patch(client, begin(client, len(content), "宏.docx")["Location"], 0, content)
    assert answer.status_code == 422 and "文件里有宏" in answer.content.decode()
    assert StoredFile.objects.get().is_refused


def test_a_large_file_is_checked_by_the_outbox(client: Client, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CHECKED_AT_ONCE", 10)
    content = samples.pdf()
    assert patch(client, begin(client, len(content))["Location"], 0, content).status_code == 204
    file = StoredFile.objects.get()
    assert file.is_pending
    run_due()
    file.refresh_from_db()
    assert file.is_clean


def test_it_can_be_given_up(client: Client, user: User, django_capture_on_commit_callbacks: Any) -> None:
    address = begin(client, 100)["Location"]
    patch(client, address, 0, b"a")
    with django_capture_on_commit_callbacks(execute=True):
        assert client.delete(address, headers=TUS).status_code == 204
    assert client.head(address, headers=TUS).status_code == 404 and list(pieces.folder().iterdir()) == []


def test_what_lies_too_long_is_swept_with_its_bytes(client: Client, user: User) -> None:
    address = begin(client, 100)["Location"]
    patch(client, address, 0, b"a")
    later = clock.now() + limits.UPLOAD_AGE + dt.timedelta(seconds=1)
    assert services.expire_uploads(10) == 0
    with clock.shifted(later):
        answer = patch(client, address, 1, b"b")
        assert answer.status_code == 410 and "放得太久" in answer.content.decode()
        assert services.expire_uploads(10) == 1
    assert not Upload.objects.exists() and list(pieces.folder().iterdir()) == []


def test_bytes_that_the_disk_lost_are_asked_for_again(client: Client, user: User) -> None:
    address = begin(client, 100)["Location"]
    patch(client, address, 0, b"a" * 40)
    pieces.remove(Upload.objects.get().pk)
    assert patch(client, address, 40, b"b" * 10)["Upload-Offset"] == "0"


def test_so_many_open_uploads_and_no_more(client: Client, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OPEN_UPLOADS", 2)
    for number in range(2):
        assert begin(client, 100, fingerprint=str(number)).status_code == 201
    answer = begin(client, 100, fingerprint="9")
    assert answer.status_code == 422 and "您有 2 个文件没有传完，最多 2 个" in answer.content.decode()


def test_ASVS_3_5_1_a_forged_request_from_another_site_is_refused(user: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    assert begin(strict, 100).status_code == 403
    assert patch(strict, f"/files/uploads/{uuid4()}/", 0, b"a").status_code == 403
