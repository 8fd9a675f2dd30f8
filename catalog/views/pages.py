"""What the desk pages of the catalogue share: tabs, and a form that calls a service and goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from catalog import change_queries
from catalog.permissions import EVERYWHERE
from catalog.permissions import CataloguePermission as May
from portal.web.errors import DomainError
from portal.web.forms import PortalForm
from portal.web.requests import PortalRequest


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


def form_page(
    request: PortalRequest,
    *,
    form: PortalForm,
    act: Callable[[dict[str, Any]], object],
    title: str,
    primary: str,
    back: str,
    tab: str = "changes",
    intro: str = "",
) -> HttpResponse:
    """Show a form, or do what it asks and go back; an error of the domain stands at its field."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except DomainError as error:
            form.add_domain_error(error)
        else:
            return redirect(back)
    context = {"form": form, "title": title, "primary": primary, "back": back, "intro": intro}
    status = 422 if request.method == "POST" else 200
    return render(request, "catalogue/form.html", {**context, **desk(request, tab)}, status=status)
