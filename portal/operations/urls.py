"""Addresses of operations."""

from django.urls import include, path

from portal.operations import views

app_name = "operations"
urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("operations/", include("portal.operations.organisation.urls")),
]
