"""What an issued document is worth: suspended, restored, revoked, superseded; each an act with a reason."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from portal import clock
from portal.documents.models import DocumentAct, OfficialDocument
from portal.documents.permissions import DocumentsPermission
from portal.ledger.services import record
from portal.web.dates import date_full
from portal.web.errors import BadInput, NotFound, WrongState
from portal.web.grants import Actor

_S: Final = OfficialDocument.Status
_K: Final = DocumentAct.Kind

#: From which states an act leads to which.
TRANSITIONS: Final[dict[str, tuple[frozenset[str], str]]] = {
    _K.SUSPEND: (frozenset({_S.VALID}), _S.SUSPENDED),
    _K.RESUME: (frozenset({_S.SUSPENDED}), _S.VALID),
    _K.REVOKE: (frozenset({_S.VALID, _S.SUSPENDED}), _S.REVOKED),
    _K.SUPERSEDE: (frozenset({_S.VALID, _S.SUSPENDED}), _S.SUPERSEDED),
}
REASON_CHARACTERS: Final = 500


@transaction.atomic
def change_status(*, document_id: UUID, kind: str, reason: str, actor: Actor) -> OfficialDocument:
    """Suspend, resume or revoke a document of the actor's own organ (行政许可法 69); twice changes nothing.

    Raises NotFound for another organ's document, BadInput, WrongState.
    """
    document = _locked(document_id)
    if not actor.grants.has_for(DocumentsPermission.REVOKE_DOCUMENT, document.department_id):
        raise NotFound
    if kind not in {_K.SUSPEND, _K.RESUME, _K.REVOKE}:
        raise BadInput("请选择要做什么。", field="kind")
    return _act(document, _K(kind), reason, actor, words=f"由{document.issuer_name}{_K(kind).label}")


@transaction.atomic
def supersede(*, document: OfficialDocument, by: OfficialDocument, reason: str, actor: Actor) -> OfficialDocument:
    """Let another document take the place of this one. Raises WrongState."""
    return _act(_locked(document.pk), _K.SUPERSEDE, reason, actor, words=f"被 {by.number} 替代")


def _locked(document_id: UUID) -> OfficialDocument:
    document = OfficialDocument.objects.select_for_update().filter(pk=document_id).first()
    if document is None:
        raise NotFound
    return document


def _act(document: OfficialDocument, kind: DocumentAct.Kind, reason: str, actor: Actor, words: str) -> OfficialDocument:
    sources, target = TRANSITIONS[kind]
    if document.status == target and target != _S.VALID:
        return document  # the same click twice
    if document.status not in sources:
        raise WrongState(f"这份文书现在是“{document.get_status_display()}”，不能{kind.label}。")
    reason = reason.strip()
    if not reason or len(reason) > REASON_CHARACTERS:
        raise BadInput(f"请写明理由，不超过 {REASON_CHARACTERS} 个字。", field="reason")
    now = clock.now()
    document.status = target
    # What strangers read: day and act. The reason may name people and stays inside.
    document.status_note = "" if target == _S.VALID else f"{date_full(now)}{words}"
    document.save(update_fields=["status", "status_note"])
    DocumentAct.objects.create(document=document, kind=kind, reason=reason, actor_id=actor.user_id, at=now)
    record(
        subject=document.pk,
        kind=f"document.{kind.value}",
        actor=actor.user_id,
        body={"number": document.number, "hash": document.data_hash, "status": target},
        at=now,
    )
    return document
