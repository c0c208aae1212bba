"""The spider: fetches what is due from the portals, and every Scrapy setting it runs under.

Scrapy brings HTTP, connections and redirects. What to fetch next is ours (a lane a portal,
see lane.py), so its scheduler and pipelines stay empty: its queue does not survive a kill.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.downloadermiddlewares.defaultheaders import DefaultHeadersMiddleware
from scrapy.downloadermiddlewares.downloadtimeout import DownloadTimeoutMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.useragent import UserAgentMiddleware
from scrapy.http import Response
from scrapy.settings.default_settings import (
    DOWNLOAD_HANDLERS_BASE,
    DOWNLOADER_MIDDLEWARES_BASE,
    EXTENSIONS_BASE,
    SPIDER_MIDDLEWARES_BASE,
)
from scrapy.statscollectors import DummyStatsCollector
from twisted.logger import globalLogBeginner

from crawler.addresses import Addresses, ExaminedOnly
from crawler.archive import Archive
from crawler.article import VIETNAM
from crawler.frontier import Address
from crawler.heads import Http
from crawler.lane import Lane, Look, PortalReport, without_contact
from crawler.locks import Locks
from crawler.packed import Packed
from crawler.page import Page
from crawler.politeness import Machines, Turns
from crawler.portals import Portal, Tls
from crawler.reading import Read
from crawler.revisit import Kind
from crawler.robots import Robots
from crawler.samples import Samples
from crawler.store import Store, open_store
from crawler.survey import Survey
from crawler.tls import Encrypted
from crawler.urls import canonical

PORTALS_AT_ONCE = 64

SETTINGS: dict[str, Any] = {
    # Of Scrapy's own, only these four; ours, outermost first, stand among them by number.
    "DOWNLOADER_MIDDLEWARES": {
        **dict.fromkeys(DOWNLOADER_MIDDLEWARES_BASE),
        Addresses: 60,
        Robots: 100,
        DownloadTimeoutMiddleware: 350,
        DefaultHeadersMiddleware: 400,
        UserAgentMiddleware: 500,
        RedirectMiddleware: 600,
        Packed: 700,
        Turns: 950,
    },
    "SPIDER_MIDDLEWARES": dict.fromkeys(SPIDER_MIDDLEWARES_BASE),
    "EXTENSIONS": dict.fromkeys(EXTENSIONS_BASE),
    "STATS_CLASS": DummyStatsCollector,
    "DOWNLOAD_HANDLERS": {
        **dict.fromkeys(DOWNLOAD_HANDLERS_BASE),
        "http": Http,
        "https": Encrypted,
    },
    "TWISTED_DNS_RESOLVER": ExaminedOnly,
    # Turns paces by resolved address, from answer to request; Scrapy would from request to
    # request, by name, with jitter, and would hold back no more than these two allow.
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "REDIRECT_MAX_TIMES": 5,
    "DOWNLOAD_TIMEOUT": 30,  # seconds for the whole answer, not between two bytes
    "DOWNLOAD_MAXSIZE": 10 * 1024 * 1024,  # of the unpacked body too: a bomb took 2 GB without
    "DOWNLOAD_WARNSIZE": 0,
    "LOG_LEVEL": "ERROR",  # what goes wrong with a page, its outcome says
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5",
        "Accept-Language": "vi,en;q=0.5",
    },
}

XML = "application/rss+xml,application/atom+xml,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5"
ACCEPT: Mapping[Kind, str] = {"feed": XML, "sitemap": XML, "attachment": "*/*"}
"""What is asked for where it is not a page."""
LIMITS: Mapping[Kind, Mapping[str, int]] = {
    "attachment": {"download_maxsize": 25 * 1024 * 1024, "download_timeout": 120}
}
"""Bytes and seconds of what may be larger than a page."""


class Unfetched(Exception):
    """A page could not be had; the text says why. Raised by fetch()."""


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
    read: Read | None = None,
) -> CrawlReport:
    """Fetch what is due from these portals until nothing is, and store it.

    Works once a process, in its main thread: Scrapy's reactor cannot start again. `progress` is
    told pages done and pages known; `read` says what a page tells, if not Samples.read(). Raises
    KeyboardInterrupt after Ctrl-C, with everything that was fetched committed.
    """
    archive = Archive(archive_dir)
    with open_store(store_path) as store:
        locks = locks_beside(store_path)
        read = read or Samples(store).read
        lanes = [Lane(store, archive, portal, locks, read) for portal in portals]
        started = [lane for lane in lanes if lane.may_start(contact)]
        _run(started, user_agent(contact), store, locks, progress)
    archive.close()
    return CrawlReport(tuple(lane.report() for lane in lanes))


def fetch(portal: Portal, url: str, contact: str, store_path: Path) -> Page:
    """One page of a portal, asked for as politely as in a crawl; no page is stored.

    Works once a process, as crawl() does. Raises Unfetched with the reason in words.
    """
    error = without_contact(portal, contact)
    if error:
        raise Unfetched(error)
    look = Look(portal, url)
    with open_store(store_path) as store:
        _run([look], user_agent(contact), store, locks_beside(store_path), None)
    if look.page is None:
        raise Unfetched(look.error)
    if look.page.status != 200:
        raise Unfetched(f"HTTP {look.page.status}")
    return look.page


def survey(
    portal: Portal,
    contact: str,
    store_path: Path,
    progress: Callable[[int, int], None] | None = None,
) -> Survey:
    """A look around the site of a portal that need not have an entry; no page is stored.

    Works once a process, as crawl() does. Raises Unfetched where no page could be had.
    """
    if error := without_contact(portal, contact):
        raise Unfetched(error)
    seen = Survey(portal)
    with open_store(store_path) as store:
        _run([seen], user_agent(contact), store, locks_beside(store_path), progress)
    if seen.error and not seen.samples:
        raise Unfetched(seen.error)
    return seen


def locks_beside(store_path: Path) -> Locks:
    """The locks of all processes that work on this store."""
    return Locks(store_path.parent / "locks")


def _run(
    lanes: Sequence[Lane | Look | Survey],
    agent: str,
    store: Store,
    locks: Locks,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Drive the lanes to their ends: one Scrapy crawler for each policy of encryption.

    That is one of a crawler, not of a request. The machines' turns are shared.
    """
    process = AsyncCrawlerProcess({**SETTINGS, "USER_AGENT": agent})
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False)  # Scrapy's log has it as well
    machines, broken = Machines(store.connection, locks), list[Exception]()
    for tls in {lane.portal.tls for lane in lanes}:
        mine = [lane for lane in lanes if lane.portal.tls == tls]
        process.crawl(NewsSpider, mine, tls, store, machines, broken, progress)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    process.start()
    for number, handler in before.items():  # Scrapy leaves its own behind, which stop nothing now
        signal.signal(number, handler)
    if broken:
        raise broken[0]
    if not all(lane.ended for lane in lanes):
        raise KeyboardInterrupt


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
        lanes: Sequence[Lane | Look | Survey],
        tls: Tls,
        store: Store,
        machines: Machines,
        broken: list[Exception],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        super().__init__()
        self.lanes = lanes
        self.tls = tls
        self.store = store
        self.machines = machines
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

    async def _drive(self, lane: Lane | Look | Survey, gate: asyncio.Semaphore) -> None:
        async with gate:
            async for _ in lane.pages(self._fetch):
                if self.progress:
                    done = sum(each.done for each in self.lanes)
                    self.progress(done, max(done, sum(each.known for each in self.lanes)))

    async def _fetch(self, portal: Portal, address: Address) -> Page:
        """One request, with the validators of the last answer; redirects are followed."""
        wished = {
            "Accept": ACCEPT.get(address.kind),
            "If-None-Match": address.etag,
            "If-Modified-Since": address.last_modified,
        }
        headers = {name: value for name, value in wished.items() if value}
        meta = {"portal": portal, **LIMITS.get(address.kind, {})}
        request = Request(address.url, headers=headers, meta=meta)
        assert self.crawler.engine is not None
        return page_of(await self.crawler.engine.download_async(request))


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
