"""Manners, as Scrapy downloader middlewares; Scrapy itself has few of them, silently.

Where a request may go, addresses.py has said when it meets them, in this order: whether robots.txt
allows it (Robots), when it may leave (Turns). Redirects and robots.txt itself pass through too.

Each request carries its Portal as meta["portal"].
"""

from __future__ import annotations

import asyncio
import codecs
import re
import time
from collections import defaultdict
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from twisted.internet.error import ConnectError, ConnectionClosed

from crawler.portals import Portal

ROBOTS_NAME = "TinPhuong"
ROBOTS_BYTES = 500 * 1024
"""RFC 9309, 2.5: at least this much of robots.txt is read; what follows is not."""
ROBOTS_AGE = 24 * 3600.0
"""Seconds a robots.txt is used before it is fetched again (RFC 9309, 2.4: at most a day)."""

LONGEST_CRAWL_DELAY = 60.0
LONGEST_WAIT = 60.0
"""Seconds. A portal that asks to be left alone for longer is left until another crawl."""
LONGEST_RETRY_AFTER = 24 * 3600.0

HOST_FAILURES: dict[type[Exception], str] = {
    CannotResolveHostError: "no such host",
    DownloadConnectionRefusedError: "connection refused",
    DownloadTimeoutError: "no answer in time",
    ResponseDataLossError: "the answer broke off",
    DownloadFailedError: "connection failed",
    ConnectError: "connection failed",
    ConnectionClosed: "connection closed",
}
PAGE_FAILURES: dict[type[Exception], str] = {
    DownloadCancelledError: "the page is too large",
    UnsupportedURLSchemeError: "not an http address",
    NotSupported: "not an http address",
    IgnoreRequest: "redirects without end, or is too large when unpacked",
    OSError: "could not be unpacked",
}
"""What can go wrong on the way to a page, in words: with the whole host, or with one page."""
FAILURES = {**HOST_FAILURES, **PAGE_FAILURES}


class Refused(IgnoreRequest):
    """This request may not be made; others of the portal may."""


class LeftAlone(IgnoreRequest):
    """The whole portal may not be asked now. `seconds` says for how long, where it is known."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


def in_words(error: Exception) -> str:
    """A failure as `tinphuong status` shows it.

    >>> in_words(DownloadTimeoutError("30 s")), in_words(Refused("robots.txt forbids it"))
    ('no answer in time', 'robots.txt forbids it')
    """
    if isinstance(error, Refused | LeftAlone):
        return str(error)
    if isinstance(error, DownloadFailedError) and re.search("certificate|Verif", str(error)):
        return "the certificate is not valid"
    return next(words for kind, words in FAILURES.items() if isinstance(error, kind))


# --- what robots.txt allows ------------------------------------------------------------------


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


# --- when a request may leave ----------------------------------------------------------------


@dataclass(slots=True)
class Turn:
    """The state of one resolved address; times as the clock of Turns gives them."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    left_alone_until: float = 0.0


class Turns:
    """One request in flight for each resolved address, and a rest after each answer.

    Many portals share a machine, so the address counts, not the name. Retry-After (RFC 9110,
    10.2.3) holds for all of them.
    """

    def __init__(
        self,
        turns: MutableMapping[str, Turn],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.turns = turns
        self.clock = clock

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Turns:
        """As Scrapy makes a middleware; the spider holds what several crawlers share."""
        return cls(crawler.spider.turns)  # type: ignore[union-attr]

    async def process_request(self, request: Request) -> None:
        """Wait for the turn. Raises LeftAlone where that would take too long."""
        turn = self.turns[request.meta["address"]]
        await turn.lock.acquire()
        try:
            await self._rest(turn)
        except BaseException:  # whatever ends the wait, a cancellation too, the next may go
            turn.lock.release()
            raise
        request.meta["turn"] = turn

    async def _rest(self, turn: Turn) -> None:
        asked_for = turn.left_alone_until - self.clock()
        if asked_for > LONGEST_WAIT:
            raise LeftAlone(f"asked to be left alone for {asked_for:.0f} s", asked_for)
        await asyncio.sleep(max(asked_for, turn.free_at - self.clock()))

    def process_response(self, request: Request, response: Response) -> Response:
        """Give the turn back, with the rest that the portal's entry or the answer asks for."""
        turn = self._give_back(request)
        if response.status in (429, 503):
            header = response.headers.get("Retry-After") or b""
            seconds = retry_after(header.decode("latin-1"), datetime.now(UTC))
            turn.left_alone_until = max(turn.left_alone_until, self.clock() + seconds)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Give the turn back where the request had got one."""
        if "turn" in request.meta:
            self._give_back(request)

    def _give_back(self, request: Request) -> Turn:
        turn: Turn = request.meta.pop("turn")
        turn.free_at = self.clock() + request.meta["delay"]
        turn.lock.release()
        return turn


def new_turns() -> MutableMapping[str, Turn]:
    """Nobody waits anywhere."""
    return defaultdict(Turn)


def retry_after(header: str, now: datetime) -> float:
    """Seconds that a Retry-After header asks for, from 0 to a day; a broken one asks for none.

    >>> now = datetime(2026, 1, 1, tzinfo=UTC)
    >>> retry_after("7", now), retry_after("Thu, 01 Jan 2026 00:01:00 GMT", now)
    (7.0, 60.0)
    >>> retry_after("soon", now), retry_after("99999999", now), retry_after("-5", now)
    (0.0, 86400.0, 0.0)
    """
    text = header.strip()
    if text.isdecimal() and text.isascii():
        seconds = float(text[:9])
    else:
        try:
            seconds = (parsedate_to_datetime(text) - now).total_seconds()
        except (ValueError, TypeError):  # not a date, or one without a zone
            return 0.0
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)
