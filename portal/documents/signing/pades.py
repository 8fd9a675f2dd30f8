"""A PDF's signature: PAdES B-LTA, which years later still verifies with nothing but the root.

pyHanko builds the structures; every use of a key goes through the `Signer` interface.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from pyhanko.sign.signers.pdf_signer import PdfSigner

FIELD: Final = "OfficialSignature"
STAMP_FIELD: Final = "ArchivalTimestamp"
#: An ECDSA P-256 signature in DER is never longer.
SIGNATURE_BYTES: Final = 72
MOST_PARSED: Final = 32


@dataclass(frozen=True, slots=True)
class Chain:
    """The certificates in use, each DER."""

    signer: bytes
    timestamp: bytes
    roots: tuple[bytes, ...]
    issuers: tuple[bytes, ...]
    development: bool

    @property
    def all(self) -> tuple[bytes, ...]:
        return (self.signer, self.timestamp, *self.issuers, *self.roots)


class Signer(Protocol):
    """What signs: the portal's own process, a signature server of the province, or a device for SM2."""

    def chain(self) -> Chain: ...

    def sign(self, data: bytes) -> bytes:
        """The signature over a short text."""

    def stamp(self, request: bytes) -> bytes:
        """The answer (DER, RFC 3161) to a time-stamp request."""

    def revocation_list(self, number: int, revoked: Sequence[tuple[int, str, str]]) -> bytes:
        """The list (DER) of what is revoked: serial, since when, reason."""


def sign(pdf: bytes, signer: Signer, chain: Chain, lists: Sequence[bytes], *, name: str, reason: str) -> bytes:
    """The signed PDF. Raises pyHanko's SigningError, KeeperAway, KeeperRefused."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers.pdf_signer import DSSContentSettings, PdfSignatureMetadata
    from pyhanko_certvalidator import ValidationContext

    context = ValidationContext(
        trust_roots=[_certificate(der) for der in chain.roots],
        other_certs=[_certificate(der) for der in chain.all],
        crls=[_list(der) for der in lists],
        allow_fetching=False,
        revocation_mode="require",
    )
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        timestamp_field_name=STAMP_FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=name,
        reason=reason,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        embed_validation_info=True,
        use_pades_lta=True,
        # All validation data goes in before the last time-stamp, which therefore covers the whole file.
        dss_settings=DSSContentSettings(include_vri=False),
        validation_context=context,
    )
    target = io.BytesIO()
    # How much room a signature of this chain takes is found out once; a trial signature each time costs a third more.
    _pdf_signer(signer, chain, metadata).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), output=target, bytes_reserved=_room.get(chain)
    )
    signed = target.getvalue()
    if chain not in _room:
        _room[chain] = _room_in(signed[len(pdf) :])
    return signed


_room: dict[Chain, int] = {}


def _room_in(appended: bytes) -> int:
    """The number of hexadecimal digits between the two ranges of the first signature."""
    found = re.search(rb"/Contents\s*<([0-9a-fA-F]+)>", appended)
    if found is None:
        raise ValueError("the signature that was just written is not there")
    return len(found[1])


#: Parsed once per thread: asn1crypto parses at first use, and not for two threads at a time.
_parsed = threading.local()


def _certificate(der: bytes) -> Any:
    from asn1crypto import x509

    return _of_this_thread(x509.Certificate, der)


def _list(der: bytes) -> Any:
    from asn1crypto import crl

    return _of_this_thread(crl.CertificateList, der)


def _of_this_thread(kind: Any, der: bytes) -> Any:
    kept: dict[bytes, Any] = _parsed.__dict__.setdefault("kept", {})
    if der not in kept:
        if len(kept) >= MOST_PARSED:
            kept.clear()
        kept[der] = kind.load(der)
    return kept[der]


#: Time-stampers by their certificate: each asks once for an example, from which sizes are known.
_stampers: dict[bytes, Any] = {}


def _pdf_signer(signer: Signer, chain: Chain, metadata: Any) -> PdfSigner:
    from asn1crypto import tsp
    from pyhanko.sign.signers.pdf_cms import Signer as CmsSigner
    from pyhanko.sign.signers.pdf_signer import PdfSigner
    from pyhanko.sign.timestamps import TimeStamper
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class ThroughInterface(CmsSigner):
        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            return bytes(SIGNATURE_BYTES) if dry_run else signer.sign(data)

    class StampThroughInterface(TimeStamper):
        async def async_request_tsa_response(self, req: Any) -> Any:
            return tsp.TimeStampResp.load(signer.stamp(req.dump()))

    store = SimpleCertificateStore()
    store.register_multiple([_certificate(der) for der in (*chain.issuers, *chain.roots)])
    # With the root inside: pyHanko proves an archived signature only by certificates that the file itself dates.
    cms = ThroughInterface(signing_cert=_certificate(chain.signer), cert_registry=store, embed_roots=True)
    stamper = _stampers.setdefault(chain.timestamp, StampThroughInterface())
    return PdfSigner(metadata, signer=cms, timestamper=stamper)
