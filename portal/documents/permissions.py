"""What one may do with documents and the certificates that sign them."""

from __future__ import annotations

from typing import Final

from portal.accounts.roles import Role
from portal.web.permissions import PermissionEnum, register


class DocumentsPermission(PermissionEnum):
    REVOKE_DOCUMENT = "revoke_document", "中止、恢复和撤销文书"
    MANAGE_CERTIFICATES = "manage_certificates", "吊销和换发签名证书"


#: 行政许可法 69: the organ that decided revokes; keys are the security administrator's.
HOLDERS: Final = {
    Role.ORGAN_HEAD: [DocumentsPermission.REVOKE_DOCUMENT],
    Role.SECURITY_ADMIN: [DocumentsPermission.MANAGE_CERTIFICATES],
}


def register_permissions() -> None:
    """Called from AppConfig.ready()."""
    register(DocumentsPermission, HOLDERS)
