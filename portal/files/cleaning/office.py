"""Word and Excel packages: opened part by part, and packed anew without what reaches outside."""

from __future__ import annotations

import io
import zipfile
from typing import Any, Final
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser

from portal.files.cleaning.faults import Unclean

_CHUNK: Final = 1 << 20
#: What Word and Excel fetch by themselves when they open a file, by the last part of the relationship's type.
_CLICKED: Final = "hyperlink"
#: Fields and formulas that fetch or start something.
_FIELDS: Final = ("DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "IMPORT", "LINK", "DATABASE")
_FORMULAS: Final = ("WEBSERVICE(", "FILTERXML(", "RTD(", "CALL(", "REGISTER.ID(", "DDE(")
#: Parts that bring other programs or files along, by the last part of the relationship's type.
_BROUGHT: Final = ("oleobject", "package", "control", "activexcontrolbinary", "afchunk", "subdocument")
_FETCHED: Final = ("attachedtemplate", "externallink", "externallinkpath", "connections", "querytable", "frame")
_MACROS: Final = ("vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet", "extensibility", "ui-extensibility")
_SCHEMES: Final = ("http:", "https:", "ftp:", "file:", "mhtml:", "\\\\", "//")
#: What Office files hold besides XML, by its first bytes.
_MEDIA: Final = (
    *(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"II\xbc"),
    *(b"\x01\0\0\0", b"\xd7\xcd\xc6\x9a", b"\x01\0\x09\0"),  # EMF, WMF with and without a head
)
_DATED: Final = (1980, 1, 1, 0, 0, 0)


def cleaned(content: bytes, kind: str, limits: dict[str, int]) -> tuple[bytes, int, list[str]]:
    """The package packed anew. Raises Unclean."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [part for part in archive.infolist() if not part.is_dir()]
            _check_directory(parts, len(content), kind, limits)
            return _packed(archive, parts, limits)
    except Unclean:
        raise
    except DefusedXmlException as error:
        raise Unclean("office_entities") from error
    except Exception as error:  # a parser of foreign bytes may fail in any way; all of them mean one thing
        raise Unclean("office_broken") from error


def _check_directory(parts: list[zipfile.ZipInfo], size: int, kind: str, limits: dict[str, int]) -> None:
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > limits["parts"] or unpacked > limits["unpacked"] or unpacked > limits["ratio"] * size:
        raise Unclean("file_bomb")
    if any(part.flag_bits & 0x1 for part in parts):
        raise Unclean("office_locked")
    names = [part.filename for part in parts]
    if any(name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/") for name in names):
        raise Unclean("office_paths")
    if len({name.lower() for name in names}) != len(names):
        raise Unclean("office_paths")
    for name in names:
        _check_name(name.lower())


def _check_name(name: str) -> None:
    last = name.rpartition("/")[2]
    if last.startswith("vba") or "/vba" in name or "macrosheets/" in name or "customui/" in name:
        raise Unclean("office_macros")
    if "/embeddings/" in name or "/activex/" in name or last.endswith((".bin.exe", ".exe", ".js", ".vbs", ".ole")):
        raise Unclean("office_embedded")
    if "externallinks/" in name or last == "connections.xml" or "querytables/" in name:
        raise Unclean("office_external")


def _packed(
    archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], limits: dict[str, int]
) -> tuple[bytes, int, list[str]]:
    target, removed, read = io.BytesIO(), set[str](), 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as fresh:
        for part in parts:  # the sizes in the directory may lie: count what really comes out, and check the sums
            body = bytearray()
            with archive.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    read += len(chunk)
                    if read > limits["unpacked"]:
                        raise Unclean("file_bomb")
                    body += chunk
            content = _part(part.filename, bytes(body), removed)
            fresh.writestr(zipfile.ZipInfo(part.filename, _DATED), content, zipfile.ZIP_DEFLATED)
    return target.getvalue(), 0, sorted(removed)


def _part(name: str, content: bytes, removed: set[str]) -> bytes:
    lower = name.lower()
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"MZ", b"\x7fELF")):
        raise Unclean("office_embedded")
    if not lower.endswith((".xml", ".rels", ".vml")) and not _is_xml(content):
        if content and not content.startswith(_MEDIA) and not _is_binary(lower):
            raise Unclean("office_embedded")
        return content
    read = _Reader(is_relations=lower.endswith(".rels"))
    try:
        parser = make_parser()
        parser.forbid_dtd = True
        parser.setContentHandler(read)
        parser.parse(io.BytesIO(content))
    except SAXException as error:
        raise Unclean("office_broken") from error
    if read.clicked:
        removed.add("网址链接")
        for address in sorted(read.clicked, key=len, reverse=True):
            content = _without(content, address)
        again = _Reader(is_relations=True)
        parser = make_parser()
        parser.setContentHandler(again)
        parser.parse(io.BytesIO(content))
        if again.clicked - {"about:blank"}:
            raise Unclean("office_external")
    return content


def _is_xml(content: bytes) -> bool:
    """Whatever its name: a part's kind is told elsewhere, and may be any."""
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith((b"<", b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"))


def _is_binary(name: str) -> bool:
    return name.endswith((".odttf", ".fntdata", ".txt")) or "/printersettings/" in name


def _without(content: bytes, address: str) -> bytes:
    """The relationships with this address leading nowhere; written as the writers of such files do."""
    from xml.sax.saxutils import escape

    for quote in ('"', "'"):
        entities = {'"': "&quot;"} if quote == '"' else {"'": "&apos;"}
        for written in {address, escape(address, entities)}:
            content = content.replace(
                f"Target={quote}{written}{quote}".encode(), f"Target={quote}about:blank{quote}".encode()
            )
    return content


class _Reader(ContentHandler):
    """Looks at every element of one part."""

    def __init__(self, *, is_relations: bool) -> None:
        super().__init__()
        self.is_relations = is_relations
        self.clicked: set[str] = set()
        self._text: list[str] | None = None
        self._fields: list[str] = []

    def startElement(self, name: str, attrs: Any) -> None:
        local = name.rpartition(":")[2]
        for key in ("src", "o:href", "r:href"):
            if attrs.get(key, "").strip().lower().startswith(_SCHEMES):
                raise Unclean("office_external")
        if self.is_relations and local == "Relationship":
            self._relationship(attrs)
        elif local in ("Override", "Default"):
            if "macroEnabled" in attrs.get("ContentType", "") or "vbaProject" in attrs.get("ContentType", ""):
                raise Unclean("office_macros")
        elif local == "fldSimple":
            _check_field(next((attrs[key] for key in attrs.getNames() if key.endswith("instr")), ""))
        elif local == "fldChar":
            self._field_mark(next((attrs[key] for key in attrs.getNames() if key.endswith("fldCharType")), ""))
        elif local in ("instrText", "f", "definedName"):
            self._text = []

    def _field_mark(self, mark: str) -> None:
        """A field's instruction may be spread over any number of runs, and fields stand within fields."""
        if mark == "begin":
            if self._fields and not self._fields[-1].strip():
                raise Unclean("office_external")  # its name would be made by another field
            self._fields.append("")
        elif self._fields:
            _check_field(self._fields[-1])
            if mark == "end":
                self._fields.pop()

    def _relationship(self, attrs: Any) -> None:
        kind = attrs.get("Type", "").rpartition("/")[2].lower()
        if kind in _MACROS:
            raise Unclean("office_macros")
        if kind in _BROUGHT:
            raise Unclean("office_embedded")
        if kind in _FETCHED:
            raise Unclean("office_external")
        outside = attrs.get("Target", "").strip().lower().startswith(_SCHEMES)
        if attrs.get("TargetMode", "").lower() != "external" and not outside:
            return
        if kind == _CLICKED:
            self.clicked.add(attrs.get("Target", ""))
        else:
            raise Unclean("office_external")

    def characters(self, content: str) -> None:
        if self._text is not None:
            self._text.append(content)

    def endElement(self, name: str) -> None:
        if self._text is None:
            return
        local, text = name.rpartition(":")[2], "".join(self._text)
        if local == "instrText":
            if not self._fields:
                self._fields.append("")
            self._fields[-1] += text
            _check_field(self._fields[-1])
            self._text = None
        elif local in ("f", "definedName"):
            compact = text.upper().replace(" ", "")
            if any(word in compact for word in _FORMULAS) or "|'" in compact:
                raise Unclean("office_external")
            self._text = None


def _check_field(instruction: str) -> None:
    words = instruction.replace('"', " ").upper().split()
    if any(word in _FIELDS for word in words[:1]):
        raise Unclean("office_external")
