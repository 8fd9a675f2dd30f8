"""Verification for everybody, download for those who may."""

from django.urls import path

from portal.documents.views import download, public

app_name = "documents"
urlpatterns = [
    path("verify/", public.verify_form, name="verify_form"),
    path("verify/<str:code>/", public.verify_document, name="verify_document"),
    path("documents/<uuid:pk>/", download.download, name="download"),
]
