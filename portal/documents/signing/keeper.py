"""The process that holds the keys: it alone reads them, signs short texts and time-stamps, and knows no document.

`python -m portal.documents.signing.keeper --keys FOLDER --socket PATH`. Without `--outside` it makes a development
authority on first start; with it the folder holds key and chain of a real one, and nothing is ever made. Started as
root it reads the keys, opens the socket for the portal's account and then becomes that account itself.
"""

from __future__ import annotations

import argparse
import ctypes
import datetime as dt
import os
import signal
import socketserver
import sys
import threading
from pathlib import Path
from typing import Any, Final

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from portal.documents.signing import authority, protocol, stamping

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
#: The longest text that is signed: the attributes of a signature, never a document.
MOST_BYTES: Final = 64 * 1024
#: The status with which it asks to be started again.
RENEWING: Final = 3


class Material:
    """The keys in memory, and the certificates that go with them."""

    def __init__(self, folder: Path, *, outside: bool, list_address: str, renewal: Path | None = None) -> None:
        self.folder = folder
        self.renewal = renewal
        self.outside = outside
        self.list_address = list_address
        self._lock = threading.Lock()
        if not outside:
            authority.ensure(folder, list_address)
        if folder.stat().st_uid != os.geteuid():
            raise ValueError("the folder of keys must belong to the account that starts the signer")
        if not outside:
            if renewal is not None and renewal.exists():
                authority.issue_signer(folder, list_address)
                renewal.unlink()
            self._root_key = authority.root_key(folder)
            self._root = authority.certificate(folder / authority.ROOT)
        else:
            self._list = folder / authority.OUTSIDE_LIST
        self._load()

    def _load(self) -> None:
        signer, stamper = (authority.private_key(self.folder / name) for name in ("signer.key", "timestamp.key"))
        if not isinstance(signer, ec.EllipticCurvePrivateKey) or not isinstance(signer.curve, ec.SECP256R1):
            raise ValueError("the signing key must be ECDSA P-256")
        if not isinstance(stamper, rsa.RSAPrivateKey):
            raise ValueError("the time-stamp key must be RSA")
        self._signer, self._stamper = signer, stamper
        self._certificates = {
            "signer": self._pems(authority.SIGNER)[:1],
            "timestamp": self._pems(authority.STAMPER)[:1],
            "root": self._pems(authority.ROOT),
            "issuer": self._pems(authority.CHAIN),
        }
        for name, key in (("signer", signer), ("timestamp", stamper)):
            certificate = asn1_x509.Certificate.load(self._certificates[name][0])
            spki = key.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            if name == "timestamp":
                self._stamper_certificate = certificate
            if certificate.public_key.dump() != spki:
                raise ValueError(f"{name}.pem is not the certificate of {name}.key")

    def _pems(self, name: str) -> list[bytes]:
        path = self.folder / name
        if not path.exists():
            return []
        return [der for _kind, _headers, der in pem.unarmor(path.read_bytes(), multiple=True)]

    # --- the acts ---------------------------------------------------------------------------------

    def info(self, _request: dict[str, Any]) -> dict[str, Any]:
        """The certificates in use; no key."""
        with self._lock:
            shown = {name: [protocol.packed(der) for der in ders] for name, ders in self._certificates.items()}
        return {"certificates": shown, "development": not self.outside}

    def sign(self, request: dict[str, Any]) -> dict[str, Any]:
        """ECDSA with SHA-256 over a short text."""
        data = protocol.unpacked(request["data"])
        if len(data) > MOST_BYTES:
            raise ValueError("that is no signature's attributes")
        with self._lock:
            key = self._signer
        return {"signature": protocol.packed(key.sign(data, ec.ECDSA(hashes.SHA256())))}

    def stamp(self, request: dict[str, Any]) -> dict[str, Any]:
        """A time-stamp by the clock of this process."""
        wanted = protocol.unpacked(request["request"])
        with self._lock:  # asn1crypto parses at first use, and not for two threads at a time
            given = stamping.answer(wanted, self._stamper_certificate, self._stamper)
        return {"response": protocol.packed(given)}

    def crl(self, request: dict[str, Any]) -> dict[str, Any]:
        """The revocation list: made here for the development authority, as the outside authority gave it otherwise."""
        if self.outside:
            return {"list": protocol.packed(self._list.read_bytes())}
        revoked = [
            (int(serial), dt.datetime.fromisoformat(since), str(reason)) for serial, since, reason in request["revoked"]
        ]
        made = authority.revocation_list(self._root, self._root_key, int(request["number"]), revoked)
        return {"list": protocol.packed(made)}

    def renew(self, _request: dict[str, Any]) -> dict[str, Any]:
        """A new signing key and certificate of the development authority."""
        if self.outside:
            raise ValueError("certificates of an outside authority are renewed by whoever runs it")
        if not os.access(self.folder, os.W_OK):
            # This process gave up the right to write its keys: it ends, and starts anew with that right.
            if self.renewal is None:
                raise ValueError("the folder of keys cannot be written; start the signer again with --renewal")
            self.renewal.touch(mode=0o600)
            threading.Timer(0.2, os._exit, [RENEWING]).start()
            return {"restarts": True}
        with self._lock:
            authority.issue_signer(self.folder, self.list_address)
            self._load()
        return {"restarts": False}

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        acts = {"info": self.info, "sign": self.sign, "stamp": self.stamp, "crl": self.crl, "renew": self.renew}
        try:
            return {"ok": True, **acts[request["op"]](request)}
        except Exception as error:  # the caller is told, and this process goes on
            return {"ok": False, "fault": f"{type(error).__name__}: {error}"[:500]}


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        server: Any = self.server
        self.request.settimeout(protocol.SECONDS)
        try:
            while (request := protocol.receive(self.request)) is not None:
                protocol.send(self.request, server.material.answer(request))
        except (OSError, ValueError):
            return


class Keeper(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: Path, material: Material) -> None:
        self.material = material
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            super().__init__(str(path), _Handler)
        finally:
            os.umask(before)


def become(account: str, path: Path) -> None:
    """Give the socket to the portal's account and become it; nobody of that account can look into this process."""
    uid, gid = (int(part) for part in account.split(":"))
    os.chown(path, uid, gid)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)  # a change of account clears it
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="keeper")
    parser.add_argument("--keys", type=Path, required=True)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--outside", action="store_true")
    parser.add_argument("--list-address", default="")
    parser.add_argument("--account", default="", help="uid:gid to become when the keys are read")
    parser.add_argument("--renewal", type=Path, help="a file whose presence at the start asks for a new certificate")
    options = parser.parse_args(arguments)
    try:
        material = Material(
            options.keys, outside=options.outside, list_address=options.list_address, renewal=options.renewal
        )
        keeper = Keeper(options.socket, material)
    except (OSError, ValueError, IndexError) as error:
        print(f"The signer does not start: {error}", file=sys.stderr, flush=True)
        return 1
    if options.account:
        become(options.account, options.socket)
    signal.signal(signal.SIGTERM, lambda _signal, _frame: threading.Thread(target=keeper.shutdown).start())
    keeper.serve_forever(poll_interval=0.2)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
