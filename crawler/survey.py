"""Survey: a look around a site that is not in portals.toml yet. Which family, which articles?

Like a lane it fetches one address after the other with the manners of a crawl; unlike a lane it
stops at three articles and stores nothing.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.article import Article
from crawler.blocks import squeezed
from crawler.entry import id_of
from crawler.extract import extract
from crawler.failures import FAILURES, LeftAlone, in_words
from crawler.frontier import Address
from crawler.lane import Download
from crawler.layouts import identity_in
from crawler.page import Page, parse
from crawler.portals import Portal
from crawler.reading import Found, read_page
from crawler.revisit import Kind
from crawler.urls import canonical, same_site, site

ARTICLES = 3
MOST_PAGES = 25
"""Fetched for a survey; at a rest of five seconds that is two minutes."""

HOME = re.compile(r"(trang (chủ|nhất|đầu)|home( page)?|tin tức|welcome|index)\W*", re.IGNORECASE)
OWNER = re.compile(
    r"\b(cổng|trang|website|ubnd|ủy ban|phường|xã|thị trấn|đặc khu)\b", re.IGNORECASE
)
"""Parts of a title that do not name a site, and words of those that do."""


@dataclass(frozen=True, slots=True)
class Sample:
    """An article that was found, and how many lines were taken from it as boilerplate."""

    article: Article
    removed: int


def stranger(url: str, id: str | None = None, allow_private: bool = False) -> Portal:
    """A site as a portal that nothing is known of yet. Raises ValueError for no http(s) address.

    >>> stranger("bode.hanoi.gov.vn").start, stranger("http://bode.hanoi.gov.vn").id
    (('https://bode.hanoi.gov.vn/',), 'bode')
    """
    start = canonical(url if "://" in url else f"https://{url}")
    if start is None:
        raise ValueError(f"{url} is no http(s) address")
    host = site(start)
    id = id or id_of(host)
    portal = Portal(id, id, "", "", (start,), (host,), allow_private=allow_private)
    return replace(portal, delay=timedelta(0)) if portal.on_loopback else portal


class Survey:
    """What is seen of a site, from its start page on. `error` says why nothing was, else ""."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.name = self.text = self.error = ""
        self.samples: list[Sample] = []
        self.feeds: list[str] = []
        self.queue = [Found(portal.start[0])]
        self.seen: set[str] = set()
        self.ended: float | None = None

    @property
    def done(self) -> int:
        """Addresses asked for so far."""
        return len(self.seen)

    @property
    def known(self) -> int:
        """How many there will be at most."""
        return min(MOST_PAGES, self.done + len(self.queue))

    @property
    def layout(self) -> str:
        """The family that read most of the articles; "" where none was found."""
        families = Counter(sample.article.layout for sample in self.samples)
        return families.most_common(1)[0][0] if families else ""

    async def pages(self, download: Download) -> AsyncIterator[str]:
        """Fetch until there are articles enough, or pages; yields each address asked for."""
        while self.queue and len(self.samples) < ARTICLES and self.done < MOST_PAGES:
            found = min(self.queue, key=_promise)
            self.queue.remove(found)
            self.seen.add(found.url)
            await self._look(found, download)
            yield found.url
            if self.error:
                break
        self.ended = time.monotonic()

    async def _look(self, found: Found, download: Download) -> None:
        address = Address(self.portal.id, found.url, found.url, found.kind or "listing", 0)
        error = ""
        try:
            page = await download(self.portal, address)
        except LeftAlone as refusal:
            self.error = refusal.reason
            return
        except tuple(FAILURES) as failure:
            error = in_words(failure)
        else:
            if page.status == 200:
                self._read(page)
            else:
                error = f"HTTP {page.status}"
        if self.done == 1:
            self.error = error

    def _read(self, page: Page) -> None:
        self.seen.add(page.url)
        reading = read_page(page, self.portal)
        kind: Kind | None = "article" if reading.kind == "feed" else None
        for each in reading.found:
            self._note(Found(each.url, each.kind or kind))
        if reading.kind == "feed":
            self.feeds.append(page.url)
        parsed = parse(page)
        if parsed and not self.name:
            self.name = site_name(parsed.root, self.portal.hosts[0])
            self.text = squeezed(parsed.root.text_content())
            self._note(Found(urljoin(page.url, "/sitemap.xml"), "sitemap"))
        known = {sample.article.identity for sample in self.samples}
        if parsed and reading.article and reading.article.identity not in known:
            removed = extract(parsed, self.portal).removed
            self.samples.append(Sample(reading.article, len(removed)))

    def _note(self, found: Found) -> None:
        waiting = {each.url for each in self.queue}
        wanted = found.kind != "attachment" and same_site(found.url, self.portal.hosts)
        if wanted and found.url not in self.seen | waiting:
            self.queue.append(found)


def _promise(found: Found) -> tuple[int, int]:
    """Sorts addresses: surely articles, feeds, sitemaps, then long names, which articles have."""
    if found.kind == "article" or (found.kind is None and identity_in(found.url)):
        return 0, 0
    if found.kind in ("feed", "sitemap"):
        return (1 if found.kind == "feed" else 2), 0
    return 3, -len(urlsplit(found.url).path.rpartition("/")[2])


def site_name(root: HtmlElement, host: str) -> str:
    """What a site calls itself on its start page; its host where it does not.

    >>> from lxml.html import document_fromstring
    >>> page = "<title>Trang chủ - Cổng thông tin điện tử phường Mẫu</title>"
    >>> site_name(document_fromstring(page), "mau.example.vn")
    'Cổng thông tin điện tử phường Mẫu'
    """
    told = [str(each) for each in root.xpath("//meta[@property='og:site_name']/@content")]
    for title in root.xpath("//head/title"):
        told += re.split(r"\s+[-–—|:]+\s+", title.text_content())
    parts = [squeezed(each) for each in told]
    parts = [each for each in parts if each and not HOME.fullmatch(each)]
    owners = (each for each in parts if OWNER.search(each))
    return next(owners, parts[-1] if parts else host)
