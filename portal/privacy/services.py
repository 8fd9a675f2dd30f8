"""Keys of persons: make, commit, erase."""

import hashlib
import hmac
import os
from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from portal import clock
from portal.privacy import cipher
from portal.privacy.cipher import blind_index
from portal.privacy.models import PersonKey, wrapping_context
from portal.web.keys import uuid7

__all__ = ["blind_index", "commitment", "erase", "new_person_key", "on_erasure", "person_key"]

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
def erase(person_key_id: UUID) -> None:
    """Destroy the person's key; a second call changes nothing (个人信息保护法 47)."""
    key = PersonKey.objects.select_for_update().get(pk=person_key_id)
    if key.is_erased:
        return
    key.wrapped = None
    key.erased_at = clock.now()
    key.save(update_fields=["wrapped", "erased_at"])
    for hook in _erasure_hooks:
        hook(person_key_id)
