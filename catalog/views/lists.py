"""Where the work on the catalogue begins: what waits for me, all changes, the items of my department."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from catalog.forms.changes import BeginForm, ChangeFilter, ItemFilter
from catalog.permissions import EVERYWHERE, READING
from catalog.permissions import CataloguePermission as May
from catalog.queries import changes as queries
from catalog.services import changes as services
from catalog.states import ChangeKind
from catalog.views.pages import desk
from portal.web.access import needs
from portal.web.errors import DomainError
from portal.web.paging import paginate
from portal.web.requests import PortalRequest


@needs(*READING)
@require_safe
def home(request: PortalRequest) -> HttpResponse:
    """What waits for this person, longest waiting first."""
    page = paginate(queries.waiting(request.grants), request, order=["edited_at"])
    return render(request, "catalogue/home.html", {"page": page, **desk(request, "home")})


@needs(*READING)
@require_safe
def change_list(request: PortalRequest) -> HttpResponse:
    """All changes that this person may see, by state, kind and words; filters stand in the address."""
    form = ChangeFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = queries.visible(request.grants)
    if words := wanted.get("q", "").strip():
        rows = rows.filter(name__icontains=words)
    if state := wanted.get("state"):
        rows = rows.filter(state=state)
    if kind := wanted.get("kind"):
        rows = rows.filter(kind=kind)
    page = paginate(rows, request, order=["-edited_at"])
    return render(request, "catalogue/changes.html", {"form": form, "page": page, **desk(request, "changes")})


@needs(*READING)
@require_safe
def item_list(request: PortalRequest) -> HttpResponse:
    """The items of my departments as they are now, each with the change that is under way."""
    everywhere = request.grants.has_any(*EVERYWHERE)
    form = ItemFilter(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    rows = queries.items_of(None if everywhere else queries.departments_of(request.grants), words=words)
    page = paginate(rows, request, order=["basic_code"])
    return render(request, "catalogue/items.html", {"page": page, "form": form, **desk(request, "items")})


@needs(May.EDIT_ITEM)
@require_http_methods(["GET", "POST"])
def begin(request: PortalRequest) -> HttpResponse:
    """Begin a change; the item may be given in the address."""
    departments = queries.departments_of_editor(request.grants)
    items = queries.items_of(departments).exclude(status="abolished")
    initial = {"item": request.GET.get("item"), "kind": request.GET.get("kind") or ChangeKind.ELEMENTS}
    form = BeginForm(
        request.POST if request.method == "POST" else None, departments=departments, items=items, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        kind = ChangeKind(given["kind"])
        try:
            change = services.begin(
                actor=request.actor,
                department=given["department"],
                kind=kind,
                key=given["key"],
                item=given["item"] if kind not in (ChangeKind.NEW, ChangeKind.MERGER) else None,
                name=given["name"],
            )
        except DomainError as error:
            form.add_domain_error(error)
        else:
            return redirect("catalogue:change", change.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "catalogue/begin.html", {"form": form, **desk(request, "begin")}, status=status)
