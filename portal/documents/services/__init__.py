"""What changes documents: issue them, sign them, say what they are worth, and keep the certificates."""

from portal.documents.services.issuing import HOTLINE, RENDER, TEMPLATE_VERSION, issue
from portal.documents.services.sealing import signed_bytes
from portal.documents.services.status import change_status, supersede
from portal.documents.services.trust import refresh, renew_signer, revoke_certificate

__all__ = [
    "HOTLINE",
    "RENDER",
    "TEMPLATE_VERSION",
    "change_status",
    "issue",
    "refresh",
    "renew_signer",
    "revoke_certificate",
    "signed_bytes",
    "supersede",
]
