"""Scans at the window: optional, stored as soon as they come, so that a wrong field loses none."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, cast
from uuid import UUID

from applications import services
from applications.attachments import INTAKE_KIND, OWNER_KIND, intake_owner, key_of
from applications.forms.desk_check import CheckRow
from applications.forms.desk_intake import HallApplicationForm
from applications.models import Case
from portal.accounts.models import User
from portal.files import services as files
from portal.files.errors import FileRefused
from portal.files.limits import ACCEPT, for_the_page
from portal.files.models import StoredFile
from portal.files.queries import open_uploads
from portal.web.errors import DomainError
from portal.web.requests import PortalRequest


def take(request: PortalRequest, form: HallApplicationForm) -> str:
    """Store what came and remove what was taken back; the button that was pressed when it was one of the scans'."""
    key = form.intake_key
    if key is None:
        return ""
    if removed := request.POST.get("remove", ""):
        _remove(request, form, key, key_of(removed))
    if given_up := request.POST.get("giveup", ""):
        files.cancel_upload(user=cast(User, request.user), upload_id=key_of(given_up), now=request.now)
    known = found(request, form)
    for requirement in form.materials:
        here = list(known.get(requirement.pk, ()))
        for upload in request.FILES.getlist(f"m_{requirement.pk.hex}_scan"):
            try:
                files.check_count(of_material=len(here), of_case=sum(map(len, known.values())))
                here.append(
                    files.store(
                        upload=upload,
                        owner_kind=INTAKE_KIND,
                        owner_id=intake_owner(key, requirement.pk),
                        user=cast(User, request.user),
                        now=request.now,
                    )
                )
            except FileRefused as refused:
                form.scan_errors.setdefault(requirement.pk, []).append(refused.message)
    return removed or given_up or request.POST.get("upload", "")


def found(request: PortalRequest, form: HallApplicationForm) -> dict[UUID, list[StoredFile]]:
    """The scans of this form by requirement (1 query); refused ones stay in quarantine and are not shown again."""
    key = form.intake_key
    if key is None:
        return {}
    owners = {intake_owner(key, requirement.pk): requirement.pk for requirement in form.materials}
    scans: dict[UUID, list[StoredFile]] = defaultdict(list)
    seen: set[tuple[UUID, str]] = set()
    rows = StoredFile.objects.filter(
        owner_kind=INTAKE_KIND, owner_id__in=owners, uploaded_by_id=request.actor.user_id
    ).exclude(state=StoredFile.State.REFUSED)
    for file in rows.order_by("uploaded_at", "pk"):
        if (file.owner_id, file.original_sha256) not in seen:  # a page sent again is once
            seen.add((file.owner_id, file.original_sha256))
            scans[owners[file.owner_id]].append(file)
    return dict(scans)


def _remove(request: PortalRequest, form: HallApplicationForm, key: UUID, file_id: UUID) -> None:
    owners = [intake_owner(key, requirement.pk) for requirement in form.materials]
    StoredFile.objects.filter(
        pk=file_id, owner_kind=INTAKE_KIND, owner_id__in=owners, uploaded_by_id=request.actor.user_id
    ).delete()


def take_for_case(request: PortalRequest, case: Case, rows: list[CheckRow]) -> None:
    """Scans that a clerk adds on the check page; each refusal stands at its row, and what is right stays."""
    total = sum(row.file_count for row in rows)
    for row in rows:
        count = row.file_count
        for upload in request.FILES.getlist(f"{row.prefix}-scan"):
            try:
                files.check_count(of_material=count, of_case=total)
                file = files.store(
                    upload=upload,
                    owner_kind=OWNER_KIND,
                    owner_id=case.pk,
                    user=cast(User, request.user),
                    now=request.now,
                )
                if services.add_scan(material_id=row.material.pk, file_id=file.pk, actor=request.actor) is not None:
                    count, total = count + 1, total + 1
            except DomainError as error:
                row.errors["scan"] = f"“{row.material.name}”的扫描件：{error.message}"


def page_context(request: PortalRequest, form: HallApplicationForm) -> dict[str, Any]:
    """What the form's page tells about scans."""
    key = form.intake_key
    uploads = open_uploads(cast(User, request.user).pk, INTAKE_KIND, key, request.now) if key is not None else []
    lines = [
        {"target": f"id_m_{requirement.pk.hex}_scan", "text": f"{requirement.name}：{error}"}
        for requirement in form.materials
        for error in form.scan_errors.get(requirement.pk, [])
    ]
    return {
        "limits": files.limits_text(),
        "accept": ACCEPT,
        "open_uploads": uploads,
        "scan_lines": [] if form.is_bound else lines,
        **for_the_page(),
    }
