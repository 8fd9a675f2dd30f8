"""A page that is one form: what it asks for is done by a service, and then the page is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from portal.web.errors import DomainError
from portal.web.forms import PortalForm
from portal.web.requests import PortalRequest


def form_page(
    request: PortalRequest,
    *,
    base: str,
    desk: Mapping[str, Any],
    form: PortalForm,
    act: Callable[[dict[str, Any]], object],
    title: str,
    primary: str,
    back: str,
    intro: str = "",
    danger: bool = False,
) -> HttpResponse:
    """Show the form on the workbench `base`, or do what it asks and go back; a DomainError stands at its field."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except DomainError as error:
            form.add_domain_error(error)
        else:
            return redirect(back)
    context = {
        "base": base, "form": form, "title": title, "primary": primary, "back": back, "intro": intro, "danger": danger,
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "base/form_page.html", {**context, **desk}, status=status)
