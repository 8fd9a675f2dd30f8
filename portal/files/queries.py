"""Which file an actor may see."""

from __future__ import annotations

from uuid import UUID

from portal.files import policies
from portal.files.models import StoredFile
from portal.web.grants import Actor


def readable(file_id: UUID, actor: Actor) -> StoredFile | None:
    """The file, when the policy of its owner lets this actor read it; None also when there is none."""
    file = StoredFile.objects.filter(pk=file_id).first()
    if file is None or not policies.may_read(file.owner_kind, actor, file.owner_id):
        return None
    return file
