"""Staff change what a document or a certificate is worth; each is an act with a reason."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.recent import recently_authenticated
from portal.documents import contents, queries, services
from portal.documents.forms import RevokeCertificateForm, StatusForm
from portal.documents.models import SigningCertificate
from portal.documents.permissions import DocumentsPermission
from portal.web.access import needs
from portal.web.errors import DomainError
from portal.web.requests import PortalRequest


# A fresh sign-in is asked for here (portal.accounts): a revocation cannot be undone.
@needs(DocumentsPermission.REVOKE_DOCUMENT)
@recently_authenticated
@require_http_methods(["GET", "HEAD", "POST"])
def document_status(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Suspend, resume or revoke a document of the actor's own organ."""
    document = queries.revocable(pk, request.actor)
    if document is None:
        raise Http404
    form = StatusForm(request.POST if request.method == "POST" else None, status=document.status)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_status(document_id=pk, actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_domain_error(error)
        else:
            return HttpResponseRedirect(request.get_full_path(), status=303)
    context = {
        "document": document,
        "form": form,
        "acts": queries.acts_of(document),
        "final": document.status in {"revoked", "superseded"},
        "erased": contents.is_erased(document),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "documents/document_status.html", context, status=status)


@needs(DocumentsPermission.MANAGE_CERTIFICATES)
@require_http_methods(["GET", "HEAD"])
def certificates(request: PortalRequest) -> HttpResponse:
    """The certificates, how long they hold, and what was revoked."""
    context = {
        "certificates": queries.published_certificates(),
        "expiry": queries.certificates_expiry(),
        "listed": queries.newest_list(),
        "renewed": "renewed" in request.GET,
    }
    return render(request, "documents/certificates.html", context)


# A fresh sign-in is asked for here (portal.accounts): a revocation cannot be undone.
@needs(DocumentsPermission.MANAGE_CERTIFICATES)
@recently_authenticated
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_revoke(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Trust a certificate no longer."""
    certificate = get_object_or_404(SigningCertificate, pk=pk)
    form = RevokeCertificateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.revoke_certificate(certificate_id=pk, actor=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_domain_error(error)
        else:
            return redirect("documents:certificates")
    status = 422 if request.method == "POST" else 200
    context = {"certificate": certificate, "form": form}
    return render(request, "documents/certificate_revoke.html", context, status=status)


# A fresh sign-in is asked for here (portal.accounts).
@needs(DocumentsPermission.MANAGE_CERTIFICATES)
@require_POST
def certificate_renew(request: PortalRequest) -> HttpResponse:
    """A new signing certificate of the development authority."""
    services.renew_signer(actor=request.actor)
    return redirect(reverse("documents:certificates") + "?renewed=1")
