"""Reading: what one fetched page tells the crawl. Pure.

The same for a page that came a moment ago, one from the archive, and one of another crawler.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from crawler.article import Article
from crawler.extract import extract
from crawler.page import Page, ParsedPage, parse
from crawler.portals import Portal
from crawler.urls import links

log = logging.getLogger(__name__)

Kind = Literal["article", "page", "feed", "sitemap", "file", "nothing"]

ARTICLE = "article"
"""The outcome of a page that is one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page is, in a word or two (`outcome`), and what it holds.

    `links` are canonical addresses of pages, of files only where the page is no article. `content`
    is a hash of what the page says: a view counter leaves it as it is.
    """

    kind: Kind
    outcome: str
    content: str
    article: Article | None = None
    links: tuple[str, ...] = ()


Read = Callable[[Page, Portal], Reading]
"""How a page is read: read_page(), or what stands in for it."""


def read_page(page: Page, portal: Portal) -> Reading:
    """What a page with status 200 tells. Never raises."""
    parsed = parse(page)
    if parsed is None:
        outcome = "not HTML" if page.body.strip() else "empty page"
        return Reading("nothing", outcome, digest([outcome]))
    return _of_html(parsed, portal)


def _of_html(parsed: ParsedPage, portal: Portal) -> Reading:
    found = tuple(links(parsed.root, parsed.page.url))
    article, outcome = _extracted(parsed, portal)
    if article is None:
        return Reading("page", outcome, digest(sorted(found)), links=found)
    return Reading("article", ARTICLE, article.sha256, article, found)


def _extracted(parsed: ParsedPage, portal: Portal) -> tuple[Article | None, str]:
    """The article, or None and why there is none."""
    try:
        extraction = extract(parsed, portal)
    except Exception as error:
        # A fault of ours on one page must not stop the others for a night: it is logged,
        # shown in the status, and the page is in the archive to be read again.
        log.exception("extraction failed on %s", parsed.page.url)
        return None, f"extraction failed: {type(error).__name__}"
    return extraction.article, extraction.reason


def digest(parts: Iterable[str]) -> str:
    """SHA-256 in hex over several texts."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()
