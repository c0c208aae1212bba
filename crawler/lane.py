"""A lane: the crawl of one portal, one address after the other.

It takes the next due address, has it fetched, reads what came, and commits all of it (article,
links, when to look again) before it takes another. A kill loses only what is in flight. How a page
is fetched and how it is read are arguments, so the lane knows no network.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin

from crawler import attached, captures, missing
from crawler.archive import Archive, Capture, gzipped, record
from crawler.article import VIETNAM
from crawler.failures import FAILURES, HOST_FAILURES, LeftAlone, Refused, in_words
from crawler.frontier import Address, Frontier, as_fetched, named
from crawler.locks import Locks
from crawler.page import Page
from crawler.portals import Portal
from crawler.reading import Found, Read, Reading, read_page, with_file
from crawler.revisit import FIRST, Kind, back_off
from crawler.robots import kept, origin_of, sitemaps_of
from crawler.store import Store
from crawler.urls import canonical

COUNT_EVERY = 50
"""Addresses after which those that wait are counted again, for the progress shown."""

LARGE = 1_000_000
"""Bytes from which on a thread compresses a page beside the other lanes; to hand a smaller one over
takes as long as to compress it."""

GONE = (404, 410)

Download = Callable[[Portal, Address], Awaitable[Page]]
"""Fetches an address of a portal; raises LeftAlone or one of failures.FAILURES."""

GIVE_UP_AFTER = 5
"""Failures of the host in a row, after which the rest of its crawl is put off."""


@dataclass(frozen=True, slots=True)
class PortalReport:
    """What a crawl of one portal brought. Counts are pages; `error` is "" or why it gave up."""

    portal: str
    fetched: int
    new: int
    changed: int
    unchanged: int
    hidden: int
    failed: int
    seconds: float
    error: str


def without_contact(portal: Portal, contact: str) -> str:
    """Why the portal may not be asked by an operator with this contact; "" where it may."""
    if contact or portal.on_loopback:
        return ""
    return "not crawled: portals.toml has no contact, so only loopback is crawled"


class Look:
    """One page of a portal, fetched with the manners of a crawl and stored nowhere."""

    done = known = 0

    def __init__(self, portal: Portal, url: str) -> None:
        self.portal = portal
        self.address = Address(portal.id, url, url, "listing", 0)
        self.page: Page | None = None
        self.error = ""
        self.ended: float | None = None

    async def pages(self, download: Download) -> AsyncIterator[str]:
        """Fetch the page into `page`, or say in `error` why not; yields its address."""
        try:
            self.page = await download(self.portal, self.address)
        except LeftAlone as refusal:
            self.error = refusal.reason
        except tuple(FAILURES) as error:
            self.error = in_words(error)
        self.ended = time.monotonic()
        yield self.address.url


class Lane:
    """The crawl of one portal: one address after the other, each committed before the next."""

    def __init__(
        self, store: Store, archive: Archive, portal: Portal, locks: Locks, read: Read = read_page
    ) -> None:
        self.store = store
        self.archive = archive
        self.portal = portal
        self.locks = locks
        self.read = read
        self.frontier = Frontier(store)
        self.counts = Counter[str]()
        self.known = 0
        self.discovered = False
        self.failures = 0  # of the host, in a row
        self.last_failure = ""
        self.error = ""
        self.started = time.monotonic()
        self.ended: float | None = None

    @property
    def done(self) -> int:
        """Addresses dealt with so far."""
        return self.counts["fetched"] + self.counts["failed"]

    def may_start(self, contact: str) -> bool:
        """Whether the portal may be asked at all; if not, the report says why."""
        until = self.frontier.left_alone_until(self.portal.id) - time.time()
        self.error = without_contact(self.portal, contact)
        if not self.error and until > 0:
            self.error = f"not crawled: asked to be left alone for another {until:.0f} s"
        if not self.error and self.store.is_forgotten(self.portal.id, "", ""):
            self.error = "not crawled: forgotten on request"
        if not self.error and not self.locks.take(f"portal-{self.portal.id}"):
            self.error = "not crawled: another process is crawling this portal"
        return not self.error

    def report(self) -> PortalReport:
        """What the crawl brought so far."""
        names = ("fetched", "new", "changed", "unchanged", "hidden", "failed")
        seconds = (self.ended or time.monotonic()) - self.started
        counts = {name: self.counts[name] for name in names}
        return PortalReport(self.portal.id, seconds=seconds, error=self.error, **counts)

    async def pages(self, download: Download) -> AsyncIterator[str]:
        """Fetch until nothing is due or the portal is given up; yields each address done."""
        self.started, began, not_before = time.monotonic(), time.time(), None
        with self.store.transaction():
            self.frontier.begin(self.portal, began)
        try:
            while address := self.frontier.next(self.portal.id, time.time()):
                await self._fetch(address, download)
                if self.done % COUNT_EVERY == 1:
                    self.known = self.done + self.frontier.due_count(self.portal.id, time.time())
                yield address.url
                if self.failures >= GIVE_UP_AFTER:
                    raise LeftAlone(f"{self.failures} failures in a row: {self.last_failure}")
            if address := missing.witness(self.frontier, self.portal.id, began, time.time()):
                await self._fetch(address, download)
        except LeftAlone as refusal:
            self.error = refusal.reason
            not_before = refusal.seconds and time.time() + refusal.seconds
        self._finish(began, not_before)

    def _finish(self, began: float, not_before: float | None) -> None:
        if not self.error and self.counts["failed"] and not self.counts["fetched"]:
            self.error = self.last_failure
        with self.store.transaction():
            if not self.error:
                hidden = missing.settle(self.store, self.portal.id, began, time.time())
                self.counts["hidden"] = hidden
            self.frontier.finish(self.portal, time.time(), self.error, not_before)
        self.locks.release(f"portal-{self.portal.id}")
        self.ended = time.monotonic()

    async def _fetch(self, address: Address, download: Download) -> None:
        try:
            page = await download(self.portal, address)
        except LeftAlone:
            raise
        except Refused as refusal:
            self._barred(address, str(refusal))
        except tuple(FAILURES) as error:
            self._failed(address, in_words(error), isinstance(error, tuple(HOST_FAILURES)))
        else:
            await self._take(address, page)
            if not self.discovered:
                self._discover(address)

    def _discover(self, address: Address) -> None:
        """Note the sitemaps that robots.txt names, or the usual one, now that it was read."""
        self.discovered = True
        root, origin = replace(address, depth=0), origin_of(address.url)
        _, robots_txt = kept(self.store.connection, origin)
        named = [canonical(urljoin(address.url, each)) for each in sitemaps_of(robots_txt)]
        sitemaps = [each for each in named if each] or [f"{origin}/sitemap.xml"]
        with self.store.transaction():
            found = [Found(each, "sitemap") for each in sitemaps]
            self.frontier.add(self.portal, found, root, time.time())

    async def _take(self, address: Address, page: Page) -> None:
        if page.status == 304 and address.sha256:
            self._unchanged(address, page)
        elif page.status == 200:
            await self._read(address, page)
        elif page.status in GONE and address.kind == "sitemap" and address.content is None:
            self._put_off(address, "no sitemap")
        elif page.status in GONE and address.kind != "start":
            self._missing(address, f"HTTP {page.status}")
        else:
            of_host = page.status == 429 or page.status >= 500
            self._failed(address, f"HTTP {page.status}", of_host)

    async def _read(self, address: Address, page: Page) -> None:
        digest = hashlib.sha256(page.body).hexdigest()
        if digest == address.sha256:
            self._unchanged(address, page)
            return
        reading = self.read(page, self.portal)
        if reading.noindex and address.article:
            self._withdraw(address, reading.outcome)
        elif address.article and reading.article is None:
            self._missing(address, f"no longer an article: {reading.outcome}")
        elif reading.kind is None:
            self._failed(address, reading.outcome, of_host=False)
        else:
            await self._store(address, page, digest, reading)

    async def _store(self, address: Address, page: Page, digest: str, reading: Reading) -> None:
        """Archive the page, then commit what it brought, all of it at once."""
        now, article = time.time(), reading.article
        if article and page.url == address.url:
            article = named(self.store, address, article)
        key = article.identity if article else page.url
        if self.store.is_forgotten(self.portal.id, page.url, key):
            self._barred(address, "forgotten on request")
            return
        wanted = not reading.noarchive
        capture = await self._archive(page) if wanted else None
        if reading.kind == "attachment":
            reading = await asyncio.to_thread(with_file, reading, page)
        with self.store.transaction():
            if reading.file:
                attached.note(self.store, self.portal.id, address.url, digest, reading.file)
            put = self.store.put(article) if article else ""
            found = (Found(page.url), *reading.found)
            self.frontier.add(self.portal, found, address, now)
            kind = _kind(address, reading)
            what = as_fetched(page, reading, kind, digest, article, new=put == "new")
            self.frontier.fetched(self.portal, address, what, now)
            if capture:
                captures.note(self.store.connection, self.portal.id, page, capture)
        self.failures = 0
        self.counts.update(["fetched", {"same": "unchanged"}.get(put, put)])

    async def _archive(self, page: Page) -> Capture:
        if len(page.body) < LARGE:
            return self.archive.write(page)
        return self.archive.append(await asyncio.to_thread(gzipped, record(page)))

    def _unchanged(self, address: Address, page: Page) -> None:
        with self.store.transaction():
            self.frontier.unchanged(self.portal, address, time.time())
        self.failures = 0
        self.counts.update(["fetched", "unchanged"])

    def _missing(self, address: Address, outcome: str) -> None:
        with self.store.transaction():
            missing.note(self.frontier, address, outcome, time.time())
        self.failures = 0
        self.last_failure = outcome
        self.counts["failed"] += 1

    def _withdraw(self, address: Address, outcome: str) -> None:
        """The page wishes not to be found any more: at once, and with no doubt."""
        with self.store.transaction():
            assert address.article is not None
            self.store.withdraw(address.article, datetime.now(VIETNAM))
            self.frontier.put_off(address, outcome, time.time())
        self.counts.update(["fetched", "hidden"])

    def _put_off(self, address: Address, reason: str) -> None:
        with self.store.transaction():
            self.frontier.put_off(address, reason, time.time())

    def _barred(self, address: Address, reason: str) -> None:
        self._put_off(address, reason)
        self.last_failure = reason
        self.counts["failed"] += 1

    def _failed(self, address: Address, outcome: str, of_host: bool) -> None:
        wait = back_off(address.failures + 1)
        if not of_host:
            wait = max(wait, FIRST[address.kind] * self.portal.interval)
        with self.store.transaction():
            self.frontier.failed(address, outcome, time.time(), wait)
        self.failures = self.failures + 1 if of_host else 0
        self.last_failure = outcome
        self.counts["failed"] += 1


def _kind(address: Address, reading: Reading) -> Kind:
    """What a start page or feed is stays so; any other page is what it was found to be."""
    if address.kind in ("start", "feed", "sitemap") or reading.kind is None:
        return address.kind
    return "article" if address.kind == "article" else reading.kind
