"""What the desk pages of the catalogue share: tabs, and pages of one form."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from catalog.permissions import EVERYWHERE
from catalog.permissions import CataloguePermission as May
from catalog.queries import changes as change_queries
from portal.web.requests import PortalRequest
from portal.web.views import form_page as forms


def desk(request: PortalRequest, tab: str) -> dict[str, Any]:
    """Which tabs this person has, and which one is current."""
    grants = request.grants
    return {
        "tab": tab,
        "may": {
            "work": grants.has_any(May.EDIT_ITEM, May.SUBMIT_ITEM, May.VERIFY_ITEM, May.DECIDE_ITEM),
            "begin": grants.has(May.EDIT_ITEM),
            "decide": grants.has(May.DECIDE_ITEM),
            "everywhere": grants.has_any(*EVERYWHERE),
        },
        "waiting_count": change_queries.waiting(grants).count(),
    }


def form_page(request: PortalRequest, *, tab: str = "changes", **page: Any) -> HttpResponse:
    """`portal.web.views.form_page` on this workbench."""
    return forms.form_page(request, base="catalogue/base.html", desk=desk(request, tab), **page)
