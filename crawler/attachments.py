"""Attachments: the text of PDF and DOCX files, read in a process that may die.

A stranger's file can be encrypted, cut short, endless or a bomb, and what reads PDF is not ours. So
each file is read by `python -m crawler.attachments`, which has limits of its own and tells on
standard output what it found; whatever becomes of it, the crawl goes on.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Literal
from zipfile import BadZipFile, ZipFile

from lxml import etree, html
from pypdfium2 import PdfDocument, PdfiumError
from pypdfium2.raw import FPDF_ERR_PASSWORD

from crawler.fonts import respell

LONGEST = 300_000
"""Characters of a file that are kept: about a hundred pages."""

PAGES = 1_000
"""Pages that are read."""

FEWEST = 30
"""Letters a page, on average, under which a PDF is a scan: signing it digitally prints some."""

UNPACKED = 50_000_000
"""Bytes of a DOCX file's text with its markup."""

PROCESSOR_SECONDS, SECONDS, MEMORY = 20, 60, 1 << 30
"""What the process may use: seconds of the processor and of the clock, bytes of addresses."""

State = Literal["text", "scan", "locked", "damaged", "too much", "unknown", "withheld"]
"""What became of a file: its text is known; it is pictures of pages, encrypted, not whole, more
than the process may use, of a type that is not read, or its site wishes it not to be found."""

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"

_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class FileText:
    """What a file says: NFC, a paragraph or printed line a line; "" in any state but "text"."""

    state: State
    text: str = ""


def read_file(body: bytes) -> FileText:
    """The text of a file, read in another process. Never raises; takes at most SECONDS."""
    command = [sys.executable, "-m", "crawler.attachments"]
    try:
        with _one_at_a_time:
            done = subprocess.run(command, input=body, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return FileText("too much")
    if done.returncode:  # below zero a signal ended it: out of time, or pdfium fell over
        return FileText("too much" if done.returncode < 0 else "damaged")
    return FileText(**json.loads(done.stdout))


def text_of(body: bytes) -> FileText:
    """The text of a file, read here and now; for the process that may die."""
    if b"%PDF-" in body[:1024]:
        return _of_pdf(body)
    if body.startswith(b"PK\x03\x04"):
        return _of_docx(body)
    return FileText("unknown")


def _of_pdf(body: bytes) -> FileText:
    try:
        document = PdfDocument(body)
    except PdfiumError as error:
        return FileText("locked" if error.err_code == FPDF_ERR_PASSWORD else "damaged")
    pages, length = list[str](), 0
    for number in range(min(len(document), PAGES)):
        pages.append(_of_page(document, number))
        length += len(pages[-1])
        if length > LONGEST:
            break
    text = cleaned("\n".join(pages))
    if len(re.findall(r"\w", text)) < FEWEST * len(pages):
        return FileText("scan")
    return FileText("text", text)


def _of_page(document: PdfDocument, number: int) -> str:
    """What a page prints; nothing where the page is damaged."""
    try:
        page = document[number]
        text = page.get_textpage().get_text_bounded()
        page.close()
    except PdfiumError:
        return ""
    return str(text)


def _of_docx(body: bytes) -> FileText:
    try:
        with ZipFile(BytesIO(body)) as archive, archive.open("word/document.xml") as document:
            markup = document.read(UNPACKED + 1)
        if len(markup) > UNPACKED:
            return FileText("too much")
        root = etree.fromstring(markup, etree.XMLParser(resolve_entities=False, no_network=True))
    except KeyError:  # a packed file, but none of Word
        return FileText("unknown")
    except RuntimeError:  # zipfile's word for an encrypted member
        return FileText("locked")
    except (BadZipFile, etree.XMLSyntaxError, OSError, EOFError, NotImplementedError):
        return FileText("damaged")
    return FileText("text", cleaned("".join(_pieces(root))))


def _pieces(root: etree._Element) -> Iterator[str]:
    """The text of a Word document in the order it is read."""
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if element.tag == FALLBACK and event == "start":
            walk.skip_subtree()  # the same once more, for older programs
        elif element.tag == f"{WORD}t" and event == "start":
            yield element.text or ""
        elif element.tag == f"{WORD}tab" and event == "start":
            yield " "
        elif element.tag in (f"{WORD}br", f"{WORD}p") and event == "end":
            yield "\n"


def cleaned(text: str) -> str:
    r"""NFC, no control characters, single spaces, no empty lines; at most LONGEST characters.

    Text of a font with an encoding of its own (.VnTime, VNI-Times) is told by its words.

    >>> cleaned("K\u1ebf  ho\u1ea1ch\x00\r\n\r\n s\u1ed1 5\ufffe")
    'Kế hoạch\nsố 5'
    """
    root = html.Element("div")
    root.text = CONTROLS.sub("", text[: 2 * LONGEST])
    respell(root)
    text = unicodedata.normalize("NFC", root.text or "")
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:LONGEST]


def main() -> None:
    """`python -m crawler.attachments`: read a file from standard input, under limits."""
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    try:
        found = text_of(sys.stdin.buffer.read())
    except MemoryError:
        found = FileText("too much")
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
