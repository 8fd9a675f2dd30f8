"""The process that opens a foreign PDF and judges its signature: alone, without environment, with hard limits.

Started by path for one file: on its input an 8-byte length, JSON with `roots` and `lists` (base64 DER) and perhaps
`moment`, then the PDF; on its output one JSON object. It imports nothing of the portal and reaches no database, no key
and no network.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
import io
import json
import logging
import resource
import struct
import sys
from typing import Any

ADDRESS_SPACE = 768 * 1024 * 1024
CPU_SECONDS = 20
FIELD = "OfficialSignature"
ATTACHMENT_BYTES = 2 * 1024 * 1024


def main() -> None:
    """Judge the file on the input."""
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    source = sys.stdin.buffer
    head = json.loads(source.read(struct.unpack(">Q", source.read(8))[0]))
    answer = json.dumps(judged(source.read(), head)).encode()
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def judged(pdf: bytes, head: dict[str, Any]) -> dict[str, Any]:
    """The verdict in one word, and what is known of the signature."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        signatures = reader.embedded_regular_signatures
        stamps = reader.embedded_timestamp_signatures
    except Exception as error:  # a parser of foreign bytes may fail in any way
        return {"verdict": "unreadable", "why": type(error).__name__}
    if not signatures:
        return {"verdict": "unsigned"}
    if len(signatures) > 1 or signatures[0].field_name != FIELD or not stamps:
        return {"verdict": "foreign", "why": "not one signature of ours with its time-stamp"}
    found: dict[str, Any] = {}
    try:
        found = told(signatures[0]) | {"data_hash": attached(reader)}
        return found | asyncio.run(verdict(signatures[0], stamps[-1], head))
    except Exception as error:  # as above: what cannot be followed is not believed
        return found | {"verdict": "altered", "why": f"{type(error).__name__}: {error}"[:300]}


def told(signature: Any) -> dict[str, Any]:
    certificate = signature.signer_cert
    return {
        "signer": certificate.subject.native.get("common_name", ""),
        "fingerprint": hashlib.sha256(certificate.dump()).hexdigest(),
    }


def attached(reader: Any) -> str:
    """The SHA-256 of the data inside the PDF, or "" without it."""
    files = reader.root.get("/AF")
    if not files or len(files) != 1:
        return ""
    stream = files[0].get_object()["/EF"]["/F"].get_object()
    data = stream.data
    return hashlib.sha256(data).hexdigest() if len(data) <= ATTACHMENT_BYTES else ""


async def verdict(signature: Any, last_stamp: Any, head: dict[str, Any]) -> dict[str, Any]:
    from asn1crypto import crl, x509
    from pyhanko.sign.ades.report import AdESPassed
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation.ades import ades_lta_validation
    from pyhanko.sign.validation.policy_decl import (
        LocalKnowledge,
        PdfSignatureValidationSpec,
        RevinfoOnlineFetchingRule,
        RevocationInfoGatheringSpec,
        SignatureValidationSpec,
    )
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator.context import CertValidationPolicySpec
    from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
    from pyhanko_certvalidator.policy_decl import (
        CertRevTrustPolicy,
        RevocationCheckingPolicy,
        RevocationCheckingRule,
    )
    from pyhanko_certvalidator.registry import SimpleTrustManager
    from pyhanko_certvalidator.revinfo.archival import CRLContainer

    roots = [x509.Certificate.load(base64.b64decode(der)) for der in head["roots"]]
    lists = [crl.CertificateList.load(base64.b64decode(der)) for der in head["lists"]]
    signature.compute_integrity_info()
    last_stamp.compute_integrity_info()

    def policy(rule: RevocationCheckingRule) -> CertValidationPolicySpec:
        rules = RevocationCheckingPolicy(ee_certificate_rule=rule, intermediate_ca_cert_rule=rule)
        return CertValidationPolicySpec(SimpleTrustManager.build(roots), CertRevTrustPolicy(rules))

    gathering = RevocationInfoGatheringSpec(online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY)
    knowledge = LocalKnowledge(known_crls=[CRLContainer(each) for each in lists])
    spec = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            policy(RevocationCheckingRule.CRL_REQUIRED),
            gathering,
            # A stamp may be read when every list in the file is stale; today's lists are looked at below.
            ts_cert_validation_policy=policy(RevocationCheckingRule.CHECK_IF_DECLARED),
            local_knowledge=knowledge,
        )
    )
    timing = None
    if head.get("moment"):
        moment = dt.datetime.fromisoformat(head["moment"])
        timing = ValidationTimingInfo(moment, moment, point_in_time_validation=False)
    result = await ades_lta_validation(signature, spec, timing_info=timing)
    status = result.api_status
    found = {
        "signed_at": result.best_signature_time.astimezone(dt.UTC).isoformat(),
        "indication": str(getattr(result.ades_subindic, "name", result.ades_subindic)),
        "why": result.failure_msg or "",
    }
    if status is None or not (status.intact and status.valid):
        return found | {"verdict": "altered"}
    changed = status.modification_level
    whole = last_stamp.coverage == SignatureCoverageLevel.ENTIRE_FILE
    if changed > ModificationLevel.LTA_UPDATES or not status.docmdp_ok or not whole:
        return found | {"verdict": "altered", "why": f"changed after signing: {changed.name}"}
    for certificate in (signature.signer_cert, last_stamp.signer_cert):
        revoked = revoked_since(certificate, lists)
        if revoked is not None and revoked <= result.best_signature_time:
            return found | {"verdict": "revoked"}
    if result.ades_subindic == AdESPassed.OK:
        return found | {"verdict": "good"}
    return found | {"verdict": "revoked" if "REVOKED" in found["indication"] else "foreign"}


def revoked_since(certificate: Any, lists: list[Any]) -> dt.datetime | None:
    """From when on the issuer's newest list no longer trusts a certificate."""
    for each in lists:
        if each.issuer != certificate.issuer:
            continue
        for entry in each["tbs_cert_list"]["revoked_certificates"] or []:
            if entry["user_certificate"].native == certificate.serial_number:
                since: dt.datetime = entry["revocation_date"].native
                return since
    return None


if __name__ == "__main__":
    main()
