"""存证证明: the file that shows that a case's events stand in the ledger; it names no person."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications import publicity
from applications.models import Case
from applications.queries import case_for_applicant
from applications.views.progress import case_of
from portal.clock import local_date
from portal.ledger.proofs import proof_of
from portal.web.access import public, signed_in
from portal.web.errors import NotFound
from portal.web.requests import PortalRequest


@public
@never_cache
@require_safe
def progress_proof(request: PortalRequest, token: str) -> HttpResponse:
    """For whoever has the case number and the query code."""
    return _file(case_of(request, token))


@public
@require_safe
def public_proof(request: PortalRequest, number: str) -> HttpResponse:
    """For everyone, of a case that is listed in public."""
    return _file(publicity.published_case(number))


@signed_in
@require_safe
def my_case_proof(request: PortalRequest, case_id: UUID) -> HttpResponse:
    """For the applicant."""
    return _file(case_for_applicant(request.actor, case_id, local_date(request.now)))


def _file(case: Case) -> HttpResponse:
    proof = proof_of(case.pk)
    if proof is None:
        raise NotFound("这个办件正在入链存证，一分钟后再下载。")
    # One line: verify_log.py reads the file line by line.
    text = json.dumps(proof.document(case.number), ensure_ascii=False) + "\n"
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="proof-{case.number}.json"'
    return response
