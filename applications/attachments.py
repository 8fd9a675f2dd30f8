"""Files of a case: they belong to it once they are attached, and nobody attaches another's file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid5

from applications.models import Case, CaseMaterial, CaseMaterialFile
from portal.files import services as files
from portal.files.models import StoredFile
from portal.web.errors import BadInput
from portal.web.grants import Actor, acting_user

OWNER_KIND: Final = "case"
DRAFT_KIND: Final = "draft"
#: Scans that a clerk brings with the form of the hall, before there is a case.
INTAKE_KIND: Final = "intake"


def attach_supplied(
    *, case: Case, material: CaseMaterial, file_ids: Sequence[UUID], actor: Actor, now: dt.datetime
) -> list[CaseMaterialFile]:
    """Put uploaded files beside what was given first; the same file twice is once. Raises BadInput."""
    known = set(material.files.values_list("file_id", flat=True))
    added = []
    for file in own_files(case, [each for each in dict.fromkeys(file_ids) if each not in known], actor):
        files.assign(file, OWNER_KIND, case.pk)
        added.append(
            CaseMaterialFile.objects.create(
                material=material, file=file, supplied=True, added_at=now, added_by_id=acting_user(actor)
            )
        )
    return added


def attach_scan(
    *, case: Case, material: CaseMaterial, file: StoredFile, actor: Actor, now: dt.datetime
) -> CaseMaterialFile | None:
    """Put a clerk's scan beside what was given; the same content under the material is once."""
    if material.files.filter(file__original_sha256=file.original_sha256).exists():
        return None
    files.assign(file, OWNER_KIND, case.pk)
    return CaseMaterialFile.objects.create(
        material=material, file=file, added_at=now, added_by_id=acting_user(actor)
    )


def unclean_fault(given: Sequence[StoredFile]) -> str:
    """What keeps these files from being handed in; "" when all of them passed the check."""
    for file in given:
        if file.is_refused:
            return f"“{file.name}”没有通过检查。{file.refusal}请先删除它。"
    for file in given:
        if file.is_pending:
            return f"“{file.name}”正在检查，一般不到一分钟。请过一会儿再提交。"
    return ""


def intake_owner(key: UUID, requirement_id: UUID) -> UUID:
    """Whose a scan is before the case exists: one material on one form of the hall."""
    return uuid5(key, str(requirement_id))


def key_of(text: str) -> UUID:
    """The id that a button sent; one that nothing has when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def own_files(case: Case, file_ids: Sequence[UUID], actor: Actor) -> list[StoredFile]:
    """The files that this actor uploaded, not yet anybody else's; raises BadInput for any other."""
    found = {file.pk: file for file in StoredFile.objects.filter(pk__in=file_ids, uploaded_by_id=acting_user(actor))}
    for file_id in file_ids:
        file = found.get(file_id)
        if file is None or (file.owner_kind == OWNER_KIND and file.owner_id != case.pk):
            raise BadInput("没有找到上传的文件，请重新上传。", field="supplies", code="file_unknown")
    return [found[file_id] for file_id in file_ids]
