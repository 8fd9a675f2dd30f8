"""Two at once: a piece sent twice, two checks of one file, two uploads at the edge of the quota; and a full disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal import clock
from portal.accounts.models import User
from portal.files import checker, limits, pieces, services, storage, targets
from portal.files.errors import FileRefused, StorageFull
from portal.files.models import StoredFile, Upload
from portal.files.services.uploading import OffsetDiffers
from portal.outbox.models import Job
from portal.outbox.services import run_due
from portal.web.grants import Actor
from tests import factories as make
from tests.factories.people import acting
from tests.portal.files import samples
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
KIND = "test_race"


def _attach(_actor: Actor, _target_id: UUID, _slot: str, _file: StoredFile) -> None:
    """The test looks at the rows of files."""


def _check(_actor: Actor, target_id: UUID, _slot: str) -> tuple[str, UUID]:
    return KIND, target_id


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES_DIR = tmp_path / "files"
    targets.register(KIND, targets.Target(_check, _attach))
    yield
    checker.CHECKER.close()


def received(user: User, content: bytes | None = None) -> StoredFile:
    return services.receive(
        upload=SimpleUploadedFile("a.png", content or samples.image()),
        owner_kind=KIND,
        owner_id=uuid4(),
        user=user,
        now=clock.now(),
    )


def test_the_last_piece_sent_twice_at_once_makes_one_file() -> None:
    user = make.citizen()
    content = samples.image()
    actor = acting(user)
    begun = services.begin_upload(
        actor=actor,
        user=user,
        target_kind=KIND,
        target_id=uuid4(),
        slot="",
        name="a.png",
        fingerprint="",
        size=len(content),
        now=clock.now(),
    )

    def send() -> Upload:
        return services.append(
            actor=actor, user=user, upload_id=begun.pk, offset=0, content=content, now=clock.now()
        )

    results = at_once(send, send, send)
    assert sum(isinstance(each, Upload) for each in results) == 1
    assert sum(isinstance(each, OffsetDiffers) for each in results) == 2
    assert StoredFile.objects.count() == 1 and Job.objects.filter(kind="files.check").count() == 1
    assert not pieces.path_of(begun.pk).exists()


def test_two_checks_of_one_file_end_it_once() -> None:
    file = received(make.citizen())
    results = at_once(*[lambda: services.check_file(file_id=file.pk, wait=30)] * 3)
    assert {each.state for each in results} <= {"clean", "checking"}
    file.refresh_from_db()
    assert file.is_clean and storage.path_of(file.sha256).exists()
    Job.objects.update(due_at=clock.now())
    run_due()
    assert not Job.objects.filter(done_at=None).exists()


def test_a_request_that_died_leaves_the_file_to_the_outbox() -> None:
    file = received(make.citizen())
    StoredFile.objects.filter(pk=file.pk).update(state="checking")  # as a killed web process leaves it
    Job.objects.update(due_at=clock.now())
    run_due()
    file.refresh_from_db()
    assert file.is_clean


def test_a_checker_that_serves_others_is_waited_for_and_then_the_outbox_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAIT_FOR_CHECK", 0.05)
    user = make.citizen()
    with checker.CHECKER._lock:
        file = services.store(
            upload=SimpleUploadedFile("a.png", samples.image()),
            owner_kind=KIND,
            owner_id=uuid4(),
            user=user,
            now=clock.now(),
        )
    assert file.is_pending
    file.refresh_from_db()
    assert file.state == "received"
    Job.objects.update(due_at=clock.now())
    run_due()
    file.refresh_from_db()
    assert file.is_clean


def test_the_quota_holds_for_uploads_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILES_PER_DAY", 2)
    user = make.citizen()
    results = at_once(*[lambda: received(user)] * 5)
    assert sum(isinstance(each, StoredFile) for each in results) == 2
    assert sum(isinstance(each, FileRefused) for each in results) == 3
    assert StoredFile.objects.count() == 2


def test_a_full_disk_is_said_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make.citizen()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull, match="存储空间暂时不够"):
        received(user)
    assert not StoredFile.objects.exists() and not Job.objects.filter(kind="files.check").exists()
    assert [path for folder in storage.folders(storage.QUARANTINE) for path in folder.iterdir()] == []


def test_an_owner_that_does_not_change_is_not_written(django_assert_num_queries: Any) -> None:
    file = received(make.citizen())
    with django_assert_num_queries(0):
        services.assign(file, file.owner_kind, file.owner_id)


