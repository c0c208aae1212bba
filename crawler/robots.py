"""What robots.txt allows, and how slowly, as a Scrapy middleware (RFC 9309).

What it said is kept in the store, for the next process and for the hours when it cannot be had.
"""

from __future__ import annotations

import asyncio
import codecs
import sqlite3
import time
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from crawler.failures import FAILURES, LeftAlone, Refused, in_words
from crawler.portals import Portal

ROBOTS_NAME = "TinPhuong"
ROBOTS_BYTES = 500 * 1024
"""RFC 9309, 2.5: at least this much of robots.txt is read; what follows is not."""

FRESH = 3600.0
"""Seconds for which robots.txt is not asked for again, by this process or the next."""
STANDS = 24 * 3600.0
"""Seconds for which the last answer stands while there is no new one (RFC 9309, 2.4)."""

LONGEST_CRAWL_DELAY = 60.0


class Robots:
    """Obeys robots.txt as RFC 9309 has it: no answer, or one of 429 and 5xx, forbids everything.

    Unless there was one within a day. More than five redirects count as none being there (2.3.1.2).
    Scrapy's own middleware crawls in these cases, ignores Crawl-delay and never asks again.
    """

    def __init__(self, crawler: Crawler, connection: sqlite3.Connection) -> None:
        self.crawler = crawler
        self.connection = connection
        self.asked: dict[str, tuple[float, asyncio.Task[Protego]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Robots:
        """As Scrapy makes a middleware; the spider holds the store."""
        return cls(crawler, crawler.spider.store.connection)  # type: ignore[union-attr]

    async def process_request(self, request: Request) -> None:
        """Note the delay in meta["delay"]. Raises Refused, or LeftAlone for the whole portal."""
        portal: Portal = request.meta["portal"]
        request.meta["delay"] = portal.delay.total_seconds()
        if request.meta.get("robots"):
            return
        rules = await self._rules(origin_of(request.url), portal)
        if not rules.can_fetch(request.url, ROBOTS_NAME):
            raise Refused("robots.txt forbids it")
        request.meta["delay"] = max(request.meta["delay"], crawl_delay(rules))

    async def _rules(self, origin: str, portal: Portal) -> Protego:
        """The rules of a site; while one request asks for them, the others wait."""
        asked_at, task = self.asked.get(origin, (0.0, None))
        if task is None or time.monotonic() - asked_at > FRESH:
            task = asyncio.ensure_future(self._ask(origin, portal))
            self.asked[origin] = time.monotonic(), task
        return await asyncio.shield(task)

    async def _ask(self, origin: str, portal: Portal) -> Protego:
        """The kept copy if it is fresh, else a new one, else the kept one if it still stands."""
        fetched_at, body = kept(self.connection, origin)
        age = time.time() - fetched_at
        if not 0 <= age < FRESH:
            try:
                body = await self._fetch(f"{origin}/robots.txt", portal)
            except LeftAlone:
                if not 0 <= age < STANDS:
                    raise
            else:
                keep(self.connection, origin, time.time(), body)
        return Protego.parse(robots_text(body))

    async def _fetch(self, url: str, portal: Portal) -> bytes:
        """What it says, nothing where there is none. Raises LeftAlone."""
        request = Request(url, meta={"portal": portal, "robots": True})
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(request)
        except (LeftAlone, Refused) as refusal:
            raise LeftAlone(f"robots.txt: {in_words(refusal)}") from refusal
        except IgnoreRequest:
            return b""
        except tuple(FAILURES) as error:
            raise LeftAlone(f"robots.txt: {in_words(error)}") from error
        if response.status == 429 or response.status >= 500:
            raise LeftAlone(f"robots.txt: HTTP {response.status}")
        return response.body[:ROBOTS_BYTES] if response.status < 300 else b""


def origin_of(url: str) -> str:
    """Scheme, host and port: what one robots.txt speaks for (RFC 9309, 2.3).

    >>> origin_of("https://xa.example.vn:8443/tin?id=1")
    'https://xa.example.vn:8443'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def kept(connection: sqlite3.Connection, origin: str) -> tuple[float, bytes]:
    """When the robots.txt of a site was last had (seconds since 1970; 0: never), and its bytes."""
    query = "SELECT fetched_at, body FROM robots WHERE origin = ?"
    row: tuple[float, bytes] | None = connection.execute(query, (origin,)).fetchone()
    return row or (0.0, b"")


def keep(connection: sqlite3.Connection, origin: str, now: float, body: bytes) -> None:
    """Keep the bytes of a robots.txt, none where there is none, in a transaction of its own."""
    connection.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?)", (origin, now, body))


def sitemaps_of(body: bytes) -> list[str]:
    """The sitemaps that a robots.txt names, as it writes them.

    >>> sitemaps_of(b"Sitemap: https://xa.example.vn/wp-sitemap.xml")
    ['https://xa.example.vn/wp-sitemap.xml']
    """
    return list(Protego.parse(robots_text(body)).sitemaps)


def robots_text(body: bytes) -> str:
    """The text of a robots.txt: UTF-8, unless its first bytes say UTF-16.

    >>> robots_text(codecs.BOM_UTF8 + b"Disallow: /"), robots_text("x".encode("utf-16"))
    ('Disallow: /', 'x')
    >>> robots_text("Allow: /".encode("utf-16-be"))
    'Allow: /'
    """
    body = body[:ROBOTS_BYTES]
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        encoding = {b"\0": "utf-16-be"}.get(body[:1], "utf-8-sig")
        encoding = {b"\0": "utf-16-le"}.get(body[1:2], encoding)
    return body.decode(encoding, errors="replace")


def crawl_delay(rules: Protego) -> float:
    """Seconds of Crawl-delay for us, from 0 to LONGEST_CRAWL_DELAY; nonsense counts as 0.

    >>> [crawl_delay(Protego.parse(f"User-agent: *\\nCrawl-delay: {each}"))
    ...  for each in ("3", "1e9", "-1", "nan", "soon")]
    [3.0, 60.0, 0.0, 0.0, 0.0]
    """
    seconds = rules.crawl_delay(ROBOTS_NAME)
    return min(seconds, LONGEST_CRAWL_DELAY) if seconds and seconds > 0 else 0.0
