"""Files of a case: they belong to it once they are attached, and nobody attaches another's file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from applications.models import Case, CaseMaterial, CaseMaterialFile
from applications.people import acting_user
from portal.files import services as files
from portal.files.models import StoredFile
from portal.web.errors import BadInput
from portal.web.grants import Actor

OWNER_KIND: Final = "case"
DRAFT_KIND: Final = "draft"


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


def own_files(case: Case, file_ids: Sequence[UUID], actor: Actor) -> list[StoredFile]:
    """The files that this actor uploaded, not yet anybody else's; raises BadInput for any other."""
    found = {file.pk: file for file in StoredFile.objects.filter(pk__in=file_ids, uploaded_by_id=acting_user(actor))}
    for file_id in file_ids:
        file = found.get(file_id)
        if file is None or (file.owner_kind == OWNER_KIND and file.owner_id != case.pk):
            raise BadInput("没有找到上传的文件，请重新上传。", field="supplies", code="file_unknown")
    return [found[file_id] for file_id in file_ids]
