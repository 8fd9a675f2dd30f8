"""The confined task that turns HTML into PDF; it runs in `portal/confinement/loop.py` and knows nothing of Django.

A request is JSON with `html` and `identifier`, an answer is the PDF.
"""

from __future__ import annotations

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
        pdf: bytes = HTML(string=wanted["html"], base_url=base, url_fetcher=fetcher).write_pdf(
            font_config=fonts,
            pdf_identifier=wanted["identifier"].encode(),
            pdf_variant="pdf/a-3a",
        )
        return pdf

    return answer


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
