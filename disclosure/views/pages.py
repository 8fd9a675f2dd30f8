"""Short pages about the site itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.queries import FIRM, PERSON, department_counts, theme_counts
from disclosure.caching import cacheable
from portal import clock
from portal.privacy.retention import TABLE
from portal.web.access import public


@public
@require_safe
@cacheable
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "disclosure/about.html")


@public
@require_safe
@cacheable
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "disclosure/privacy.html", {"retention": TABLE})


@public
@require_safe
@cacheable
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "disclosure/accessibility.html")


@public
@require_safe
@cacheable
def design_sheet(request: HttpRequest) -> HttpResponse:
    return render(request, "disclosure/design.html")


@public
@require_safe
@cacheable
def sitemap(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    return render(
        request,
        "disclosure/sitemap.html",
        {
            "themes": [
                (PERSON, "个人主题", theme_counts(PERSON, today)),
                (FIRM, "法人主题", theme_counts(FIRM, today)),
            ],
            "departments": [entry for entry in department_counts(today) if entry.count],
        },
    )
