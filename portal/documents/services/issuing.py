"""Issue official documents inside the act's transaction; the PDF follows after the commit."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection

from portal.clock import SHANGHAI, local_date
from portal.documents import contents as stored
from portal.documents import rules
from portal.documents.kinds import DocumentKind
from portal.documents.models import DocumentCounter, OfficialDocument
from portal.documents.schemas import checked
from portal.organizations.models import Department
from portal.outbox.services import enqueue
from portal.privacy.models import PersonKey
from portal.web import statements
from portal.web.keys import ulid, uuid7

RENDER: Final = "documents.render"
TEMPLATE_VERSION: Final = 3
HOTLINE: Final = "12345"


def issue(
    *,
    kind: DocumentKind,
    department: Department,
    subject_kind: str,
    subject_id: UUID,
    person_key: PersonKey | None,
    data: dict[str, Any],
    issued_at: dt.datetime,
    valid_until: dt.date | None = None,
) -> OfficialDocument:
    """Number and store a document; the counter stays locked until the act commits, so that numbers have no gap.

    Raises IncompleteDocument when the data lacks what the law demands of this kind, and RuntimeError outside a
    transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a document is issued in the transaction of the act that it papers")
    kind = DocumentKind(kind)
    contents = checked(kind, data)
    year = local_date(issued_at).year
    seq = _next_number(department, kind, year)
    number = rules.document_number(kind=kind, department_short_name=department.short_name, year=year, seq=seq)
    code = ulid()
    text, digest = stored.canonical(
        {
            "kind": kind.value,
            "number": number,
            "issuer": department.name,
            "issued_at": issued_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "code": code,
            "verify_url": f"{settings.PUBLIC_URL}/verify/{code}/",
            "hotline": HOTLINE,
            "demonstration": bool(settings.DEMONSTRATION),
            # What is on paper can be guessed; with this nobody can find it out by trying hashes.
            "salt": secrets.token_hex(32),
            "contents": contents,
        }
    )
    document = OfficialDocument(
        id=uuid7(),
        code=code,
        short_code=rules.short_code(code),
        kind=kind,
        department=department,
        year=year,
        seq=seq,
        number=number,
        subject_kind=subject_kind,
        subject_id=subject_id,
        person_key=person_key,
        issuer_name=department.name,
        data=text,
        data_hash=digest,
        template_version=TEMPLATE_VERSION,
        issued_at=issued_at,
        valid_until=valid_until,
    )
    statements.insert(document)
    if not settings.DEMONSTRATION:  # the demonstration makes and signs the PDF on first request
        enqueue(kind=RENDER, payload={"document": str(document.pk)}, key=str(document.pk))
    return document


def _next_number(department: Department, kind: DocumentKind, year: int) -> int:
    """One statement that locks the counter row; a rollback gives the number back."""
    table = DocumentCounter._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS counter (id, department_id, kind, year, last) VALUES (%s, %s, %s, %s, 1) "
            "ON CONFLICT (department_id, kind, year) DO UPDATE SET last = counter.last + 1 RETURNING last",
            [uuid7(), department.pk, kind.value, year],
        )
        seq: int = cursor.fetchone()[0]
    return seq
