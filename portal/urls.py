"""All addresses of the portal."""

from django.urls import include, path

from portal.api import api

urlpatterns = [
    path("", include("portal.operations.urls")),
    path("api/", api.urls),
    path("accounts/", include("allauth.account.urls")),
]

handler400 = "portal.web.views.errors.bad_request"
handler403 = "portal.web.views.errors.permission_denied"
handler404 = "portal.web.views.errors.page_not_found"
handler500 = "portal.web.views.errors.server_error"
