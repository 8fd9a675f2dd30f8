"""What every step of a draft shows around its own form."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from applications.drafting import ORDER, STEPS, OpenDraft, edition_changes, saved_text, step_rows
from applications.links import guide_url
from portal.clock import local_date
from portal.web.requests import PortalRequest


def page(request: PortalRequest, opened: OpenDraft, step: str) -> dict[str, Any]:
    """What every step shows: the list of steps, when it was saved, where back leads."""
    draft = opened.draft
    urls = {name: reverse("applications:draft_step", args=[draft.pk, name]) for name in STEPS}
    position = ORDER.index(step)
    today = local_date(request.now)
    return {
        "opened": opened,
        "draft": draft,
        "edition": opened.edition,
        "heading": STEPS[step],
        "steps": step_rows(opened, step, urls),
        "step_urls": urls,
        "saved": saved_text(draft, today, local_date(draft.saved_at)),
        "back_url": urls[ORDER[position - 1]] if position else "",
        "changes": _told_changes(opened),
        "guide_url": guide_url(opened.edition.item.basic_code),
    }


def _told_changes(opened: OpenDraft) -> list[str]:
    """What the edition that the draft followed has changed, until it is submitted."""
    version = opened.draft.edition_changed_from
    if version is None:
        return []
    old = opened.edition.item.editions.filter(version=version).first()
    return edition_changes(old, opened.edition) if old is not None else []
