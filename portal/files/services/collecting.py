"""What belongs to nobody goes, each after its term: rows first, their bytes later, pieces and pictures in between."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, Q

from portal import clock
from portal.files import limits, pieces, storage
from portal.files.models import StoredFile, Upload

#: Besides our own rows: who else keeps bytes here. Each gets hashes and returns those that it refers to.
References = Callable[[set[str]], set[str]]
#: Who holds files of which kinds of owner: gets ids and returns those that are in use.
Holders = Callable[[set[UUID]], set[UUID]]

#: Hour and minute in Shanghai.
_NIGHTLY = (3, 30)

_references: list[References] = []
_holders: dict[str, Holders] = {}


def refer_from(references: References) -> None:
    """Register another user of the content store, so that the collection keeps its bytes."""
    if references not in _references:
        _references.append(references)


def hold(owner_kind: str, holders: Holders) -> None:
    """Register who uses the files of a kind of owner: what nobody uses is removed after its term."""
    if _holders.get(owner_kind, holders) is not holders:
        raise ValueError(f"two holders of files of {owner_kind!r}")
    _holders[owner_kind] = holders


def sweep_unused(limit: int) -> int:
    """`collect_unused` once a night: it looks at every old row."""
    at = clock.now().astimezone(clock.SHANGHAI)
    return collect_unused(limit) if (at.hour, at.minute) == _NIGHTLY else 0


def collect_unused(limit: int) -> int:
    """Remove up to `limit` rows of files that belonged to something once; a refused one stays longer, as evidence."""
    now = clock.now()
    removed = 0
    for kind, holders in _holders.items():
        old = (
            StoredFile.objects.filter(owner_kind=kind)
            .filter(
                Q(uploaded_at__lt=now - limits.REFUSED_AGE)
                | Q(uploaded_at__lt=now - limits.UNUSED_AGE) & ~Q(state=StoredFile.State.REFUSED)
            )
            .order_by("uploaded_at", "pk")
        )
        last: tuple[dt.datetime, UUID] | None = None
        while removed < limit:
            rows = old if last is None else old.filter(
                Q(uploaded_at__gt=last[0]) | Q(uploaded_at=last[0], pk__gt=last[1])
            )
            page = list(rows.values_list("uploaded_at", "pk")[:1000])
            if not page:
                break
            last = page[-1]
            unused = {pk for _, pk in page}
            unused -= holders(unused)
            removed += sum(_removed(pk) for pk in sorted(unused)[: limit - removed])
    return removed


def _removed(file_id: UUID) -> bool:
    try:
        with transaction.atomic():
            return StoredFile.objects.filter(pk=file_id).delete()[0] > 0
    except ProtectedError:  # somebody took it meanwhile
        return False


def sweep_orphans(limit: int) -> int:
    """`collect_orphans` a sixtieth at a time: each minute looks at other folders."""
    return collect_orphans(limit, minute=time.gmtime().tm_min)


def collect_orphans(limit: int, *, minute: int | None = None) -> int:
    """Remove up to `limit` files on disk that are older than a day and that no row refers to; returns how many.

    A file's age is told by the disk and not by the business clock: bytes of an act that is not committed yet are young.
    """
    removed = 0
    for area in (storage.CLEAN, storage.QUARANTINE, storage.PAGES):
        for folder in storage.folders(area):
            if minute is not None and int(folder.name, 16) % 60 != minute:
                continue
            removed += _collect(folder, area, limit - removed)
            if removed >= limit:
                return removed
    return removed


def _collect(folder: Path, area: str, limit: int) -> int:
    age = limits.PAGES_AGE if area == storage.PAGES else limits.ORPHAN_AGE
    old = set(storage.older_than(folder, age))
    kept = set[str]() if area == storage.PAGES else referenced({name for name in old if storage.is_hash(name)}, area)
    return sum(storage.remove_old(folder / name, age) for name in sorted(old - kept)[:limit])


def referenced(hashes: set[str], area: str = storage.CLEAN) -> set[str]:
    """Which of these contents somebody refers to."""
    column = "sha256" if area == storage.CLEAN else "original_sha256"
    kept = set(
        StoredFile.objects.filter(**{f"{column}__in": hashes}).order_by().values_list(column, flat=True)
    )
    if area == storage.CLEAN:
        for references in _references:
            kept |= references(hashes - kept)
    return kept


def expire_uploads(limit: int) -> int:
    """End uploads that nobody goes on with, and remove pieces whose row is gone."""
    now = clock.now()
    with transaction.atomic():
        over = list(
            Upload.objects.filter(expires_at__lte=now)
            .order_by("expires_at", "pk")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:limit]
        )
        Upload.objects.filter(pk__in=over).delete()
    for upload_id in over:
        pieces.remove(upload_id)
    left = [upload_id for upload_id in pieces.old() if upload_id not in set(over)]
    known = set(Upload.objects.filter(pk__in=left).values_list("pk", flat=True))
    for upload_id in left:
        if upload_id not in known:
            pieces.remove(upload_id)
    return len(over)
