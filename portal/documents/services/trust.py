"""Keep what outsiders need to verify: certificates, and the list of those that are no longer trusted."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Final
from uuid import UUID

import structlog
from asn1crypto import crl, x509
from django.db import connection, transaction

from portal import clock
from portal.documents.errors import SealingFault
from portal.documents.models import RevocationList, SigningCertificate
from portal.documents.signing import authority
from portal.documents.signing.client import SIGNER
from portal.documents.signing.pades import Chain
from portal.documents.signing.protocol import KeeperAway, KeeperRefused
from portal.ledger.services import record
from portal.web.errors import BadInput, WrongState
from portal.web.grants import Actor

#: A list is made anew after a day, although it says that it holds for thirty.
LIST_AGE: Final = dt.timedelta(days=1)
AWAY: Final = "电子签名暂时不能使用，请过几分钟再试。"
#: The chain of the ledger that tells about certificates.
SUBJECT: Final = UUID("0193b5c0-0000-7000-8000-5ea1ce47f1ca")
_LOCK: Final = 0x5EA15

logger = structlog.get_logger(__name__)


def refresh(limit: int = 1) -> int:
    """Register the certificates in use and renew the list when it is a day old; returns how many lists were made."""
    try:
        chain = SIGNER.chain(fresh=True)
        register(chain)
        return int(ensure_list()[1])
    except KeeperAway:
        logger.warning("signer_away")
        return 0


def load() -> str:
    """Publish certificates before the portal opens, where the signer answers already; the sweep does it otherwise."""
    refresh()
    return f"{SigningCertificate.objects.filter(in_use=True).count()} certificates in use"


def register(chain: Chain) -> SigningCertificate:
    """Keep the certificates of a chain; returns the row of the signing certificate."""
    roles = [(SigningCertificate.Role.SIGNER, chain.signer), (SigningCertificate.Role.TIMESTAMP, chain.timestamp)]
    roles += [(SigningCertificate.Role.ISSUER, der) for der in chain.issuers]
    roles += [(SigningCertificate.Role.ROOT, der) for der in chain.roots]
    wanted = {hashlib.sha256(der).hexdigest(): (role, der) for role, der in roles}
    known = {row.fingerprint: row for row in SigningCertificate.objects.filter(in_use=True)}
    if set(known) != set(wanted):
        with transaction.atomic():
            for fingerprint, (role, der) in wanted.items():
                _keep(fingerprint, role, der, development=chain.development)
            SigningCertificate.objects.filter(in_use=True).exclude(fingerprint__in=wanted).update(in_use=False)
            SigningCertificate.objects.filter(fingerprint__in=wanted).update(in_use=True)
        known = {row.fingerprint: row for row in SigningCertificate.objects.filter(fingerprint__in=wanted)}
    return known[hashlib.sha256(chain.signer).hexdigest()]


def _keep(fingerprint: str, role: SigningCertificate.Role, der: bytes, *, development: bool) -> None:
    certificate = x509.Certificate.load(der)
    validity = certificate["tbs_certificate"]["validity"]
    SigningCertificate.objects.get_or_create(
        fingerprint=fingerprint,
        defaults={
            "role": role,
            "subject": str(certificate.subject.native.get("common_name", ""))[:200],
            "serial": str(certificate.serial_number),
            "not_before": validity["not_before"].native,
            "not_after": validity["not_after"].native,
            "der": der,
            "development": development,
        },
    )


def ensure_list(*, anew: bool = False) -> tuple[RevocationList, bool]:
    """The newest list and whether it was made just now. Raises KeeperAway, KeeperRefused."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        newest = RevocationList.objects.order_by("-number").first()
        age = LIST_AGE if newest is None else authority.now() - newest.this_update
        if newest is not None and not anew and dt.timedelta() <= age < LIST_AGE:
            return newest, False
        number = 1 if newest is None else newest.number + 1
        der = SIGNER.revocation_list(number, _revoked())
        digest = hashlib.sha256(der).hexdigest()
        if newest is not None and newest.sha256 == digest:  # an outside authority has given no newer one
            return newest, False
        stated = crl.CertificateList.load(der)["tbs_cert_list"]
        made = RevocationList.objects.create(
            number=number,
            sha256=digest,
            der=der,
            this_update=stated["this_update"].native,
            next_update=stated["next_update"].native,
        )
        return made, True


def _revoked() -> list[tuple[int, str, str]]:
    rows = SigningCertificate.objects.filter(revoked_at__isnull=False).order_by("revoked_at", "id")
    return [
        (int(row.serial), row.untrusted_since.isoformat(), row.revocation_reason)
        for row in rows
        if row.untrusted_since is not None
    ]


@transaction.atomic
def revoke_certificate(
    *, certificate_id: UUID, reason: str, note: str, since: dt.datetime | None, actor: Actor
) -> SigningCertificate:
    """Trust a certificate no longer, from `since` on (default: now), and publish the list that says so at once.

    A second time changes nothing. Raises BadInput, WrongState, SealingFault.
    """
    row = SigningCertificate.objects.select_for_update().get(pk=certificate_id)
    if row.revoked_at is not None:
        return row
    if row.role not in {SigningCertificate.Role.SIGNER, SigningCertificate.Role.TIMESTAMP}:
        raise WrongState("根证书和签发证书不能在这里吊销，要由签发机构办理。", code="not_ours_to_revoke")
    if not row.development:
        raise WrongState("这张证书由外部机构签发，请向签发机构申请吊销，列表更新后平台自动采用。", code="outside")
    if not note.strip():
        raise BadInput("请写明吊销的理由。", field="note")
    # The machine's clock, as in signatures: a shifted business clock must not make a revocation miss them.
    now = authority.now()
    if since is not None and since > now:
        raise BadInput("不可信的起始时间不能晚于现在。", field="since")
    row.revoked_at, row.untrusted_since = now, since or now
    row.revocation_reason, row.revocation_note = SigningCertificate.Reason(reason).value, note.strip()
    row.revoked_by_id = actor.user_id
    row.save()
    record(
        subject=SUBJECT,
        kind="certificate.revoked",
        actor=actor.user_id,
        body={
            "fingerprint": row.fingerprint,
            "serial": row.serial,
            "since": row.untrusted_since.isoformat(),
            "reason": row.revocation_reason,
            "note": row.revocation_note,
        },
        at=clock.now(),
    )
    try:
        ensure_list(anew=True)
    except (KeeperAway, KeeperRefused) as error:
        raise SealingFault(AWAY) from error
    return row


def renew_signer(*, actor: Actor) -> None:
    """A new signing certificate of the development authority; the sweep registers it. Raises SealingFault."""
    try:
        SIGNER.renew()
    except (KeeperAway, KeeperRefused) as error:
        raise SealingFault("签名证书没有换成。外部机构的证书要由运行签名程序的人更换。") from error
    with transaction.atomic():
        record(subject=SUBJECT, kind="certificate.renewal_asked", actor=actor.user_id, body={}, at=clock.now())
