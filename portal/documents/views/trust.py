"""What outsiders need to verify a file without us, at addresses that do not change."""

from __future__ import annotations

from asn1crypto import pem
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.documents import queries
from portal.documents.models import SigningCertificate
from portal.web.access import public

NAV = {"nav": "publicity"}


@public
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """How to verify by oneself, and the files for it."""
    context = {"certificates": queries.published_certificates(), "listed": queries.newest_list()} | NAV
    return render(request, "documents/trust.html", context)


@public
@require_safe
@cache_control(public=True, max_age=3600)
def root(request: HttpRequest) -> HttpResponse:
    """The roots, PEM: the only thing that a verifier must have from a trusted place."""
    return _pem([row for row in queries.published_certificates() if row.role == SigningCertificate.Role.ROOT])


@public
@require_safe
@cache_control(public=True, max_age=3600)
def chain(request: HttpRequest) -> HttpResponse:
    """All certificates of all documents, PEM."""
    return _pem(queries.published_certificates())


@public
@require_safe
@cache_control(public=True, max_age=300)
def revoked(request: HttpRequest) -> HttpResponse:
    """The newest revocation list, DER."""
    newest = queries.newest_list()
    if newest is None:
        raise Http404
    return HttpResponse(bytes(newest.der), content_type="application/pkix-crl")


def _pem(rows: list[SigningCertificate]) -> HttpResponse:
    if not rows:
        raise Http404
    text = b"".join(pem.armor("CERTIFICATE", bytes(row.der)) for row in rows)
    return HttpResponse(text, content_type="application/x-pem-file")
