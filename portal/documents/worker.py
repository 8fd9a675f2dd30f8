"""The process that turns HTML into PDF: started by path, alone, with an empty environment and hard limits.

It imports nothing of the portal and reaches no database, no key and no network. Frames on both pipes are an 8-byte
length and that many bytes; a request is JSON with `html`, `identifier` and perhaps `attachment`, an answer begins with
`+` (PDF) or `-` (one line saying why not). It ends when its input ends, after an idle minute, or after a number of
documents.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import resource
import select
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

ADDRESS_SPACE = 512 * 1024 * 1024
CPU_SECONDS = 20
IDLE_SECONDS = 60
DOCUMENTS = 200

_FONTS = """<?xml version="1.0"?>
<fontconfig>{folders}<cachedir>{cache}</cachedir></fontconfig>
"""


def main(assets: str, *font_folders: str) -> None:
    """Answer requests until there are no more."""
    here = Path.cwd()
    configure_fonts(here, font_folders)
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fetcher = folder_fetcher(URLFetcher, Path(assets))
    fonts = FontConfiguration()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints goes to the log and not between the frames
    base = Path(assets).as_uri() + "/"
    for _ in range(DOCUMENTS):
        if (request := read_frame(source, IDLE_SECONDS)) is None:
            return
        limit_cpu()
        try:
            wanted = json.loads(request)
            attached = wanted.get("attachment")
            pdf = HTML(string=wanted["html"], base_url=base, url_fetcher=fetcher).write_pdf(
                font_config=fonts,
                pdf_identifier=wanted["identifier"].encode(),
                pdf_variant="pdf/a-3a",
                attachments=[attachment_of(attached)] if attached else None,
            )
            answer = b"+" + (once_associated(pdf) if attached else pdf)
        except Exception as error:  # the caller is told, and this process goes on
            answer = b"-" + f"{type(error).__name__}: {error}".encode()[:2000]
        write_frame(target, answer)


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


def limit_cpu() -> None:
    """Twenty more seconds of processor time for the next document; beyond them the kernel ends the process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + CPU_SECONDS, hard))


def read_frame(stream: BinaryIO, idle: float) -> bytes | None:
    """The next frame; None at the end of input or after an idle time."""
    if not select.select([stream], [], [], idle)[0]:
        return None
    head = stream.read(8)
    if len(head) < 8:
        return None
    return stream.read(struct.unpack(">Q", head)[0])


def write_frame(stream: BinaryIO, content: bytes) -> None:
    stream.write(struct.pack(">Q", len(content)) + content)
    stream.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
