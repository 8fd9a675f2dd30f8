"""The documents' part of `manage.py verify`: numbers without gaps, PDFs with their bytes."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Max

from portal.documents.kinds import DocumentKind
from portal.documents.models import DocumentCounter, OfficialDocument
from portal.files import storage
from portal.files.nightly import fault_of
from portal.web.checks import Scope


def check_numbers(_scope: Scope) -> Iterator[str]:
    """Of each department, kind and year: 1 to the counter's last, each once (the table's constraint)."""
    counters = {
        (department, kind, year): (name, last)
        for department, name, kind, year, last in DocumentCounter.objects.order_by("pk").values_list(
            "department_id", "department__name", "kind", "year", "last"
        )
    }
    stored = (
        OfficialDocument.objects.order_by().values("department_id", "department__name", "kind", "year")
        .annotate(n=Count("pk"), highest=Max("seq"))
    )  # fmt: skip
    for row in stored:
        name, last = counters.pop((row["department_id"], row["kind"], row["year"]), (row["department__name"], 0))
        if (row["n"], row["highest"]) != (last, last):
            yield _sentence(name, row["kind"], row["year"], last, row["n"], row["highest"])
    for (_, kind, year), (name, last) in counters.items():
        if last:
            yield _sentence(name, kind, year, last, 0, 0)


def _sentence(name: str, kind: str, year: int, last: int, count: int, highest: int) -> str:
    label = DocumentKind(kind).label
    return f"{name} {year} 年的{label}有缺号：编到第 {last} 号，存有 {count} 份，最大的是第 {highest} 号。"


def check_files(scope: Scope) -> Iterator[str]:
    """PDFs that were made, rendered or signed, and are not there or are others; an erased person's must be gone."""
    made = OfficialDocument.objects.exclude(pdf_sha256="", signed_sha256="").order_by("pk")
    rows = made.values_list(
        "number", "person_key__erased_at", "pdf_sha256", "pdf_size", "signed_sha256", "signed_size"
    )
    for number, erased_at, pdf_sha256, pdf_size, signed_sha256, signed_size in rows.iterator(2_000):
        for name, sha256, size in (("PDF ", pdf_sha256, pdf_size), ("电子原件", signed_sha256, signed_size)):
            if sha256 and (fault := _fault_of_erased(sha256) if erased_at else fault_of(sha256, size, scope)):
                yield f"文书 {number} 的{name}{fault}"


def _fault_of_erased(sha256: str) -> str:
    return "在当事人的信息删除后还在磁盘上。" if storage.path_of(sha256).exists() else ""
