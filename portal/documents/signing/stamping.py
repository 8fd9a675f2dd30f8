"""Time-stamp tokens by RFC 3161, made by the process that holds the time-stamp key."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from portal.documents.signing.authority import now

#: No registered policy: an arc for examples, because the demonstration's stamps bind nobody.
POLICY: Final = "2.999.1406.1"
DIGESTS: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def answer(request: bytes, certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> bytes:
    """The response (DER) to a request (DER); raises ValueError for a request that is none."""
    wanted = tsp.TimeStampReq.load(request, strict=True)
    imprint = wanted["message_imprint"]
    name = imprint["hash_algorithm"]["algorithm"].native
    if name not in DIGESTS or len(imprint["hashed_message"].native) != DIGESTS[name].digest_size:
        raise ValueError("a time-stamp is given for SHA-256, SHA-384 or SHA-512 only")
    token = _token(wanted, certificate, key)
    response = tsp.TimeStampResp({"status": tsp.PKIStatusInfo({"status": "granted"}), "time_stamp_token": token})
    return bytes(response.dump())


def _token(wanted: tsp.TimeStampReq, certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> cms.ContentInfo:
    instant = now()
    stated = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": wanted["message_imprint"],
        "serial_number": secrets.randbits(127) | 1,
        "gen_time": instant,
        "accuracy": tsp.Accuracy({"seconds": 1}),
        "tsa": x509.GeneralName("directory_name", certificate.subject),
    }
    if wanted["nonce"].native is not None:
        stated["nonce"] = wanted["nonce"]
    content = tsp.TSTInfo(stated).dump()
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "tst_info"),
            _attribute("message_digest", hashlib.sha256(content).digest()),
            _attribute("signing_time", cms.Time({"utc_time": core.UTCTime(instant)})),
            _attribute("signing_certificate_v2", _certificate_reference(certificate)),
        ]
    )
    signature = key.sign(attributes.dump(), padding.PKCS1v15(), hashes.SHA256())
    digest = algos.DigestAlgorithm({"algorithm": "sha256"})
    serial = cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier("issuer_and_serial_number", serial),
            "digest_algorithm": digest,
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
            "signature": signature,
        }
    )
    data = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [digest],
            "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(content)},
            "certificates": [certificate],
            "signer_infos": [signer],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": data})


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _certificate_reference(certificate: x509.Certificate) -> tsp.SigningCertificateV2:
    digest = hashlib.sha256(certificate.dump()).digest()
    return tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2({"cert_hash": digest})]})
