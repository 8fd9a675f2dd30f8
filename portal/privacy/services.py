"""Keys of persons: make, commit, erase."""

import datetime as dt
import hashlib
import hmac
import os
from collections.abc import Callable, Iterable
from uuid import UUID

from django.db import transaction

from portal import clock
from portal.privacy import cipher, erasures, rights
from portal.privacy.cipher import blind_index
from portal.privacy.models import PersonKey, wrapping_context
from portal.web.keys import uuid7

__all__ = [
    "blind_index",
    "commitment",
    "erase",
    "new_person_key",
    "on_erasure",
    "person_key",
    "replay",
    "restrict",
    "seal",
    "unseal",
]

ErasureHook = Callable[[UUID], None]
_erasure_hooks: list[ErasureHook] = []


def new_person_key() -> PersonKey:
    """Make and store the erasable key of a new person."""
    key_id = uuid7()
    return PersonKey.objects.create(
        id=key_id,
        wrapped=cipher.seal_by_master(os.urandom(32), wrapping_context(key_id)),
        created_at=clock.now(),
    )


def person_key(person_key_id: UUID) -> PersonKey:
    """The key row; raises PersonKey.DoesNotExist."""
    return PersonKey.objects.get(pk=person_key_id)


def seal(person_key_id: UUID, content: bytes, context: str) -> bytes:
    """Encrypt bytes of any size (a file, a batch) under a person's key; `context` says what and whose they are.

    The result is 45 bytes longer and differs each time, so store it under the hash of itself (docs/decisions/0024).
    Raises ErasedKey after erasure, PersonKey.DoesNotExist.
    """
    return cipher.seal(person_key_id, person_key(person_key_id).data_key(), content, _content(context))


def unseal(person_key_id: UUID, sealed: bytes, context: str) -> bytes:
    """What `seal` was given. Raises ErasedKey after erasure and Undecipherable when anything was changed."""
    if cipher.key_id_of(sealed) != person_key_id:
        raise cipher.Undecipherable("sealed under another person's key")
    return cipher.unseal(person_key(person_key_id).data_key(), sealed, _content(context))


def _content(context: str) -> bytes:
    return f"content|{context}".encode()


def commitment(person_key_id: UUID, text: str) -> str:
    """HMAC-SHA256 (hex) of a personal text under the person's key: what a ledger may hold about a person.

    Raises ErasedKey after erasure: then nobody can try out what the ledger's values stood for.
    """
    key = hmac.new(person_key(person_key_id).data_key(), b"portal.ledger commitment", hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def on_erasure(hook: ErasureHook) -> None:
    """Let an app that holds personal data follow an erasure, inside its transaction."""
    if hook not in _erasure_hooks:
        _erasure_hooks.append(hook)


@transaction.atomic
def erase(person_key_id: UUID) -> bool:
    """Empty what the rooms hold of a person and destroy the key; a second call changes nothing (个人信息保护法 47).

    Whether the law lets it go is asked before (`rights.terms`, `rights.obstacles`). Returns whether this call did it.
    """
    key = PersonKey.objects.select_for_update(no_key=True).get(pk=person_key_id)
    if key.is_erased:
        return False
    for room in rights.rooms():
        room.erase(person_key_id)
    for hook in _erasure_hooks:
        hook(person_key_id)
    key.wrapped = None
    key.erased_at = at = clock.now()
    key.save(update_fields=["wrapped", "erased_at"])
    transaction.on_commit(lambda: erasures.append([(person_key_id, at)]))
    return True


@transaction.atomic
def restrict(person_key_id: UUID) -> bool:
    """Nothing more than keeping safe from now on, until the terms have run out (个人信息保护法 47(2)).

    Returns whether this call did it.
    """
    key = PersonKey.objects.select_for_update(no_key=True).get(pk=person_key_id)
    if key.is_erased or key.restricted_at is not None:
        return False
    key.restricted_at = clock.now()
    key.save(update_fields=["restricted_at"])
    for room in rights.rooms():
        room.restrict(person_key_id)
    return True


def replay(entries: Iterable[tuple[UUID, dt.datetime]]) -> tuple[int, int, int]:
    """Erase again what a restored backup brought back; returns how many were erased now, already, and not known."""
    now = already = unknown = 0
    for person_key_id, _at in entries:
        try:
            if erase(person_key_id):
                now += 1
            else:
                already += 1
        except PersonKey.DoesNotExist:
            unknown += 1
    return now, already, unknown
