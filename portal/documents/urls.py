"""Verification for everybody, download for those who may, revocation for those who must."""

from django.urls import path

from portal.documents.views import download, public, staff, trust

app_name = "documents"
urlpatterns = [
    path("verify/", public.verify_form, name="verify_form"),
    path("verify/file/", public.verify_file, name="verify_file"),
    path("verify/<str:code>/", public.verify_document, name="verify_document"),
    path("trust/", trust.page, name="trust"),
    path("trust/root.pem", trust.root, name="trust_root"),
    path("trust/chain.pem", trust.chain, name="trust_chain"),
    path("trust/revoked.crl", trust.revoked, name="trust_revoked"),
    path("documents/<uuid:pk>/", download.download, name="download"),
    path("documents/<uuid:pk>/status/", staff.document_status, name="document_status"),
    path("seals/", staff.certificates, name="certificates"),
    path("seals/renew/", staff.certificate_renew, name="certificate_renew"),
    path("seals/<uuid:pk>/revoke/", staff.certificate_revoke, name="certificate_revoke"),
]
