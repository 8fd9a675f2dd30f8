"""How much one person may upload, and what is removed after which term."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal import clock
from portal.accounts.models import User
from portal.files import limits, services, storage
from portal.files.errors import FileRefused
from portal.files.models import StoredFile
from portal.files.services import collecting
from tests import factories as make
from tests.portal.files import hostile, samples

pytestmark = pytest.mark.django_db
KIND = "test_held"
USED: set[UUID] = set()


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES_DIR = tmp_path / "files"
    services.hold(KIND, _holders)
    yield
    USED.clear()


def _holders(ids: set[UUID]) -> set[UUID]:
    return ids & USED


def store(user: User, content: bytes | None = None, name: str = "a.png", now: dt.datetime | None = None) -> StoredFile:
    return services.store(
        upload=SimpleUploadedFile(name, content or samples.image()),
        owner_kind=KIND,
        owner_id=uuid4(),
        user=user,
        now=now or clock.now(),
    )


def test_ASVS_5_2_4_so_many_files_a_day_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make.citizen()
    monkeypatch.setattr(limits, "FILES_PER_DAY", 2)
    assert services.quota_text(user, clock.now()).startswith("您今天还可以传 2 个文件，共 1000 MB")
    store(user)
    store(user)
    with pytest.raises(FileRefused, match="您今天已经上传 2 个文件，每人每天最多 2 个"):
        store(user)
    assert StoredFile.objects.count() == 2
    store(make.citizen())
    with clock.shifted(clock.now() + dt.timedelta(days=1)):
        store(user)


def test_ASVS_5_2_4_so_many_bytes_a_day_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make.citizen()
    monkeypatch.setattr(limits, "BYTES_PER_DAY", 1000)
    store(user)
    with pytest.raises(FileRefused, match=r"这个文件 .*，您今天还可以传 .*，每人每天最多 1000 字节"):
        store(user, bytes(2000), "a.pdf")


def test_who_scans_at_a_window_may_do_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILES_PER_DAY", 1)
    clerk = make.staff(make.department(), "周丽").user
    store(clerk)
    store(clerk)


def test_a_file_that_nobody_uses_goes_after_its_term_and_its_bytes_after_theirs() -> None:
    user = make.citizen()
    used, unused = store(user), store(user, samples.image(size=(3, 3)))
    USED.add(used.pk)
    with clock.shifted(clock.now() + limits.UNUSED_AGE - dt.timedelta(hours=1)):
        assert services.collect_unused(10) == 0
    with clock.shifted(clock.now() + limits.UNUSED_AGE + dt.timedelta(hours=1)):
        assert services.collect_unused(10) == 1
        assert services.collect_unused(10) == 0
    assert list(StoredFile.objects.values_list("pk", flat=True)) == [used.pk]
    places = [
        storage.path_of(unused.sha256),
        storage.path_of(unused.original_sha256, storage.QUARANTINE),
        storage.path_of(used.sha256),
        storage.path_of(used.original_sha256, storage.QUARANTINE),
    ]
    assert services.collect_orphans(10) == 0, "too young"
    for place in places:
        os.utime(place, (1, 1))
    assert services.collect_orphans(10) == 2
    assert [place.exists() for place in places] == [False, False, True, True]


def test_a_refused_original_stays_longer_as_evidence() -> None:
    with pytest.raises(FileRefused):
        store(make.citizen(), hostile.docx_macros(), "a.docx")
    with clock.shifted(clock.now() + limits.UNUSED_AGE + dt.timedelta(days=1)):
        assert services.collect_unused(10) == 0
    with clock.shifted(clock.now() + limits.REFUSED_AGE + dt.timedelta(days=1)):
        assert services.collect_unused(10) == 1


def test_files_of_kinds_that_nobody_holds_are_left_alone() -> None:
    file = store(make.citizen())
    StoredFile.objects.filter(pk=file.pk).update(owner_kind="somebody_elses")
    with clock.shifted(clock.now() + limits.REFUSED_AGE * 2):
        assert services.collect_unused(10) == 0


def test_many_used_files_do_not_hide_the_unused_one(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make.citizen()
    files = [store(user, now=clock.now() + dt.timedelta(seconds=n)) for n in range(5)]
    USED.update(file.pk for file in files[:4])
    with clock.shifted(clock.now() + limits.UNUSED_AGE + dt.timedelta(days=1)):
        assert services.collect_unused(10) == 1
    assert not StoredFile.objects.filter(pk=files[4].pk).exists()


def test_pictures_of_pages_go_when_nobody_looks_any_more() -> None:
    place = storage.root(storage.PAGES) / "ab" / ("ab" + "0" * 62 + "-1-920")
    storage.write(place, b"jpeg", storage.PAGES)
    assert services.collect_orphans(10) == 0
    os.utime(place, (1, 1))
    assert services.collect_orphans(10) == 1 and not place.exists()


def test_the_sweep_looks_at_every_folder_within_an_hour_and_at_rows_once_a_night() -> None:
    for first in range(256):
        place = storage.root() / f"{first:02x}" / (f"{first:02x}" + "0" * 62)
        storage.write(place, b"x", storage.CLEAN)
        os.utime(place, (1, 1))
    assert sum(services.collect_orphans(1000, minute=minute) for minute in range(60)) == 256
    store(make.citizen())
    night = dt.datetime(2027, 6, 1, 3, 30, tzinfo=clock.SHANGHAI)
    with clock.shifted(night + dt.timedelta(hours=1)):
        assert services.sweep_unused(10) == 0
    with clock.shifted(night):
        assert services.sweep_unused(10) == 1


def test_two_holders_of_one_kind_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="two holders"):
        collecting.hold(KIND, lambda ids: ids)
