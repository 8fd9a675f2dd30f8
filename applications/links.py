"""Addresses of other apps' pages that the pages of a case lead to."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from portal.documents.models import OfficialDocument
from portal.files.models import StoredFile


def document_url(document: OfficialDocument) -> str:
    return reverse("documents:download", args=[document.pk])


def file_url(file: StoredFile) -> str:
    """Where a file is downloaded; "" as long as it did not pass the check."""
    return reverse("files:download", args=[file.pk]) if file.is_clean else ""


def preview_url(file: StoredFile) -> str:
    """Where the pages of a file are looked at; "" as long as it did not pass the check."""
    return reverse("files:preview", args=[file.pk]) if file.is_clean else ""


def guide_url(basic_code: str) -> str:
    """The public guide of an item."""
    return _above("disclosure:guide", basic_code)


def calculator_url() -> str:
    return _above("disclosure:calculator")


def _above(name: str, *args: object) -> str:
    """An address of a floor above; empty where that floor is not served."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
