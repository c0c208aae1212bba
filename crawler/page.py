"""Page: what one request brought, and its text. Bytes become NFC text here and nowhere else.

Portals label their charset wrongly, so the label comes third: byte order mark, strict UTF-8, what
header or page declare, windows-1258; or Latin-1, where fonts.py makes Vietnamese of it.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from lxml.etree import ParserError, XPath
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from crawler.fonts import encoding_of, respell

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}

DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.I)
DECLARED_WITHIN = 2048
"""Bytes from the start of a page in which it may declare its charset (HTML standard: 1,024)."""

CHARSETS = re.compile(r"utf.*|cp(?!1252)\d+|iso8859-(?!1$).*|gb.*|big5.*|euc.*|shift_jis.*")
"""Labels (Python's names) that are believed. Latin-1 is not: Vietnamese does not fit it, and what
claims it is windows-1258. Nor are Python's codecs that are no charsets ("hex", "idna")."""

DAMAGE = 10
"""Accented letters to a broken one that UTF-8 must have: a page cut in the middle of a letter."""

ASCII = re.compile("[\x00-\x7f]+")

HTML_KINDS = ("text/html", "application/xhtml+xml")
MARKUP = re.compile(r"<(?:!doctype|html|head|body|title|meta|div|table|p|h1)\b", re.I)
MARKUP_WITHIN = 20_000

CONTROLS = bytes({*range(0x20)} - {*b"\t\n\f\r"})
"""Bytes of UTF-8 that no markup may hold; lxml would cut the page at a NUL."""

MARK = r"#(?:0*(?:7[6-9]\d|8[0-7]\d)|x0*3[0-6][0-9a-f]);"
MARKED = re.compile(rf"&(?:{MARK}|\w{{1,31}};(?=[\u0300-\u036f]|&{MARK}))", re.I)
"""Combining marks, and letters before one, that are written as references."""

MOST_MARKS = 30
"""Combining marks kept in a row: no language needs more (UAX #15, D4), and to put n of them in
order takes n² steps."""
ROW = re.compile(rf"[^\0-\u02ff\w][^\0-\u02ff\w]{{{MOST_MARKS},}}")
"""What may be a longer row, found fast: marks are no letters, and the first is U+0300."""

LONG_ATTRIBUTES = XPath("//@*[string-length() > 10000]")
"""Pictures within the page and the like: nothing that tells what a text is."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a portal. Header names are lower-case; `body` is decompressed."""

    url: str
    fetched_at: datetime
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """A page, its markup as NFC text, and its tree, parsed once and handed on: nobody changes it.

    The tree's text is Unicode also where the markup has the letters of a font (.VnTime).
    """

    page: Page
    text: str
    root: HtmlElement


def parse(page: Page) -> ParsedPage | None:
    """The page as text and tree; None where it is empty or is not HTML."""
    kind = page.headers.get("content-type", "")
    if kind and not kind.lower().startswith(HTML_KINDS):
        return None
    text = decode(page.body, kind)
    if not MARKUP.search(text, 0, MARKUP_WITHIN):
        return None
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        markup = text.encode("utf-8", "replace").translate(None, CONTROLS)
        root = document_fromstring(markup, parser=parser)
    except ParserError:  # markup without one element
        return None
    for value in cast("list[Any]", LONG_ATTRIBUTES(root)):
        del value.getparent().attrib[value.attrname]
    respell(root)
    return ParsedPage(page, text, root)


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a body, NFC, without NULs. Never raises.

    >>> decode("Thuế".encode("utf-8"), "text/html; charset=windows-1252")
    'Thuế'
    >>> decode(unicodedata.normalize("NFD", "đã").encode("windows-1258"))
    'đã'
    """
    text = _decoded(body, content_type).replace("\0", "")
    text = MARKED.sub(lambda match: html.unescape(match[0]), text)
    text = ROW.sub(lambda match: _long_row().sub(r"\1", match[0]), text)
    return unicodedata.normalize("NFC", text)


@cache
def _long_row() -> re.Pattern[str]:
    """Marks of any alphabet, and what comes apart into marks alone; all are below U+20000."""
    apart = {each: unicodedata.normalize("NFD", each) for each in map(chr, range(0x300, 0x20000))}
    marks = "".join(each for each, parts in apart.items() if unicodedata.combining(parts[0]))
    return re.compile(f"([{marks}]{{{MOST_MARKS}}})[{marks}]+")


def _decoded(body: bytes, content_type: str) -> str:
    for mark, charset in BYTE_ORDER_MARKS.items():
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    for charset in _charsets(body, content_type):
        try:
            return body.decode(charset)
        except UnicodeError:  # then it is another one
            continue
    damaged = body.decode("utf-8", "replace")
    if damaged.count("\ufffd") * DAMAGE < len(ASCII.sub("", damaged)):
        return damaged
    latin = body.decode("windows-1252", "replace")
    return latin if encoding_of(latin) else body.decode("windows-1258", "replace")


def _charsets(body: bytes, content_type: str) -> Iterator[str]:
    """What the body may be, likeliest first. UTF-16 shows by its NULs: half of all markup."""
    start = body[:DECLARED_WITHIN]
    for charset, nuls in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if nuls.count(0) > len(nuls) / 2:
            yield charset
    yield "utf-8"
    for place in (content_type.encode("latin-1", "ignore"), start):
        if found := DECLARED.search(place):
            yield from _known(found[1].decode())


def _known(label: str) -> Iterator[str]:
    try:
        name = codecs.lookup(label).name
    except LookupError:  # a label nobody knows
        return
    if CHARSETS.fullmatch(name):
        yield name
