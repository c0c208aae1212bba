"""A lane: the crawl of one portal, one address after the other.

It takes the next due address, has it fetched, reads what came, and commits all of it (article,
links, when to look again) before it takes another. A kill loses only what is in flight. How a page
is fetched is an argument, so the lane knows no network.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from crawler.archive import Archive
from crawler.article import Article
from crawler.extract import extract
from crawler.frontier import PATIENCE, Address, Fetched, Frontier, retry_after
from crawler.page import Page, ParsedPage, parse
from crawler.politeness import FAILURES, HOST_FAILURES, LeftAlone, in_words
from crawler.portals import Portal
from crawler.store import Store
from crawler.urls import links

COUNT_EVERY = 50
"""Addresses after which those that wait are counted again, for the progress shown."""

log = logging.getLogger(__name__)

Download = Callable[[Portal, Address], Awaitable[Page]]
"""Fetches an address of a portal; raises LeftAlone or one of politeness.FAILURES."""

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
        self.address = Address(portal.id, url, url, "listing", 0, None, None, None, 0)
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

    def __init__(self, store: Store, archive: Archive, portal: Portal) -> None:
        self.store = store
        self.archive = archive
        self.portal = portal
        self.frontier = Frontier(store)
        self.counts = Counter[str]()
        self.known = 0
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
        return not self.error

    def report(self) -> PortalReport:
        """What the crawl brought so far."""
        names = ("fetched", "new", "changed", "unchanged", "failed")
        seconds = (self.ended or time.monotonic()) - self.started
        counts = {name: self.counts[name] for name in names}
        return PortalReport(self.portal.id, seconds=seconds, error=self.error, **counts)

    async def pages(self, download: Download) -> AsyncIterator[str]:
        """Fetch until nothing is due or the portal is given up; yields each address done."""
        self.started, not_before = time.monotonic(), None
        with self.store.transaction():
            self.frontier.begin(self.portal, time.time())
        try:
            while address := self.frontier.next(self.portal.id, time.time()):
                await self._fetch(address, download)
                if self.done % COUNT_EVERY == 1:
                    self.known = self.done + self.frontier.due_count(self.portal.id, time.time())
                yield address.url
                if self.failures >= GIVE_UP_AFTER:
                    raise LeftAlone(f"{self.failures} failures in a row: {self.last_failure}")
        except LeftAlone as refusal:
            self.error = refusal.reason
            not_before = refusal.seconds and time.time() + refusal.seconds
        if not self.error and self.counts["failed"] and not self.counts["fetched"]:
            self.error = self.last_failure
        with self.store.transaction():
            self.frontier.finish(self.portal, time.time(), self.error, not_before)
        self.ended = time.monotonic()

    async def _fetch(self, address: Address, download: Download) -> None:
        try:
            page = await download(self.portal, address)
        except LeftAlone:
            raise
        except tuple(FAILURES) as error:
            self._failed(address, in_words(error), isinstance(error, tuple(HOST_FAILURES)))
        else:
            self._take(address, page)

    def _take(self, address: Address, page: Page) -> None:
        if page.status == 304 and address.sha256:
            self._unchanged(address)
        elif page.status == 200:
            self._read(address, page)
        else:
            of_host = page.status == 429 or page.status >= 500
            self._failed(address, f"HTTP {page.status}", of_host)

    def _read(self, address: Address, page: Page) -> None:
        digest = hashlib.sha256(page.body).hexdigest()
        if digest == address.sha256:
            self._unchanged(address)
            return
        self.archive.write(page)
        parsed = parse(page)
        if parsed is None:
            outcome = "not HTML" if page.body.strip() else "empty page"
            self._failed(address, outcome, of_host=False)
            return
        article, reason = self._extract(parsed)
        kind = "article" if article and address.kind == "listing" else address.kind
        what = Fetched(
            url=page.url,
            outcome=reason or "article",
            kind=kind,
            etag=page.headers.get("etag"),
            last_modified=page.headers.get("last-modified"),
            sha256=digest,
        )
        self._store(address, what, article, links(parsed.root, page.url))

    def _extract(self, parsed: ParsedPage) -> tuple[Article | None, str]:
        """The article, or None and why there is none."""
        try:
            extraction = extract(parsed, self.portal)
        except Exception as error:
            # A fault of ours on one page must not stop the others for a night: it is logged,
            # shown in the status, and the page is in the archive to be read again.
            log.exception("extraction failed on %s", parsed.page.url)
            return None, f"extraction failed: {type(error).__name__}"
        return extraction.article, extraction.reason

    def _store(
        self, address: Address, what: Fetched, article: Article | None, found: Sequence[str]
    ) -> None:
        now = time.time()
        with self.store.transaction():
            put = self.store.put(article) if article else ""
            self.frontier.add(self.portal, (what.url, *found), address, now)
            self.frontier.fetched(self.portal, address, what, now)
        self.failures = 0
        self.counts.update(["fetched", {"same": "unchanged"}.get(put, put)])

    def _unchanged(self, address: Address) -> None:
        with self.store.transaction():
            self.frontier.unchanged(self.portal, address, time.time())
        self.failures = 0
        self.counts.update(["fetched", "unchanged"])

    def _failed(self, address: Address, outcome: str, of_host: bool) -> None:
        wait = retry_after(address.failures + 1)
        if not of_host:
            wait = max(wait, PATIENCE[address.kind] * self.portal.interval)
        with self.store.transaction():
            self.frontier.failed(address, outcome, time.time(), wait)
        self.failures = self.failures + 1 if of_host else 0
        self.last_failure = outcome
        self.counts["failed"] += 1
