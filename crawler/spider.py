"""The spider: fetches what is due from the portals, and every Scrapy setting it runs under.

Scrapy brings HTTP, TLS, decompression and redirects. What to fetch next is ours (frontier.py), so
its scheduler stays empty: each portal is a lane that takes its next due address, fetches it, and
commits what it brought before it takes another. A kill loses only what is in flight.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.logger import globalLogBeginner

from crawler.archive import Archive
from crawler.article import VIETNAM, Article
from crawler.extract import extract
from crawler.frontier import PATIENCE, Address, Fetched, Frontier, retry_after
from crawler.page import Page, ParsedPage, parse
from crawler.politeness import (
    FAILURES,
    HOST_FAILURES,
    Addresses,
    ExaminedOnly,
    LeftAlone,
    Robots,
    Turn,
    Turns,
    in_words,
    new_turns,
)
from crawler.portals import Portal
from crawler.store import Store, open_store
from crawler.urls import canonical, links

Download = Callable[[Request], Awaitable[Response]]

log = logging.getLogger(__name__)

GIVE_UP_AFTER = 5
"""Failures of the host in a row, after which the rest of its crawl is put off."""

PORTALS_AT_ONCE = 64

SETTINGS: dict[str, Any] = {
    # Ours, outermost first: numbers place them among Scrapy's own (redirects are 600).
    "DOWNLOADER_MIDDLEWARES": {Addresses: 60, Robots: 100, Turns: 950},
    "TWISTED_DNS_RESOLVER": ExaminedOnly,
    "ROBOTSTXT_OBEY": False,  # Robots does, with RFC 9309's answer to a robots.txt that fails
    # Turns paces by resolved address, from answer to request; Scrapy would from request to
    # request, by name, with jitter, and would hold back no more than these two allow.
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "RETRY_ENABLED": False,  # the frontier retries, hours later
    "REDIRECT_MAX_TIMES": 5,
    "COOKIES_ENABLED": False,
    "HTTPPROXY_ENABLED": False,  # a proxy from the environment would hide what is connected to
    "HTTPCACHE_ENABLED": False,  # our own validators: its policy drops them on no-cache
    "DOWNLOAD_TIMEOUT": 30,  # seconds for the whole answer, not between two bytes
    "DOWNLOAD_MAXSIZE": 10 * 1024 * 1024,  # of the unpacked body too: a bomb took 2 GB without
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOAD_HANDLERS": dict.fromkeys(("file", "data", "ftp", "s3")),
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "MEMUSAGE_ENABLED": False,
    "LOGSTATS_INTERVAL": 0,
    "LOG_LEVEL": "WARNING",
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5",
        "Accept-Language": "vi,en;q=0.5",
    },
}


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


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """The portals in the order they were given."""

    portals: tuple[PortalReport, ...]


def crawl(
    portals: Sequence[Portal],
    store_path: Path,
    archive_dir: Path,
    contact: str,
    progress: Callable[[int, int], None] | None = None,
) -> CrawlReport:
    """Fetch what is due from these portals until nothing is, and store it.

    Works once a process, in its main thread: Scrapy's reactor cannot start again. `progress` is
    told pages done and pages known. Raises KeyboardInterrupt after Ctrl-C, with everything that
    was fetched committed.
    """
    archive = Archive(archive_dir)
    with open_store(store_path) as store:
        lanes = [Lane(store, archive, portal) for portal in portals]
        _run([lane for lane in lanes if lane.may_start(contact)], user_agent(contact), progress)
    archive.close()
    return CrawlReport(tuple(lane.report() for lane in lanes))


def _run(lanes: Sequence[Lane], agent: str, progress: Callable[[int, int], None] | None) -> None:
    """Drive the lanes to their ends: one Scrapy crawler each for verified and unverified TLS.

    Whether certificates are checked is one setting of a crawler. The turns are shared.
    """
    process = AsyncCrawlerProcess({**SETTINGS, "USER_AGENT": agent})
    _quieten()
    turns, broken = new_turns(), list[Exception]()
    for tls in {lane.portal.tls for lane in lanes}:
        crawler = process.create_crawler(NewsSpider)
        crawler.settings.set("DOWNLOAD_VERIFY_CERTIFICATES", tls == "verify")
        mine = [lane for lane in lanes if lane.portal.tls == tls]
        process.crawl(crawler, lanes=mine, turns=turns, broken=broken, progress=progress)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    process.start()
    for number, handler in before.items():  # Scrapy leaves its own behind, which stop nothing now
        signal.signal(number, handler)
    if broken:
        raise broken[0]
    if not all(lane.ended for lane in lanes):
        raise KeyboardInterrupt


def _quieten() -> None:
    """What the libraries say of a bad certificate, the portal's error says in one line."""
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False)  # Scrapy's log has it as well
    logging.getLogger("scrapy.core.downloader.tls").setLevel(logging.ERROR)
    logging.getLogger("twisted").addFilter(lambda record: "certificate" not in record.getMessage())


def user_agent(contact: str) -> str:
    """How we name ourselves to a portal.

    >>> user_agent("https://example.vn/bot").partition(" ")[2]
    '(+https://example.vn/bot)'
    """
    return f"TinPhuong/{version('tinphuong')}" + (f" (+{contact})" if contact else "")


class NewsSpider(Spider):
    """Drives the lanes. What it fetches it hands to them, not to Scrapy's pipelines."""

    name = "tinphuong"

    def __init__(
        self,
        lanes: Sequence[Lane],
        turns: MutableMapping[str, Turn],
        broken: list[Exception],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        super().__init__()
        self.lanes = lanes
        self.turns = turns
        self.broken = broken
        self.progress = progress

    async def start(self) -> AsyncIterator[Any]:
        """Runs every lane to its end; yields nothing. What breaks a lane ends all."""
        gate = asyncio.Semaphore(PORTALS_AT_ONCE)
        try:
            async with asyncio.TaskGroup() as tasks:
                for lane in self.lanes:
                    tasks.create_task(self._drive(lane, gate))
        except* Exception as group:
            self.broken.extend(group.exceptions)
        return
        yield

    async def _drive(self, lane: Lane, gate: asyncio.Semaphore) -> None:
        assert self.crawler.engine is not None
        async with gate:
            async for _ in lane.pages(self.crawler.engine.download_async):
                if self.progress:
                    done = sum(each.done for each in self.lanes)
                    self.progress(done, done + sum(each.waiting for each in self.lanes))


class Lane:
    """The crawl of one portal: one address after the other, each committed before the next."""

    def __init__(self, store: Store, archive: Archive, portal: Portal) -> None:
        self.store = store
        self.archive = archive
        self.portal = portal
        self.frontier = Frontier(store)
        self.counts = Counter[str]()
        self.waiting = 0
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
        if not contact and not self.portal.on_loopback:
            self.error = "not crawled: portals.toml has no contact, so only loopback is crawled"
        elif until > 0:
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
                self.waiting = self.frontier.due_count(self.portal.id, time.time())
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
            response = await download(self._request(address))
        except LeftAlone:
            raise
        except tuple(FAILURES) as error:
            self._failed(address, in_words(error), isinstance(error, tuple(HOST_FAILURES)))
        else:
            self._take(address, page_of(response))

    def _request(self, address: Address) -> Request:
        validators = {
            "If-None-Match": address.etag,
            "If-Modified-Since": address.last_modified,
        }
        headers = {name: value for name, value in validators.items() if value}
        return Request(address.url, headers=headers, meta={"portal": self.portal})

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


def page_of(response: Response) -> Page:
    """What came, with header names in small letters and repeated headers joined."""
    return Page(
        url=canonical(response.url) or response.url,
        fetched_at=datetime.now(VIETNAM),
        status=response.status,
        headers={
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
        },
        body=response.body,
    )
