"""Claim and release: who works on it now."""

from __future__ import annotations

from applications.models import Case
from portal.transitions.process import Context


def claim(ctx: Context) -> None:
    _put(ctx, to_actor=True)


def release(ctx: Context) -> None:
    _put(ctx, to_actor=False)


def _put(ctx: Context, *, to_actor: bool) -> None:
    case: Case = ctx.subject
    case.claimed_by_id = ctx.actor.user_id if to_actor else None
    case.claimed_at = ctx.now if to_actor else None
    case.tasks.filter(done_at=None).update(assignee_id=case.claimed_by_id)
