"""Files that a visitor uploads, and the papers that the portal gives."""

import io
import re
from pathlib import Path

import pikepdf
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page
from pypdf import PdfReader


def small_pdf(name: str) -> FilePayload:
    """One empty sheet; the name makes the content its own, so that no two are alike."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    document.docinfo["/Title"] = name
    buffer = io.BytesIO()
    document.save(buffer)
    return {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": buffer.getvalue()}


def small_jpeg(name: str) -> FilePayload:
    """A small photograph of nothing."""
    buffer = io.BytesIO()
    Image.new("RGB", (120, 90), (len(name) * 7 % 256, 120, 160)).save(buffer, "JPEG", comment=name.encode())
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def downloaded_text(page: Page, link: Locator) -> str:
    """Click the link of a PDF and give its text without blanks."""
    with page.expect_download(timeout=60_000) as download:
        link.click()
    path = Path(download.value.path())
    text = "".join(sheet.extract_text() for sheet in PdfReader(path).pages)
    return re.sub(r"\s+", "", text)
