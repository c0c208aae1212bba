"""PDF and DOCX files as portals attach them, made by hand: sample texts, none of them real."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(pages: Sequence[str], trailer: bytes = b"") -> bytes:
    """A PDF 1.4 file with a line of text a page; letters of Vietnamese by a ToUnicode map."""
    letters = sorted({letter for page in pages for letter in page})
    codes = {letter: number for number, letter in enumerate(letters, 1)}
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 4 0 R >>",
        stream(_to_unicode(codes)),
    ]
    for number, page in enumerate(pages):
        shown = "".join(f"{codes[letter]:02x}" for letter in page)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (6 + 2 * number)
        )
        objects.append(stream(f"BT /F1 12 Tf 50 700 Td <{shown}> Tj ET".encode()))
    return assembled(objects, trailer)


def stream(content: bytes, filters: int = 0) -> bytes:
    """A stream object, packed as often as told."""
    for _ in range(filters):
        content = zlib.compress(content, 9)
    names = b"/FlateDecode " * filters
    head = b"<< /Length %d /Filter [%s] >>" % (len(content), names)
    return head + b"\nstream\n" + content + b"\nendstream"


def assembled(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A file of these objects, the first of which is the catalogue."""
    file, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (
        file
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF"
        % (size, trailer, len(file))
    )


def _to_unicode(codes: dict[str, int]) -> bytes:
    lines = "\n".join(
        f"<{code:02x}> <{letter.encode('utf-16-be').hex()}>" for letter, code in codes.items()
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{lines}\nendbfchar\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()


def docx(paragraphs: Sequence[str], extra: str = "") -> bytes:
    """A Word document of plain paragraphs; `extra` is markup of its body behind them."""
    body = "".join(f"<w:p><w:r><w:t>{each}</w:t></w:r></w:p>" for each in paragraphs)
    return packed(f'<w:document xmlns:w="{W}"><w:body>{body}{extra}</w:body></w:document>')


def packed(document: str | bytes, name: str = "word/document.xml") -> bytes:
    """A packed file with one member."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, document)
    return file.getvalue()
