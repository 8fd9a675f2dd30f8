"""Search: what people ask, in their words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.queries import FIRM, PERSON, theme_counts
from catalog.search import CANDIDATES, find_items
from disclosure.caching import cacheable
from disclosure.forms import page_number
from disclosure.views.home import _data
from portal import clock
from portal.web import limits
from portal.web.access import public
from portal.web.paging import PAGE_SIZE

SHOWN_QUESTION = 100
#: Per address: a hall's citizens share one.
RATE = "300/5m"
AUDIENCES = (("", "全部"), (PERSON, "个人办事"), (FIRM, "法人办事"))


@public
@require_safe
@cacheable
def search(request: HttpRequest) -> HttpResponse:
    question = request.GET.get("q", "").replace("\0", "").strip()
    if question:
        limits.limit(request, "search", RATE)
    today = clock.today()
    audience = request.GET.get("for", "")
    audience = audience if audience in (PERSON, FIRM) else ""
    results = find_items(question, on=today, limit=CANDIDATES, audience=audience)
    pages = max(1, -(-len(results.hits) // PAGE_SIZE))
    page = min(page_number(request), pages)
    hits = results.hits[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return render(
        request,
        "disclosure/search.html",
        {
            "question": question,
            "short_question": question[:SHOWN_QUESTION] + ("…" if len(question) > SHOWN_QUESTION else ""),
            "audience": audience,
            "audiences": [{"key": key, "label": label, "current": key == audience} for key, label in AUDIENCES],
            "results": results,
            "lines": [{"edition": hit.edition, "words": _words(hit.edition.keywords, results.terms)} for hit in hits],
            "page": page,
            "pages": pages,
            "hot_words": _data()["hot_words"],
            "themes": [] if hits else [(PERSON, theme_counts(PERSON, today)), (FIRM, theme_counts(FIRM, today))],
        },
    )


def _words(keywords: list[str], terms: tuple[str, ...]) -> list[str]:
    """What people also call the item, as far as the question speaks of it."""
    lowered = [term.lower() for term in terms if len(term) > 1]
    return [word for word in keywords if any(term in word.lower() or word.lower() in term for term in lowered)][:4]
