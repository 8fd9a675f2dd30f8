"""All addresses of the portal."""

from django.urls import include, path

from portal.api import api

urlpatterns = [
    path("", include("portal.operations.urls")),
    path("", include("disclosure.urls")),
    path("", include("applications.urls")),
    path("desk/catalogue/", include("catalog.urls")),
    path("ledger/", include("portal.ledger.urls")),
    path("", include("portal.documents.urls")),
    path("", include("portal.files.urls")),
    path("", include("portal.messaging.urls")),
    path("", include("portal.readings.urls")),
    path("api/", api.urls),
    path("", include("portal.accounts.urls")),
    path("accounts/", include("portal.accounts.signin_urls")),
]

handler400 = "portal.web.views.errors.bad_request"
handler403 = "portal.web.views.errors.permission_denied"
handler404 = "portal.web.views.errors.page_not_found"
handler429 = "portal.web.views.errors.too_many"  # allauth asks for it by this name
handler500 = "portal.web.views.errors.server_error"
