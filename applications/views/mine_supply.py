"""补正: each line with what it asks and its files; what was uploaded stays, whatever happens to the connection."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications import services
from applications.attachments import OWNER_KIND, key_of, unclean_fault
from applications.forms.mine import SubmitSupplyForm
from applications.links import document_url, preview_url
from applications.models import Case, CaseMaterialFile, CorrectionLine
from applications.queries import case_for_applicant, documents_of
from applications.states import CaseState
from applications.uploads import SUPPLY, place
from portal.accounts.models import User
from portal.clock import local_date
from portal.documents.kinds import DocumentKind
from portal.files import services as files
from portal.files.errors import FileRefused
from portal.files.limits import ACCEPT, for_the_page
from portal.files.models import Upload
from portal.files.queries import open_uploads
from portal.web.access import signed_in
from portal.web.components import ErrorLink
from portal.web.errors import BadInput, WrongState
from portal.web.keys import uuid7
from portal.web.requests import PortalRequest

Errors = dict[UUID, list[str]]


@signed_in
@require_http_methods(["GET", "POST"])
def supply(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """Every button sends the whole form, so that a chosen file is never forgotten."""
    case = case_for_applicant(request.actor, case_id, local_date(request.now))
    if case.state != CaseState.CORRECTING:
        return redirect("applications:my_case", case.pk)
    if request.method != "POST":
        return _show(request, case, {}, SubmitSupplyForm(initial={"key": uuid7()}))
    if removed := request.POST.get("remove", ""):
        _remove(request, case, removed)
    if given_up := request.POST.get("giveup", ""):
        files.cancel_upload(user=cast(User, request.user), upload_id=key_of(given_up), now=request.now)
    errors = _take_uploads(request, case)
    form = SubmitSupplyForm(request.POST)
    if "submit" not in request.POST:
        return _show(request, case, errors, form) if errors else redirect(_back(request, case))
    for line in _lines(case):
        if line.pk not in errors and (fault := unclean_fault([given.file for given in _supplied(line)])):
            errors[line.pk] = [fault]
        if line.pk not in errors and line.supplied_at is None and not _supplied(line):
            errors[line.pk] = ["还没有上传。请上传后再提交。"]
    if not errors and form.is_valid():
        try:
            services.apply(
                case_id=case.pk, action="supply", actor=request.actor, key=form.cleaned_data["key"], supplies=[]
            )
        except (BadInput, WrongState) as error:
            form.add_domain_error(error)
        else:
            return redirect("applications:my_case", case.pk)
    return _show(request, case, errors, form)


def _lines(case: Case) -> list[CorrectionLine]:
    return list(
        case.correction.lines.select_related("material__requirement")
        .prefetch_related("material__files__file")
        .order_by("material__position")
    )


def _supplied(line: CorrectionLine) -> list[CaseMaterialFile]:
    return [given for given in line.material.files.all() if given.supplied]


def _input_name(line: CorrectionLine) -> str:
    return f"file-{line.pk}"


def _back(request: PortalRequest, case: Case) -> str:
    """The same page, at the line that the visitor was busy with."""
    address = reverse("applications:supply", args=[case.pk])
    for line in _lines(case):
        if _input_name(line) in request.FILES or request.POST.get("upload") == str(line.pk):
            return f"{address}#line-{line.pk}"
    return address


def _remove(request: PortalRequest, case: Case, text: str) -> None:
    for line in _lines(case):
        for given in _supplied(line):
            if str(given.pk) == text:
                services.remove_supply_file(material_file_id=given.pk, actor=request.actor)


def _take_uploads(request: PortalRequest, case: Case) -> Errors:
    errors: Errors = {}
    lines = _lines(case)
    total = CaseMaterialFile.objects.filter(material__case=case).count()
    for line in lines:
        given = line.material.files.all()
        count, known = len(given), {one.file.original_sha256 for one in given if one.supplied}
        for upload in request.FILES.getlist(_input_name(line)):
            try:
                files.check_count(of_material=count, of_case=total)
                if _take(request, case, line, upload, known):
                    count, total = count + 1, total + 1
            except FileRefused as refused:
                errors.setdefault(line.pk, []).append(refused.message)
    return errors


def _take(request: PortalRequest, case: Case, line: CorrectionLine, upload: UploadedFile, known: set[str]) -> bool:
    """Store one file under its line; the same content again is once."""
    stored = files.store(
        upload=upload, owner_kind=OWNER_KIND, owner_id=case.pk, user=cast(User, request.user), now=request.now
    )
    if stored.original_sha256 in known:
        return False  # nobody uses it, so it goes by itself
    known.add(stored.original_sha256)
    services.add_supply_file(line_id=line.pk, file_id=stored.pk, actor=request.actor)
    return True


def _show(request: PortalRequest, case: Case, errors: Errors, form: SubmitSupplyForm) -> HttpResponse:
    lines = _lines(case)
    notice = documents_of(case).filter(kind=DocumentKind.CORRECTION).first()
    uploads = open_uploads(cast(User, request.user).pk, SUPPLY, case.pk, request.now)
    rows = [_row(case, line, errors.get(line.pk, []), uploads) for line in lines]
    context = {
        "case": case,
        "form": form,
        "rows": rows,
        "ready": sum(1 for row in rows if row["files"] or row["on_paper"]),
        "until": case.correction.supply_until,
        "summary": [
            *(ErrorLink("", "", str(message)) for message in (form.non_field_errors() if form.is_bound else ())),
            *(ErrorLink(row["input"], row["line"].material.name, error) for row in rows for error in row["errors"]),
        ],
        "notice_url": document_url(notice) if notice is not None else "",
        "limits": files.limits_text(),
        "quota": files.quota_text(cast(User, request.user), request.now),
        "pending": any(one["file"].is_pending for row in rows for one in row["files"]),
        "accept": ACCEPT,
        **for_the_page(),
    }
    return render(request, "applications/mine/supply.html", context)


def _row(case: Case, line: CorrectionLine, errors: list[str], uploads: list[Upload]) -> dict[str, Any]:
    given = _supplied(line)
    return {
        "place": place(SUPPLY, case.pk, line.pk),
        "uploads": [upload for upload in uploads if upload.slot == str(line.pk)],
        "unclean": any(not one.file.is_clean for one in given),
        "line": line,
        "input": _input_name(line),
        "errors": errors,
        "on_paper": line.supplied_at is not None and not given,
        "files": [{"given": one, "file": one.file, "url": preview_url(one.file)} for one in given],
    }
