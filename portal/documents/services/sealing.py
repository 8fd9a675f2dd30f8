"""Sign a rendered document once, keep the signed bytes, and give out these and no others."""

from __future__ import annotations

import hashlib
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from portal.documents import contents, rendering
from portal.documents.errors import RenderingFault, SealingFault
from portal.documents.models import OfficialDocument
from portal.documents.services import trust
from portal.documents.signing import authority, pades
from portal.documents.signing.client import SIGNER
from portal.documents.signing.protocol import KeeperAway, KeeperRefused
from portal.files import storage

LOST: Final = "这份文书的电子原件暂时取不到，请联系出具机关。"
REVOKED: Final = "签名证书已经吊销，换发以前不能签名。请稍后再试。"

logger = structlog.get_logger(__name__)


def signed_bytes(document: OfficialDocument) -> bytes:
    """The signed PDF; signed now when it was not yet. Raises RenderingFault, SealingFault.

    A signature that was lost is never replaced by a second one: two originals would be one too many.
    """
    contents.text_of(document)  # erased: neither kept nor new bytes
    if document.signed_sha256:
        return _kept(document.signed_sha256, document)
    rendered = rendering.pdf_bytes(document)
    with transaction.atomic():
        # of=self: the person's key is read by everybody and must not be locked.
        row = OfficialDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
        if row.signed_sha256:  # another request was first
            return _kept(row.signed_sha256, row)
        signed, certificate_id = sign(row, rendered)
        row.signed_sha256, row.signed_size = storage.put(signed), len(signed)
        row.signed_at, row.certificate_id = authority.now(), certificate_id
        row.save(update_fields=["signed_sha256", "signed_size", "signed_at", "certificate"])
    document.signed_sha256, document.signed_size = row.signed_sha256, row.signed_size
    document.signed_at, document.certificate_id = row.signed_at, row.certificate_id
    return signed


def _kept(sha256: str, document: OfficialDocument) -> bytes:
    try:
        found = storage.get(sha256)
    except FileNotFoundError as error:
        logger.error("document_signature_missing", document=str(document.pk))
        raise RenderingFault(LOST, code="document_differs") from error
    if hashlib.sha256(found).hexdigest() != sha256:
        logger.error("document_signature_differs", document=str(document.pk))
        raise RenderingFault(LOST, code="document_differs")
    return found


def sign(row: OfficialDocument, rendered: bytes) -> tuple[bytes, UUID]:
    """A signature over rendered bytes, not kept, and the certificate's row. Raises SealingFault."""
    from pyhanko.sign.general import SigningError

    try:
        chain = SIGNER.chain()
        certificate = trust.register(chain)
        if certificate.revoked_at is not None:
            raise SealingFault(REVOKED, code="certificate_revoked")
        listed, _made = trust.ensure_list()
        signed = pades.sign(
            rendered, SIGNER, chain, [bytes(listed.der)], name=row.issuer_name, reason=f"出具{row.get_kind_display()}"
        )
    except (KeeperAway, KeeperRefused, SigningError) as error:
        logger.error("document_not_signed", document=str(row.pk), reason=str(error)[:200])
        raise SealingFault(trust.AWAY) from error
    return signed, certificate.pk
