"""Feeds: the addresses that a portal lists for machines, in sitemaps, RSS and Atom.

Sitemaps and their indexes are read as https://www.sitemaps.org/protocol.html has them; RSS in all
its versions and Atom (RFC 4287) as portals write them: what is broken is read as far as it goes.
Nothing is fetched and no entity is resolved.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Literal, cast

from lxml import etree
from lxml.html import HtmlElement

from crawler.dates import moment_of
from crawler.urls import base_of, is_file, joined

Kind = Literal["sitemap index", "sitemap", "feed"]

LARGEST = 50 * 1024 * 1024
"""Bytes of an unpacked sitemap, as the protocol has it. What is longer is cut."""
MOST_ENTRIES = 50_000
"""Addresses of one sitemap, as the protocol has it."""
CHUNK = 1 << 16
"""Bytes parsed before it is asked whether there are enough entries."""

XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
GZIP = b"\x1f\x8b"

BARE_AMPERSAND = re.compile(rb"&(?!\0|#?\w+;)")
"""In addresses that were never escaped. The parser would drop it with the word behind."""

ROOTS: dict[str, tuple[Kind, str]] = {
    "sitemapindex": ("sitemap index", "sitemap"),
    "urlset": ("sitemap", "url"),
    "rss": ("feed", "item"),
    "rdf": ("feed", "item"),
    "feed": ("feed", "entry"),
}
"""By the name of the root, without its namespace: what it is, and what holds one address."""

ADDRESSES = ("loc", "href", "link", "guid")
DATES = ("lastmod", "updated", "modified", "pubdate", "published", "date")
"""Children that say where an entry is, and when it changed, best first; Atom's link has a href."""
FIELDS = frozenset({*ADDRESSES, *DATES})

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
COMMENTS = re.compile(r"comment|bình luận|phản hồi", re.I)
"""In the title or the address of a feed that lists what readers wrote."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A canonical address, and when the portal says that it changed (with its zone)."""

    url: str
    modified: datetime | None


@dataclass(frozen=True, slots=True)
class Feed:
    """The addresses of one file, each once, in order. Those of an index are sitemaps again."""

    kind: Kind
    entries: tuple[Entry, ...]


def read_feed(body: bytes, url: str) -> Feed | None:
    """What a sitemap or feed fetched from this address lists; None where it is neither.

    >>> read_feed(b"http://xa.example.vn/bai-1.html", "http://xa.example.vn/sitemap.txt")
    Feed(kind='sitemap', entries=(Entry(url='http://xa.example.vn/bai-1.html', modified=None),))
    >>> read_feed(b"<!doctype html><title>404</title>", "http://xa.example.vn/sitemap.xml") is None
    True
    """
    plain = _unpacked(body)[:LARGEST].lstrip()
    if plain.removeprefix(b"\xef\xbb\xbf").startswith(b"http"):
        return _lines(plain)
    try:
        return _markup(plain, url)
    except etree.XMLSyntaxError:  # not even the start of markup
        return None


def feeds_named(root: HtmlElement, url: str) -> tuple[str, ...]:
    """The canonical addresses of the feeds and sitemaps that a page names, those of comments aside.

    `url` is the page's own. Rules: RSS Advisory Board's and WHATWG's `<link rel="alternate">`.
    """
    base = base_of(root, url)
    hrefs = [link.get("href") or "" for link in root.iter("link") if _names_feed(link)]
    found = (joined(base, href) for href in hrefs if href.strip() and not COMMENTS.search(href))
    return tuple(dict.fromkeys(each for each in found if each))


def _names_feed(link: HtmlElement) -> bool:
    relations = (link.get("rel") or "").lower().split()
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    if "sitemap" in relations:
        return True
    return (
        "alternate" in relations
        and kind in FEED_TYPES
        and not COMMENTS.search(link.get("title") or "")
    )


def _unpacked(body: bytes) -> bytes:
    """Without gzip, at most one byte more than LARGEST; of a damaged file what came before."""
    if not body.startswith(GZIP):
        return body
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        return unpacker.decompress(body, LARGEST + 1)
    except zlib.error:
        return b""


def _lines(plain: bytes) -> Feed | None:
    """A sitemap of one address a line; None where any line is something else."""
    lines = plain.decode("utf-8-sig", "replace").split()
    urls = [joined(line, "") for line in lines[:MOST_ENTRIES]]
    if None in urls:
        return None
    return Feed("sitemap", _once(Entry(url, None) for url in urls if url and not is_file(url)))


def _markup(plain: bytes, url: str) -> Feed | None:
    reader = _Reader(url)
    parser = etree.XMLParser(
        target=cast(Any, reader),  # the stubs want methods that lxml does not
        recover=True,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
    )
    escaped = BARE_AMPERSAND.sub(b"&amp;", plain)
    for start in range(0, len(escaped), CHUNK):
        parser.feed(escaped[start : start + CHUNK])
        if len(reader.entries) >= MOST_ENTRIES:
            break
    if reader.kind is None:
        return None
    index = reader.kind == "sitemap index"
    pages = (entry for entry in reader.entries if index or not is_file(entry.url))
    return Feed(reader.kind, _once(islice(pages, MOST_ENTRIES)))


class _Reader:
    """What the parser calls, element by element: no tree is built, so that memory stays flat."""

    def __init__(self, url: str) -> None:
        self.base = url
        self.kind: Kind | None = None
        self.entries: list[Entry] = []
        self.holder = ""
        self.depth = 0
        self.inside = 0  # the depth of the holder that is open; 0 where none is
        self.written: dict[str, str] = {}  # by the name of the child, the first of each
        self.text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        name = _name(tag)
        if self.depth == 1:
            self.kind, self.holder = ROOTS.get(name, (None, ""))
            self.base = joined(self.base, attributes.get(XML_BASE, "")) or self.base
        elif name == self.holder and not self.inside:
            self.inside, self.written = self.depth, {}
        elif self.inside and self.depth == self.inside + 1:
            self.text = []
            if name == "link" and attributes.get("rel", "alternate") == "alternate":
                self.written.setdefault("href", attributes.get("href", ""))
            if name == "guid" and attributes.get("isPermaLink", "").lower() == "false":
                self.written.setdefault("guid", "")

    def data(self, text: str) -> None:
        if self.inside and self.depth == self.inside + 1:
            self.text.append(text)

    def end(self, tag: str) -> None:
        name = _name(tag)
        if self.inside == self.depth:
            self.entries += _entry(self.written, self.base)
            self.inside = 0
        elif self.inside and self.depth == self.inside + 1 and name in FIELDS:
            text = "".join(self.text).strip()
            if text and (name != "guid" or text.startswith("http")):
                self.written.setdefault(name, text)
        self.depth -= 1

    def close(self) -> None:
        """The parser wants it."""


def _entry(written: Mapping[str, str], base: str) -> Iterator[Entry]:
    """The address among an entry's children, if there is one, and the best of its dates."""
    addresses = (written.get(name, "").replace("&amp;", "&") for name in ADDRESSES)
    found = (joined(base, address) for address in addresses if address)
    moments = (moment_of(written.get(name, "")) for name in DATES)
    if address := next((each for each in found if each), None):
        yield Entry(address, next((each for each in moments if each), None))


def _name(tag: str) -> str:
    """Small and without its namespace."""
    return tag.rpartition("}")[2].lower()


def _once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.url, entry)
    return tuple(first.values())
