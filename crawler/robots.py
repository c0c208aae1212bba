"""What robots.txt allows, and how slowly, as a Scrapy middleware (RFC 9309)."""

from __future__ import annotations

import asyncio
import codecs
import time
from urllib.parse import urljoin

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler

from crawler.failures import FAILURES, LeftAlone, Refused, in_words
from crawler.portals import Portal

ROBOTS_NAME = "TinPhuong"
ROBOTS_BYTES = 500 * 1024
"""RFC 9309, 2.5: at least this much of robots.txt is read; what follows is not."""
ROBOTS_AGE = 24 * 3600.0
"""Seconds a robots.txt is used before it is fetched again (RFC 9309, 2.4: at most a day)."""

LONGEST_CRAWL_DELAY = 60.0


class Robots:
    """Obeys robots.txt as RFC 9309 has it: no answer, or one of 429 and 5xx, forbids everything.

    Scrapy's own middleware crawls in these cases, ignores Crawl-delay and never asks again.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.asked: dict[str, tuple[float, asyncio.Task[Protego]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Robots:
        """As Scrapy makes a middleware."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Note the delay in meta["delay"]. Raises Refused, or LeftAlone for the whole portal."""
        portal: Portal = request.meta["portal"]
        request.meta["delay"] = portal.delay.total_seconds()
        if request.meta.get("robots"):
            return
        rules = await self._rules(urljoin(request.url, "/robots.txt"), portal)
        if not rules.can_fetch(request.url, ROBOTS_NAME):
            raise Refused("robots.txt forbids it")
        request.meta["delay"] = max(request.meta["delay"], crawl_delay(rules))

    async def _rules(self, url: str, portal: Portal) -> Protego:
        asked_at, task = self.asked.get(url, (0.0, None))
        if task is None or time.monotonic() - asked_at > ROBOTS_AGE:
            task = asyncio.ensure_future(self._fetch(url, portal))
            self.asked[url] = time.monotonic(), task
        return await asyncio.shield(task)

    async def _fetch(self, url: str, portal: Portal) -> Protego:
        request = Request(url, meta={"portal": portal, "robots": True})
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(request)
        except LeftAlone:
            raise
        except tuple(FAILURES) as error:
            raise LeftAlone(f"robots.txt: {in_words(error)}") from error
        if response.status == 429 or response.status >= 500:
            raise LeftAlone(f"robots.txt: HTTP {response.status}")
        return Protego.parse(robots_text(response.body) if response.status < 300 else "")


def robots_text(body: bytes) -> str:
    """The text of a robots.txt: UTF-8 unless a byte order mark says UTF-16.

    >>> robots_text(codecs.BOM_UTF8 + b"Disallow: /"), robots_text("x".encode("utf-16"))
    ('Disallow: /', 'x')
    """
    body = body[:ROBOTS_BYTES]
    wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return body.decode("utf-16" if wide else "utf-8-sig", errors="replace")


def crawl_delay(rules: Protego) -> float:
    """Seconds of Crawl-delay for us, from 0 to LONGEST_CRAWL_DELAY; nonsense counts as 0.

    >>> [crawl_delay(Protego.parse(f"User-agent: *\\nCrawl-delay: {each}"))
    ...  for each in ("3", "1e9", "-1", "nan", "soon")]
    [3.0, 60.0, 0.0, 0.0, 0.0]
    """
    seconds = rules.crawl_delay(ROBOTS_NAME)
    return min(seconds, LONGEST_CRAWL_DELAY) if seconds and seconds > 0 else 0.0
