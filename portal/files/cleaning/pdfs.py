"""PDFs are written anew without anything that acts: no script, no launch, no attachment, no XFA, no foreign address."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from portal.files.cleaning.faults import Unclean

#: Actions that do something other than turning to a page of the same document.
ACTIVE: Final = frozenset(
    f"/{name}"
    for name in (
        *("JavaScript", "Launch", "SubmitForm", "ResetForm", "ImportData", "URI", "GoToR", "GoToE", "GoTo3DView"),
        *("Rendition", "Movie", "Sound", "RichMediaExecute", "Named", "Hide", "SetOCGState", "Trans", "Thread"),
    )
)
SCRIPTS: Final = frozenset({"/JavaScript", "/Rendition"})
CARRIERS: Final = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
_CATALOG: Final = ("/OpenAction", "/AA", "/AF", "/Collection", "/Requirements", "/URI", "/NeedsRendering")
_FLATE: Final = frozenset({"/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL", "/ASCIIHexDecode",
                           "/AHx", "/ASCII85Decode", "/A85"})  # fmt: skip
#: Of a stream that images are made of, uncompressed; a bomb is a thousand times its size.
MAX_STREAM: Final = 250 * 1024 * 1024
_CHUNK: Final = 1 << 20


def cleaned(content: bytes, limits: dict[str, int]) -> tuple[bytes, int, list[str]]:
    """The document without what acts. Raises Unclean."""
    try:
        document = pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError as error:
        raise Unclean("pdf_locked") from error
    except Exception as error:  # a parser of foreign bytes may fail in any way; all of them mean one thing
        raise Unclean("pdf_broken") from error
    with document:
        if document.is_encrypted:
            raise Unclean("pdf_locked")
        pages = _pages(document, limits)
        if document.Root.get("/NeedsRendering") is True:
            raise Unclean("pdf_dynamic_form")
        try:
            removed = _disarm(document)
            _check_streams(document)
            target = io.BytesIO()
            document.save(
                target, deterministic_id=True, stream_decode_level=pikepdf.StreamDecodeLevel.none, linearize=False
            )
        except Unclean:
            raise
        except Exception as error:
            raise Unclean("pdf_broken") from error
    return target.getvalue(), pages, removed


def _pages(document: pikepdf.Pdf, limits: dict[str, int]) -> int:
    try:
        pages = len(document.pages)
        if pages > limits["pages"]:
            raise Unclean("too_many_pages", pages=pages, most=limits["pages"])
        for page in document.pages:
            _ = page.mediabox
    except Unclean:
        raise
    except Exception as error:
        raise Unclean("pdf_broken") from error
    if pages == 0:
        raise Unclean("pdf_no_pages")
    return pages


def _disarm(document: pikepdf.Pdf) -> list[str]:
    """Cut everything that acts out of every object; returns what it was, in words."""
    found: set[str] = set()
    root = document.Root
    for key in _CATALOG:
        if key in root:
            found.add("自动动作" if key in ("/OpenAction", "/AA") else "附件" if key in ("/AF", "/Collection") else "")
            del root[key]
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        for key, word in (("/JavaScript", "脚本"), ("/EmbeddedFiles", "附件"), ("/Renditions", "多媒体")):
            if key in names:
                found.add(word)
                del names[key]
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        found.add("XFA 表单")
        del form["/XFA"]
    for page in document.pages:
        _disarm_page(page.obj, found)
    for value in _dictionaries(document):
        _disarm_dictionary(value, found)
    return sorted(found - {""})


def _disarm_page(page: Any, found: set[str]) -> None:
    notes = page.get("/Annots")
    if not isinstance(notes, pikepdf.Array):
        return
    kept = [note for note in notes if not (isinstance(note, pikepdf.Dictionary) and note.get("/Subtype") in CARRIERS)]
    if len(kept) < len(notes):
        found.add("附件和多媒体")
        page["/Annots"] = pikepdf.Array(kept)


def _dictionaries(document: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of the document, those of streams and those that stand inside others as well."""
    for whole in document.objects:
        waiting = [whole]
        while waiting:
            value = waiting.pop()
            if isinstance(value, pikepdf.Array):
                waiting += [part for part in value if isinstance(part, pikepdf.Object) and not part.is_indirect]
            elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
                yield value
                waiting += [value[key] for key in list(value.keys()) if _is_direct(value, key)]


def _is_direct(holder: Any, key: str) -> bool:
    value = holder.get(key)
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


def _disarm_dictionary(value: Any, found: set[str]) -> None:
    """Judged by what a reader would act on, never by a /Type that the writer of the file may choose.

    Resources may have any name, so a key alone says nothing: a font may be called /AA or /EF.
    """
    kind = value.get("/S")
    if isinstance(kind, pikepdf.Name) and str(kind) in ACTIVE:
        found.add("脚本" if str(kind) in SCRIPTS else "链接和动作")
        for key in list(value.keys()):
            del value[key]
        return
    if _holds_files(value.get("/EF")):
        found.add("附件")
        del value["/EF"]
    actions = value.get("/AA")
    if isinstance(actions, pikepdf.Dictionary) and "/BaseFont" not in actions:
        found.add("自动动作")
        del value["/AA"]
    for key in ("/JS", "/OnInstantiate"):
        if isinstance(value.get(key), pikepdf.String) or (key != "/JS" and key in value):
            found.add("脚本")
            del value[key]
    if value.get("/Type") == "/Sig" and "/ByteRange" in value:
        found.add("电子签名的效力")
    action = value.get("/A")
    if isinstance(action, pikepdf.Dictionary) and _acts(action):
        found.add("脚本" if str(action.get("/S")) in SCRIPTS else "链接和动作")
        del value["/A"]


def _holds_files(value: Any) -> bool:
    """What /EF of a file specification is: streams by the kind of their name."""
    return isinstance(value, pikepdf.Dictionary) and any(
        isinstance(value.get(key), pikepdf.Stream) for key in ("/F", "/UF", "/DOS", "/Mac", "/Unix")
    )


def _acts(action: Any) -> bool:
    kind = action.get("/S")
    return len(action.keys()) == 0 or (isinstance(kind, pikepdf.Name) and str(kind) in ACTIVE)


def _check_streams(document: pikepdf.Pdf) -> None:
    """Nothing in it may unpack to more than a large picture: whoever opens it later has no limits of ours."""
    for value in document.objects:
        if not isinstance(value, pikepdf.Stream):
            continue
        filters = value.get("/Filter")
        names = [str(f) for f in filters] if isinstance(filters, pikepdf.Array) else [str(filters)] if filters else []
        packed = [name for name in names if name in _FLATE]
        if len(names) > 3 or sum(name in ("/FlateDecode", "/Fl") for name in packed) > 1:
            raise Unclean("file_bomb")
        if names[:1] and names[0] in ("/FlateDecode", "/Fl"):
            _check_flate(value.read_raw_bytes())


def _check_flate(raw: bytes) -> None:
    if len(raw) * 1032 <= MAX_STREAM:  # deflate makes at most 1,032 bytes of one
        return
    unpacker, size, left = zlib.decompressobj(), 0, raw
    try:
        while left and not unpacker.eof:
            size += len(unpacker.decompress(left, _CHUNK))
            left = unpacker.unconsumed_tail
            if size > MAX_STREAM:
                raise Unclean("file_bomb")
    except zlib.error:
        return  # a damaged stream draws nothing, and is no bomb
