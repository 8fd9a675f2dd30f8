"""Sessions: begun by a sign-in, seen, and ended with a reason that the next sign-in page tells."""

from __future__ import annotations

import datetime as dt
import time
from importlib import import_module
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest

from portal import clock
from portal.accounts.grants import assignments_of
from portal.accounts.models import SignIn, User
from portal.accounts.roles import NEEDS_SECOND_FACTOR
from portal.accounts.services import passwords, second_factor
from portal.accounts.session_rules import NOTES, STEP, Notes, device_name, notes_of
from portal.web.errors import NotFound
from portal.web.limits import client_address

#: 网络安全法 21(3): records of the network are kept for at least six months.
KEPT: Final = dt.timedelta(days=400)

PASSWORD, FACTOR = "password", "second_factor"


@transaction.atomic
def begin(*, request: HttpRequest, user: User) -> SignIn:
    """Note a sign-in; a member of staff has one session, so that an older one ends here."""
    User.objects.select_for_update().get(pk=user.pk)
    is_staff = hasattr(user, "staff")
    if is_staff:
        end_all(user_id=user.pk, ending=SignIn.Ending.REPLACED)
    if request.session.session_key is None:
        request.session.create()
    now, instant = clock.now(), time.time()
    row = SignIn.objects.create(
        user=user,
        session_key=request.session.session_key or "",
        device=device_name(request.META.get("HTTP_USER_AGENT", "")),
        address=client_address(request),
        began_at=now,
        seen_at=now,
    )
    notes = Notes(str(row.pk), instant, instant, instant, is_staff, duty_of(user) if is_staff else "")
    request.session[NOTES] = notes.as_session_data()
    return row


def duty_of(user: User) -> str:
    """What a member of staff has to do before anything else: a new password, then a second factor."""
    if passwords.must_change(user):
        return PASSWORD
    return FACTOR if lacks_factor(user) else ""


def lacks_factor(user: User) -> bool:
    """Whether a role of today wants a second factor that is not there."""
    roles = {role for role, _department in assignments_of(user)}
    return not roles.isdisjoint(NEEDS_SECOND_FACTOR) and not second_factor.has_one(user)


def note_duty(request: HttpRequest, user: User) -> str:
    """Look again at what is to be done, after something was done."""
    notes = notes_of(request.session)
    assert notes is not None
    notes.duty = duty_of(user)
    request.session[NOTES] = notes.as_session_data()
    return notes.duty


def prove(request: HttpRequest) -> None:
    """The person has just shown again who they are."""
    notes = notes_of(request.session)
    assert notes is not None
    notes.proved = time.time()
    request.session[NOTES] = notes.as_session_data()


def see(*, request: HttpRequest, notes: Notes, now: float) -> SignIn.Ending | None:
    """Note the use of a session, once a minute; says why it is over when it was ended elsewhere meanwhile.

    Ending deletes the session; this finds one that a cache brought back (Redis was away while it was deleted).
    """
    if now - notes.seen < STEP:
        return None
    row = SignIn.objects.filter(pk=notes.sign_in)
    if not row.filter(ended_at__isnull=True).update(seen_at=clock.now()):
        ending = row.values_list("ending", flat=True).first()
        return SignIn.Ending(ending) if ending else SignIn.Ending.EXPIRED
    notes.seen = now
    request.session[NOTES] = notes.as_session_data()
    return None


def end_current(request: HttpRequest, ending: SignIn.Ending) -> None:
    """This session is over."""
    close(session_key=request.session.session_key, ending=ending)
    logout(request)


def close(*, session_key: str | None, ending: SignIn.Ending) -> None:
    """Note the end of a session; the first reason stays."""
    SignIn.objects.filter(session_key=session_key, ended_at__isnull=True).update(ended_at=clock.now(), ending=ending)


@transaction.atomic
def end_all(*, user_id: UUID, ending: SignIn.Ending, but: str | None = None) -> int:
    """End every open session of a user but one; returns how many."""
    rows = SignIn.objects.select_for_update().filter(user_id=user_id, ended_at__isnull=True)
    return sum(_end(row, ending) for row in rows.exclude(session_key=but or "").order_by("pk"))


@transaction.atomic
def end_one(*, user: User, sign_in: UUID) -> None:
    """Sign out elsewhere; twice changes nothing. Raises NotFound for the session of another."""
    row = SignIn.objects.select_for_update().filter(pk=sign_in, user=user).first()
    if row is None:
        raise NotFound()
    if row.ended_at is None:
        _end(row, SignIn.Ending.ELSEWHERE)


def end_without_factor(user: User) -> None:
    """A role was given that wants a second factor: whoever has none begins anew, and sets it up first."""
    if lacks_factor(user):
        end_all(user_id=user.pk, ending=SignIn.Ending.ROLES)


def forget_old(limit: int) -> int:
    """Remove the oldest records of sign-ins; for the sweep."""
    old = SignIn.objects.filter(began_at__lt=clock.now() - KEPT).order_by("began_at").values("pk")[:limit]
    return SignIn.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]


def _end(row: SignIn, ending: SignIn.Ending) -> int:
    row.ended_at, row.ending = clock.now(), ending
    row.save(update_fields=["ended_at", "ending"])
    _delete(row.session_key)
    # Again after the commit: a request in between may have put the row back into the cache.
    transaction.on_commit(lambda: _delete(row.session_key))
    return 1


def _delete(session_key: str) -> None:
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    store(session_key).delete()
