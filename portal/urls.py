"""All addresses of the portal."""

from django.urls import include, path

from portal.api import api

urlpatterns = [
    path("", include("portal.operations.urls")),
    path("api/", api.urls),
    path("accounts/", include("allauth.account.urls")),
]
