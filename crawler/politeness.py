"""When a request may leave: one at a time to a host, slowly, and not while it asks for peace.

A Scrapy middleware; Scrapy itself has few of these manners, silently. Where a request may go,
addresses.py has said when it comes here, and whether robots.txt allows it, robots.py. Redirects and
robots.txt itself pass through too. Each request carries its Portal as meta["portal"].
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.failures import LeftAlone

LONGEST_WAIT = 60.0
"""Seconds. A portal that asks to be left alone for longer is left until another crawl."""
LONGEST_RETRY_AFTER = 24 * 3600.0


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
