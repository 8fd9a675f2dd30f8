"""The confined task that turns HTML into PDF; it runs in `portal/confinement/loop.py` and knows nothing of Django.

A request is JSON with `html`, `identifier` and perhaps `attachment`, an answer is the PDF.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

_FONTS = """<?xml version="1.0"?>
<fontconfig>{folders}<cachedir>{cache}</cachedir></fontconfig>
"""


def prepare(assets: str, *font_folders: str) -> Callable[[bytes], bytes]:
    """Load WeasyPrint with the portal's fonts alone."""
    configure_fonts(Path.cwd(), font_folders)
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fetcher = folder_fetcher(URLFetcher, Path(assets))
    fonts = FontConfiguration()
    base = Path(assets).as_uri() + "/"

    def answer(request: bytes) -> bytes:
        wanted = json.loads(request)
        attached = wanted.get("attachment")
        pdf: bytes = HTML(string=wanted["html"], base_url=base, url_fetcher=fetcher).write_pdf(
            font_config=fonts,
            pdf_identifier=wanted["identifier"].encode(),
            pdf_variant="pdf/a-3a",
            attachments=[attachment_of(attached)] if attached else None,
        )
        return once_associated(pdf) if attached else pdf

    return answer


def attachment_of(wanted: dict[str, str]) -> Any:
    """The data that goes with the page; made anew for each document, because such an object serves once."""
    from weasyprint import Attachment

    at = dt.datetime.fromisoformat(wanted["at"]).astimezone(dt.UTC)
    return Attachment(
        string=wanted["text"].encode(),
        name=wanted["name"],
        description=wanted["description"],
        created=at,
        modified=at,
        relationship="Data",
    )


def once_associated(pdf: bytes) -> bytes:
    """WeasyPrint lists an associated file twice; PDF/A wants it once. The same input gives the same bytes."""
    import pikepdf

    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        seen: dict[Any, Any] = {}
        for file in document.Root.AF:
            seen.setdefault(file.objgen, file)
        document.Root.AF = pikepdf.Array(list(seen.values()))
        document.save(target, deterministic_id=True)
    return target.getvalue()


def configure_fonts(folder: Path, font_folders: tuple[str, ...]) -> None:
    """Only the portal's own whole font files, so that every machine sets the same page."""
    folders = "".join(f"<dir>{each}</dir>" for each in font_folders)
    path = folder / "fonts.conf"
    path.write_text(_FONTS.format(folders=folders, cache=folder / "fonts"), "utf-8")
    os.environ["FONTCONFIG_FILE"] = str(path)


def folder_fetcher(base: Any, assets: Path) -> Any:
    """A fetcher that opens data: addresses and files below one folder, and nothing else."""
    root = assets.resolve()

    class FolderFetcher(base):
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("file:"):
                from urllib.parse import unquote, urlsplit

                parts = urlsplit(url)
                path = Path(unquote(parts.path)).resolve()
                if parts.netloc or not path.is_relative_to(root):
                    raise ValueError("outside the folder of assets")
            return super().fetch(url, headers)

    return FolderFetcher(allowed_protocols=["data", "file"], allow_redirects=False)
