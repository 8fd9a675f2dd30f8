"""The portal's addresses and `hello/`, which exists only here."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from portal import urls
from portal.web.access import public

handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
handler429, handler500 = urls.handler429, urls.handler500


@public
def hello(request: HttpRequest) -> HttpResponse:
    """What the server and the middleware cost without any page."""
    return HttpResponse("hello")


urlpatterns = [path("hello/", hello, name="hello"), path("", include("portal.urls"))]
