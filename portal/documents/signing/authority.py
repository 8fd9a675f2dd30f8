"""The development authority: a root that issues one signing and one time-stamp certificate, and its revocation list.

All of it is marked 演示. Production brings keys and chain of an accredited authority and never makes any of these.
"""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from portal.privacy import secret_files

ORGANISATION: Final = "朔州市政务服务平台（演示）"
ROOT_NAME: Final = "朔州市政务服务平台演示根证书"
SIGNER_NAME: Final = "朔州市政务服务平台电子签名（演示）"
STAMPER_NAME: Final = "朔州市政务服务平台时间戳（演示）"
ROOT_YEARS: Final = 20
SIGNER_YEARS: Final = 3
STAMPER_YEARS: Final = 10
LIST_DAYS: Final = 30
SKEW: Final = dt.timedelta(minutes=5)

#: File names in a folder of keys; whoever brings keys from outside uses the same.
ROOT_KEY: Final = "root.key"
ROOT: Final = "root.pem"
SIGNER_KEY: Final = "signer.key"
SIGNER: Final = "signer.pem"
STAMPER_KEY: Final = "timestamp.key"
STAMPER: Final = "timestamp.pem"
CHAIN: Final = "chain.pem"
OUTSIDE_LIST: Final = "revoked.crl"

RootKey = ec.EllipticCurvePrivateKey


def now() -> dt.datetime:
    """The machine's own clock: a signature is never back-dated by the business clock of a test or demonstration."""
    return dt.datetime.fromtimestamp(int(time.time()), dt.UTC)


def ensure(folder: Path, list_address: str) -> None:
    """Make what is missing; what is there stays. The files are 0600, the folder 0700."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if not (folder / ROOT).exists():
        _make_root(folder)
    if not (folder / SIGNER).exists():
        issue_signer(folder, list_address)
    if not (folder / STAMPER).exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        # No address of a list: an old stamp must still verify with the root alone, when every list of today is stale.
        builder = _leaf(folder, STAMPER_NAME, key.public_key(), STAMPER_YEARS, "")
        builder = builder.add_extension(_usage(digital_signature=True), critical=True)
        certificate = builder.add_extension(usage, critical=True).sign(root_key(folder), hashes.SHA256())
        _keep_pair(folder, STAMPER_KEY, key, STAMPER, certificate)


def issue_signer(folder: Path, list_address: str) -> None:
    """A new key and certificate for signing; the old files are replaced, the old certificate is published already."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _leaf(folder, SIGNER_NAME, key.public_key(), SIGNER_YEARS, list_address)
    builder = builder.add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
    _keep_pair(folder, SIGNER_KEY, key, SIGNER, builder.sign(root_key(folder), hashes.SHA256()))


def revocation_list(
    root: x509.Certificate, key: RootKey, number: int, revoked: list[tuple[int, dt.datetime, str]]
) -> bytes:
    """A list of revoked certificates (serial, since when, reason as in RFC 5280), signed by the root; DER."""
    begin = now()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.subject)
        .last_update(begin)
        .next_update(begin + dt.timedelta(days=LIST_DAYS))
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_issuer_identifier(root), critical=False)
    )
    for serial, since, reason in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
        entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags(reason)), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def root_key(folder: Path) -> RootKey:
    key = private_key(folder / ROOT_KEY)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the root's key is no elliptic-curve key")
    return key


def private_key(path: Path) -> PrivateKeyTypes:
    """A key from a file that nobody else may read; raises PermissionError otherwise."""
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"the key file {path.name} must have mode 0600")
    return serialization.load_pem_private_key(path.read_bytes(), None)


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _make_root(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(ROOT_NAME)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = _dated(x509.CertificateBuilder().subject_name(name).issuer_name(name), ROOT_YEARS)
    made = (
        builder.public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    _keep_pair(folder, ROOT_KEY, key, ROOT, made)


def _leaf(
    folder: Path, name: str, key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, years: int, list_address: str
) -> x509.CertificateBuilder:
    root = certificate(folder / ROOT)
    builder = x509.CertificateBuilder().subject_name(_name(name)).issuer_name(root.subject).public_key(key)
    if list_address:
        place = x509.DistributionPoint([x509.UniformResourceIdentifier(list_address)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([place]), critical=False)
    return (
        _dated(builder, years)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(_issuer_identifier(root), critical=False)
    )


def _dated(builder: x509.CertificateBuilder, years: int) -> x509.CertificateBuilder:
    begin = now() - SKEW
    return (
        builder.serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=365 * years))
    )


def _issuer_identifier(root: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    found = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(found)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _keep_pair(
    folder: Path,
    key_name: str,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    name: str,
    made: x509.Certificate,
) -> None:
    """The key first: a certificate that is there has its key."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    secret_files.replace(folder / key_name, pem)
    secret_files.replace(folder / name, made.public_bytes(serialization.Encoding.PEM))
