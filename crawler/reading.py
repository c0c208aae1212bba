"""Reading: what one fetched page tells the crawl. Pure.

The same for a page that came a moment ago, one from the archive, and one of another crawler.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from crawler.article import Article
from crawler.attachments import FileText, read_file
from crawler.directives import Directives, directives_of
from crawler.extract import GENERAL, QUARANTINED, Extraction, extract
from crawler.feeds import Feed, feeds_named, read_feed
from crawler.frame import NOTHING, Frame, Sample, sample_of
from crawler.page import Page, ParsedPage, parse
from crawler.portals import Portal
from crawler.revisit import Kind
from crawler.urls import is_file, links

log = logging.getLogger(__name__)

ARTICLE, ATTACHMENT = "article", "attachment"
"""Outcomes of pages that are one."""

FEED_SIGNS = (b"<?xml", b"<rss", b"<feed", b"<urlset", b"<sitemapindex", b"<rdf", b"\x1f\x8b")
"""How a sitemap or feed may begin that is labelled as HTML."""

DOCUMENTS = (
    *("application/pdf", "application/msword", "application/rtf", "application/zip"),
    *("application/vnd.", "application/octet-stream"),
)
"""Types of files that articles link; the address need not show it."""


@dataclass(frozen=True, slots=True)
class Found:
    """An address that a page names: canonical; its kind where that is known from the place where
    it stands, and when it last changed (seconds since 1970) where the place says so."""

    url: str
    kind: Kind | None = None
    modified: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page is (`kind` of page, None where it is nothing), in a word or two (`outcome`).

    `found` are the addresses it names. `content` is a hash of what the page says: a view counter
    leaves it as it is. `noindex` and `noarchive` are the page's own wishes. `sample` is what a page
    bears witness to of its portal's frame; `file` is the text of an attachment: see with_file().
    """

    kind: Literal["article", "listing", "feed", "sitemap", "attachment"] | None
    outcome: str
    content: str
    article: Article | None = None
    found: tuple[Found, ...] = ()
    noindex: bool = False
    noarchive: bool = False
    sample: Sample | None = None
    file: FileText | None = None


Read = Callable[[Page, Portal], Reading]
"""How a page is read: read_page(), or what stands in for it."""


def read_page(page: Page, portal: Portal, frame: Frame = NOTHING) -> Reading:
    """What a page with status 200 tells, by one who knows what the portal repeats. Never raises."""
    feed = read_feed(page.body, page.url) if _may_be_feed(page) else None
    if feed:
        return _of_feed(feed)
    parsed = parse(page)
    if parsed:
        return _of_html(parsed, portal, frame)
    if page.body.strip() and _is_document(page):
        return Reading("attachment", ATTACHMENT, hashlib.sha256(page.body).hexdigest())
    outcome = "not HTML" if page.body.strip() else "empty page"
    return Reading(None, outcome, digest([outcome]))


def with_file(reading: Reading, page: Page) -> Reading:
    """The reading of an attachment with its text, which takes a process of its own and a while."""
    if reading.kind != "attachment":
        return reading
    wishes = directives_of(page.headers, None, page.fetched_at)
    return replace(reading, file=FileText("withheld") if wishes.noindex else read_file(page.body))


def _may_be_feed(page: Page) -> bool:
    kind = page.headers.get("content-type", "").lower()
    labelled = "xml" in kind.replace("xhtml", "") or kind.startswith("text/plain")
    return labelled or page.body[:100].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(FEED_SIGNS)


def _is_document(page: Page) -> bool:
    return is_file(page.url) or page.headers.get("content-type", "").lower().startswith(DOCUMENTS)


def _of_feed(feed: Feed) -> Reading:
    kind: Kind | None = "sitemap" if feed.kind == "sitemap index" else None
    found = tuple(
        Found(each.url, kind, each.modified.timestamp() if each.modified else None)
        for each in feed.entries
    )
    content = digest(f"{each.url} {each.modified}" for each in feed.entries)
    return Reading("feed" if feed.kind == "feed" else "sitemap", feed.kind, content, found=found)


def _of_html(parsed: ParsedPage, portal: Portal, frame: Frame) -> Reading:
    page = parsed.page
    wishes = directives_of(page.headers, parsed.root, page.fetched_at)
    linked = () if wishes.nofollow else tuple(links(parsed.root, page.url))
    named = [Found(url, "feed") for url in feeds_named(parsed.root, page.url)]
    found = (*named, *map(Found, linked))
    extraction = _nothing("noindex") if wishes.noindex else _extracted(parsed, portal, frame)
    if extraction.article is None:
        outcome, content = extraction.reason, digest(sorted(linked))
        found = () if outcome.startswith(QUARANTINED) else found
        return Reading("listing", outcome, content, None, found, wishes.noindex, wishes.noarchive)
    reading = _of_article(extraction.article, found, wishes)
    if extraction.layout != GENERAL:
        return reading
    return replace(reading, sample=sample_of(parsed.root, extraction.article.title))


def _of_article(article: Article, found: tuple[Found, ...], wishes: Directives) -> Reading:
    article = replace(article, noarchive=wishes.noarchive, nosnippet=wishes.nosnippet)
    files = tuple(Found(each.url, "attachment") for each in article.attachments)
    content = article.sha256
    return Reading(
        "article", ARTICLE, content, article, (*found, *files), noarchive=wishes.noarchive
    )


def _extracted(parsed: ParsedPage, portal: Portal, frame: Frame) -> Extraction:
    """What extract() says; where it fails, no article and why."""
    try:
        return extract(parsed, portal, frame)
    except Exception as error:
        # A fault of ours on one page must not stop the others for a night: it is logged,
        # shown in the status, and the page is in the archive to be read again.
        log.exception("extraction failed on %s", parsed.page.url)
        return _nothing(f"extraction failed: {type(error).__name__}")


def _nothing(reason: str) -> Extraction:
    return Extraction(None, reason, "", ())


def digest(parts: Iterable[str]) -> str:
    """SHA-256 in hex over several texts."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()
