"""The virus scanner: found, clean, absent, hanging, refusing; over a real socket."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal import clock
from portal.accounts.models import User
from portal.files import scanning, services, storage
from portal.files.errors import FileRefused
from portal.files.models import StoredFile
from portal.files.scanning import ClamAV, Verdict
from portal.outbox.models import Job
from portal.outbox.services import run_due
from tests.portal.files import hostile, samples
from tests.portal.files.clamd import Clamd

VIRUS = "查出病毒，不能接收。请在您的电脑上查毒，换一份干净的文件再传。"


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture(params=["unix", "tcp"])
def clamd(request: pytest.FixtureRequest, settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    place = tmp_path_factory.mktemp("c") / "s" if request.param == "unix" else None
    gateway = Clamd(place)
    settings.CLAMD_ADDRESS = gateway.address
    yield gateway
    gateway.close()


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user(username="uploader")


def store(content: bytes, name: str, user: User) -> StoredFile:
    return services.store(
        upload=SimpleUploadedFile(name, content), owner_kind="t", owner_id=uuid4(), user=user, now=clock.now()
    )


def infected() -> bytes:
    """Nothing that the cleaning minds; not compressed, for the gateway of the tests unpacks nothing."""
    target = io.BytesIO(hostile.docx())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("word/media/note.txt", hostile.EICAR)
    return target.getvalue()


def test_a_clean_file_says_that_it_was_scanned(clamd: Clamd, user: User) -> None:
    content = samples.pdf()
    file = store(content, "a.pdf", user)
    assert (file.state, file.scan) == ("clean", "clean") and file.scanned_at is not None
    assert clamd.seen == [content], "the original is what is looked at"


def test_ASVS_5_4_3_a_virus_is_refused(clamd: Clamd, user: User) -> None:
    with pytest.raises(FileRefused) as refused:
        store(infected(), "a.docx", user)
    assert refused.value.message == VIRUS
    file = StoredFile.objects.get()
    assert (file.state, file.scan, file.refusal_code) == ("refused", "infected", "virus")
    assert storage.folders() == []


def test_a_large_file_goes_over_in_pieces(clamd: Clamd) -> None:
    content = bytes(3_000_000)
    assert ClamAV(clamd.address).scan(content) is Verdict.CLEAN
    assert clamd.seen == [content]


def test_without_a_scanner_files_are_taken_and_marked(settings: Any, user: User) -> None:
    settings.CLAMD_ADDRESS = ""
    file = store(samples.pdf(), "a.pdf", user)
    assert file.is_clean and file.is_unscanned and file.get_scan_display() == "未查毒"
    assert not Job.objects.filter(kind="files.scan").exists(), "nobody to ask later"


@pytest.mark.parametrize("mood", ["mute", "rude", "babbling"])
def test_a_scanner_that_fails_keeps_nobody_waiting_and_is_asked_again(
    mood: str, clamd: Clamd, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.files.limits.WAIT_FOR_CHECK", 0.3)
    monkeypatch.setattr(scanning, "REST_SECONDS", 0.0)
    clamd.mood = mood
    content = samples.pdf(pages=2)
    file = store(content, "a.pdf", user) if mood != "mute" else _late(content, user)
    assert file.is_clean and file.is_unscanned
    clamd.mood = "well"
    assert run_due() >= 1
    file.refresh_from_db()
    assert (file.state, file.scan) == ("clean", "clean")


def _late(content: bytes, user: User) -> StoredFile:
    """The scanner hangs, the checker itself is quick enough when it is warm."""
    from portal.files import checker

    checker.clean(content, "pdf", wait=30)
    return store(content, "a.pdf", user)


def test_a_virus_that_is_found_later_takes_the_file_out_of_circulation(clamd: Clamd, user: User) -> None:
    clamd.mood = "rude"
    file = store(infected(), "a.docx", user)
    assert file.is_clean and file.is_unscanned
    clamd.mood = "well"
    run_due()
    file.refresh_from_db()
    assert (file.state, file.scan, file.sha256, file.refusal) == ("refused", "infected", "", VIRUS)


def test_an_absent_scanner_is_asked_again_and_the_job_is_not_lost(settings: Any, tmp_path: Path, user: User) -> None:
    settings.CLAMD_ADDRESS = f"unix://{tmp_path}/nobody"
    file = store(samples.pdf(), "a.pdf", user)
    assert file.is_clean and file.is_unscanned
    run_due()
    job = Job.objects.get(kind="files.scan")
    assert job.done_at is None and job.attempts == 1 and "ScannerAway" in job.last_error


def test_a_file_that_is_too_large_for_the_scanner_is_marked_and_not_asked_again(clamd: Clamd, user: User) -> None:
    clamd.mood = "small"
    file = store(samples.pdf(), "a.pdf", user)
    assert file.is_clean and file.is_unscanned
    assert not Job.objects.filter(kind="files.scan").exists()


def test_a_scanner_that_hangs_is_left_alone_for_a_while(clamd: Clamd, monkeypatch: pytest.MonkeyPatch) -> None:
    clamd.mood = "mute"
    assert ClamAV(clamd.address, answer_seconds=0.1).scan(b"x") is Verdict.UNKNOWN
    clamd.mood = "well"
    assert ClamAV(clamd.address).scan(b"x") is Verdict.UNKNOWN and clamd.seen == [], "nobody waits for it"
    monkeypatch.setattr(scanning, "_resting_until", {})
    assert ClamAV(clamd.address).scan(b"x") is Verdict.CLEAN


def test_the_time_that_a_page_waits_for_the_scanner_is_bounded(clamd: Clamd) -> None:
    clamd.mood = "mute"
    assert ClamAV(clamd.address, answer_seconds=0.1).scan(b"x") is Verdict.UNKNOWN
    assert scanning.ANSWER_SECONDS <= 30 and dt.timedelta(seconds=scanning.CONNECT_SECONDS) < dt.timedelta(seconds=10)
