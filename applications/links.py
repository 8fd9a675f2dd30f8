"""Addresses of other apps' pages that the pages of a case lead to."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from portal.documents.models import OfficialDocument
from portal.files.models import StoredFile


def document_url(document: OfficialDocument) -> str:
    return _address("documents:download", document.pk)


def file_url(file: StoredFile) -> str:
    return _address("files:download", file.pk)


def guide_url(basic_code: str) -> str:
    """The public guide of an item; it lies on a floor above, which may be switched off."""
    return _address("disclosure:guide", basic_code)


def calculator_url() -> str:
    return _address("disclosure:calculator")


def _address(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
