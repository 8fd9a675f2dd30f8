"""From a document's row to its PDF: the same bytes each time, made once and kept by content."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from dataclasses import dataclass
from typing import Any, Final

import segno
import structlog
from django.template.loader import select_template
from django.utils.safestring import mark_safe

from portal import clock
from portal.documents import contents, rules, seals
from portal.documents.errors import RenderingFault
from portal.documents.kinds import ORGAN_SEALED, SEAL_PURPOSE, DocumentKind, seal_of, title_of
from portal.documents.models import OfficialDocument
from portal.documents.press import PRESS
from portal.files import storage

#: Since this version of the templates a paper carries its data.
WITH_DATA: Final = 2
#: Since this version a paper calls the code as the progress page does.
SAYS_QUERY_CODE: Final = 3
DATA_NAME: Final = "wenshu.json"

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seal:
    ring: list[seals.SealCharacter]
    star: str
    purpose: str
    demonstration: bool
    label: str


def pdf_bytes(document: OfficialDocument) -> bytes:
    """The PDF, from the store or made now. Raises RenderingFault.

    A PDF that was lost is made again; bytes other than the first ones are never given out as the same document.
    """
    if document.pdf_sha256:
        try:
            return storage.get(document.pdf_sha256)
        except FileNotFoundError:
            logger.error("document_bytes_missing", document=str(document.pk))
    pdf = render(document)
    if document.pdf_sha256 and hashlib.sha256(pdf).hexdigest() != document.pdf_sha256:
        logger.error("document_bytes_differ", document=str(document.pk))
        raise RenderingFault("这份文书的 PDF 原件暂时取不到，请联系出具机关。", code="document_differs")
    _keep(document, pdf)
    return pdf


def _keep(document: OfficialDocument, pdf: bytes) -> None:
    sha256 = storage.put(pdf)
    if document.pdf_sha256:
        return
    now = clock.now()
    made = OfficialDocument.objects.filter(pk=document.pk, pdf_sha256="").update(
        pdf_sha256=sha256, pdf_size=len(pdf), rendered_at=now
    )
    if made:
        document.pdf_sha256, document.pdf_size, document.rendered_at = sha256, len(pdf), now


def render(document: OfficialDocument) -> bytes:
    """Make the PDF from the row alone, without looking at the store."""
    return PRESS.print(html_of(document), identifier=document.code, attachment=attachment_of(document))


def attachment_of(document: OfficialDocument) -> dict[str, str] | None:
    """The canonical data as the PDF's associated file; papers of the first version had none."""
    if document.template_version < WITH_DATA:
        return None
    return {
        "name": DATA_NAME,
        "description": "文书数据，规范 JSON (RFC 8785)",
        "text": contents.text_of(document),
        "at": document.issued_at.isoformat(),
    }


def html_of(document: OfficialDocument) -> str:
    """The page that the press sets."""
    context = page_context(contents.data_of(document), address=verify_address(document))
    context["code_word"] = "查询码" if document.template_version >= SAYS_QUERY_CODE else "查询密码"
    versions = range(document.template_version, 0, -1)
    context["frame"] = select_template([f"documents/v{version}/base.html" for version in versions])
    # A version holds what it changed: the rest is that of the newest one before it.
    return select_template([f"documents/v{version}/{document.kind}.html" for version in versions]).render(context)


def verify_address(document: OfficialDocument) -> str:
    """Where the QR leads; since the second version with the beginning of the data's hash, which no server log sees."""
    address: str = contents.data_of(document)["verify_url"]
    if document.template_version < WITH_DATA:
        return address
    return f"{address}#{document.data_hash[: rules.MARK_DIGITS]}"


def page_context(stored: dict[str, Any], *, address: str) -> dict[str, Any]:
    """What the templates see: the stored data with its dates as dates, and what is drawn from them."""
    kind = DocumentKind(stored["kind"])
    said = _dated(stored["contents"])
    issued_at = dt.datetime.fromisoformat(stored["issued_at"])
    return {
        "kind": kind.value,
        "title": title_of(kind, is_license=said["is_license"]),
        "number": stored["number"],
        "issuer": stored["issuer"],
        "issued_at": issued_at,
        "demonstration": stored["demonstration"],
        "hotline": stored["hotline"],
        "typed_code": rules.grouped(rules.short_code(stored["code"])),
        "qr": qr_svg(address),
        "seal": seal_drawing(kind, stored["issuer"], demonstration=stored["demonstration"]),
        "you": "你单位" if said["applicant_is_legal_person"] else "你",
        "item": f"{said['item_name']}（{said['situation']}）" if said["situation"] else said["item_name"],
        "c": said,
    }


def seal_drawing(kind: DocumentKind, issuer: str, *, demonstration: bool) -> Seal:
    return Seal(
        ring=seals.ring(issuer),
        star=seals.star(),
        purpose="" if kind in ORGAN_SEALED else SEAL_PURPOSE,
        demonstration=demonstration,
        label=f"印章：{seal_of(kind, issuer)}",
    )


def qr_svg(address: str) -> str:
    """The address as a QR code of level M, an inline drawing without size."""
    target = io.BytesIO()
    segno.make(address, error="m", boost_error=False, micro=False).save(
        target, kind="svg", xmldecl=False, svgns=False, nl=False, omitsize=True, border=0, svgclass="qr", lineclass=None
    )
    return mark_safe(target.getvalue().decode())  # made of numbers only


def _dated(contents: dict[str, Any]) -> dict[str, Any]:
    """Dates and instants as such: the schemas' names for them end in _on, _at and until; people's texts stay texts."""
    return {name: _dated_value(name, value) for name, value in contents.items()}


def _dated_value(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_dated(each) if isinstance(each, dict) else each for each in value]
    return _moment(value) if isinstance(value, str) and name.endswith(("_on", "_at", "until")) else value


def _moment(value: str) -> dt.date:
    return dt.date.fromisoformat(value) if len(value) == 10 else dt.datetime.fromisoformat(value)


def referenced(hashes: set[str]) -> set[str]:
    """Which of these contents are PDFs of documents, for the collection of orphaned files; not of erased persons."""
    rows = OfficialDocument.objects.filter(person_key__erased_at=None).order_by()
    rendered = rows.filter(pdf_sha256__in=hashes).values_list("pdf_sha256", flat=True)
    return set(rendered) | set(rows.filter(signed_sha256__in=hashes).values_list("signed_sha256", flat=True))
