"""What the pages of staff, organisation and calendar share: a form that calls a service, and history in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from portal.accounts.models import RoleAssignment
from portal.accounts.permissions import AccountsPermission as P
from portal.accounts.roles import Role
from portal.documents.permissions import DocumentsPermission
from portal.operations.permissions import OperationsPermission as Watching
from portal.web.dates import date_full
from portal.web.requests import PortalRequest
from portal.web.views import form_page as forms


def form_page(request: PortalRequest, *, tab: str, **page: Any) -> HttpResponse:
    """`portal.web.views.form_page` on this workbench."""
    return forms.form_page(request, base="operations/base.html", desk=desk(request, tab), **page)


def desk(request: PortalRequest, tab: str) -> dict[str, Any]:
    """Which tabs this person may open, and which one is current."""
    grants = request.grants
    return {
        "tab": tab,
        "may": {
            "overview": grants.has(Watching.VIEW_OPERATIONS),
            "queue": grants.has(Watching.MANAGE_QUEUE),
            "staff": grants.has_any(P.MANAGE_STAFF, P.MANAGE_POSTINGS, P.MANAGE_ROLES),
            "organisation": grants.has(P.MANAGE_ORGANISATION),
            "calendar": grants.has(P.MANAGE_CALENDAR),
            "certificates": grants.has(DocumentsPermission.MANAGE_CERTIFICATES),
            "stationing": grants.has(P.VIEW_STATIONING),
            "manage_staff": grants.has(P.MANAGE_STAFF),
            "manage_roles": grants.has(P.MANAGE_ROLES),
            "manage_postings": grants.has(P.MANAGE_POSTINGS),
        },
    }


def history_lines(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """The versions of rows with django-simple-history, newest first: when, who, what."""
    words = {"+": "新增", "~": "修改", "-": "删除"}
    lines = [
        {
            "when": row.history_date,
            "who": str(row.history_user) if row.history_user else "系统",
            "what": f"{words[row.history_type]}{_what(row)}",
        }
        for row in rows
    ]
    return sorted(lines, key=lambda line: line["when"], reverse=True)


def _what(row: Any) -> str:
    """The version in words: its kind, what it says, its period."""
    instance = row.instance
    says = Role(instance.role).label if isinstance(instance, RoleAssignment) else str(instance)
    ends = getattr(instance, "left_on", None) or getattr(instance, "valid_until", None)
    return f"{instance._meta.verbose_name}：{says}" + (f"，到 {date_full(ends)}" if ends else "")
