"""动态调整公告: the announced changes of the catalogue, one of them, and their feed."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from applications.publicity import month_span, months
from catalog.models import ItemChange
from catalog.queries.history import (
    PUBLIC_ACTS,
    counts_by_kind,
    departments_with_changes,
    public_acts,
    published_change,
    published_changes,
)
from catalog.states import ChangeKind
from disclosure.addresses import public_address
from disclosure.caching import cacheable
from disclosure.forms import ChangesForm
from portal import clock
from portal.web.access import public
from portal.web.dates import date_full, moment_full
from portal.web.paging import capped_count, paginate

IN_THE_FEED = 50
#: These touch no case that is open.
_WITHOUT_CASES = frozenset({ChangeKind.NEW, ChangeKind.PEOPLE})
_LONG_AGO = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)
#: What XML 1.0 cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

if TYPE_CHECKING:
    _OfChanges = Feed[ItemChange, None]
else:
    _OfChanges = Feed


@public
@require_safe
@cacheable
def changes(request: HttpRequest) -> HttpResponse:
    """25 a page, newest first, with what changed this month and the last."""
    today = clock.today()
    form = ChangesForm(request.GET, departments=departments_with_changes(), months=months(today))
    wanted = form.wanted()
    found = published_changes(wanted)
    if (span := month_span(wanted.get("month", ""))) is not None:
        found = found.filter(published_at__gte=span[0], published_at__lt=span[1])
    context = {
        "form": form,
        "page": paginate(found, request, order=["-published_at", "-id"]),
        "count": capped_count(found),
        "narrowed": bool(wanted),
        "sums": [_sum(key) for key, _ in months(today)[:2]],
        "today": today,
        "nav": "publicity",
    }
    return render(request, "disclosure/changes.html", context)


@public
@require_safe
@cacheable
def change(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """What was decided and why; who of the staff did it stays inside."""
    shown = published_change(change_id)
    version = shown.edition.version if shown.edition is not None else 0
    context = {
        "change": shown,
        "merged": list(shown.merged.all()),
        "compared": (version - 1, version) if version > 1 else None,
        "open_cases": "" if shown.kind in _WITHOUT_CASES else shown.get_open_cases_display(),
        "entries": [
            {
                "title": PUBLIC_ACTS[act.action],
                "time": moment_full(act.at),
                "note": "",
                "state": "done",
                "url": "",
                "mark": str(act.ledger_seq),
            }
            for act in public_acts(shown)
        ],
        "today": clock.today(),
        "nav": "publicity",
    }
    return render(request, "disclosure/change.html", context)


@public
@require_safe
@cacheable
def feed(request: HttpRequest) -> HttpResponse:
    return ChangesFeed()(request)


def _sum(month: str) -> dict[str, object]:
    span = month_span(month)
    assert span is not None
    counts = counts_by_kind(*span)
    return {"month": month, "name": f"{span[0].month}月", "total": sum(counts.values()), "kinds": list(counts.items())}


class _Atom(Atom1Feed):
    """An empty feed has a date, too: the same one each time."""

    def latest_post_date(self) -> dt.datetime:
        return super().latest_post_date() if self.items else _LONG_AGO


class ChangesFeed(_OfChanges):
    """The latest announced changes as Atom; all addresses are those of the standard mode."""

    feed_type = _Atom
    title = "朔州市行政权力事项动态调整公告"
    subtitle = "新增、取消、转移、下放、合并、要素变更和人员调整"
    language = "zh-CN"

    def link(self) -> str:
        return public_address(reverse("disclosure:changes"))

    def feed_url(self) -> str:
        return public_address(reverse("disclosure:changes_feed"))

    def feed_guid(self) -> str:
        return self.link()

    def items(self) -> list[ItemChange]:
        return list(published_changes().order_by("-published_at", "-id")[:IN_THE_FEED])

    def item_title(self, item: ItemChange) -> str:
        return _CONTROL.sub("", f"{item.get_kind_display()}：{item.name}")

    def item_description(self, item: ItemChange) -> str:
        receiver = item.receiving_department
        words = [
            item.department.name + (f"移交{receiver.name}" if receiver is not None else ""),
            f"{date_full(item.effective_on)}起生效",
            f"理由：{item.reason}",
            f"依据：{item.basis}",
        ]
        return _CONTROL.sub("", "。".join(word.rstrip("。") for word in words) + "。")

    def item_link(self, item: ItemChange) -> str:
        return public_address(reverse("disclosure:change", args=[item.pk]))

    def item_pubdate(self, item: ItemChange) -> dt.datetime:
        assert item.published_at is not None
        return item.published_at

    def item_updateddate(self, item: ItemChange) -> dt.datetime:
        return self.item_pubdate(item)

    def item_categories(self, item: ItemChange) -> list[str]:
        return [item.get_kind_display()]
