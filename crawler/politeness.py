"""When a request may leave: one at a time to a machine, slowly, and not while it asks for peace.

A Scrapy middleware; Scrapy itself has few of these manners, silently. Where a request may go,
addresses.py has said when it comes here, and whether robots.txt allows it, robots.py. Redirects and
robots.txt itself pass through too. Each request carries its Portal as meta["portal"].
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler import hosts
from crawler.failures import HOST_FAILURES, LeftAlone
from crawler.hosts import Host, answered, failed, retry_after
from crawler.locks import Locks

LONGEST_WAIT = 60.0
"""Seconds. A portal that asks to be left alone for longer is left until another crawl."""
ASKED_AGAIN = 0.2
"""Seconds after which we look whether another process has done with a machine."""


class Machines:
    """Who may ask which machine now; shared by all crawlers of a process.

    Within a process the requests to a machine queue up; between processes a locked file is the
    turn. The rest of a machine is waited for without its lock, so that others get theirs.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        locks: Locks,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.connection = connection
        self.locks = locks
        self.clock = clock
        self.queues = defaultdict[str, asyncio.Lock](asyncio.Lock)
        self.asked: dict[str, Host] = {}  # as they stood when their turns were taken

    async def take(self, address: str, delay: float) -> None:
        """Wait for the turn. Raises LeftAlone where that would take too long."""
        await self.queues[address].acquire()
        try:
            while wait := self._try(address, delay):
                await asyncio.sleep(wait)
        except BaseException:  # whatever ends the wait, a cancellation too, the next may go
            self.queues[address].release()
            raise

    def _try(self, address: str, delay: float) -> float:
        """Take the turn and say 0, or how many seconds to wait. Raises LeftAlone."""
        lock = f"host-{address}"
        if not self.locks.take(lock):
            return ASKED_AGAIN
        now, host = self.clock(), hosts.load(self.connection, address)
        peace, why = host.peace(now)
        wait = max(peace, host.resting(now, delay))
        if wait > 0:
            self.locks.release(lock)
        if peace > LONGEST_WAIT:
            raise LeftAlone(why, peace)
        if wait == 0:  # a kill from here on leaves the machine its rest
            self.asked[address] = replace(host, free_at=now + delay)
            hosts.save(self.connection, self.asked[address])
        return wait

    def give_back(self, address: str, after: Callable[[Host, float], Host]) -> None:
        """The turn is over. `after` says how the machine stands now, given how it stood."""
        hosts.save(self.connection, after(self.asked.pop(address), self.clock()))
        self.locks.release(f"host-{address}")
        self.queues[address].release()


class Turns:
    """One request in flight for each resolved address, and a rest after each answer.

    Many portals share a machine, so the address counts, not the name.
    """

    def __init__(self, machines: Machines) -> None:
        self.machines = machines

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Turns:
        """As Scrapy makes a middleware; the spider holds what several crawlers share."""
        return cls(crawler.spider.machines)  # type: ignore[union-attr]

    async def process_request(self, request: Request) -> None:
        """Wait for the turn. Raises LeftAlone where that would take too long."""
        await self.machines.take(request.meta["address"], request.meta["delay"])
        request.meta["left"] = self.machines.clock()

    def process_response(self, request: Request, response: Response) -> Response:
        """Give the turn back, with the rest that the answer, or its lateness, asks for."""
        if response.status == 429 or response.status >= 500:
            header = response.headers.get("Retry-After") or b""
            self._failed(request, retry_after(header.decode("latin-1"), datetime.now(UTC)))
        else:
            self._give_back(request, answered)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Give the turn back where the request had got one."""
        if "left" not in request.meta:
            return
        if isinstance(exception, tuple(HOST_FAILURES)):
            self._failed(request)
        else:
            self._give_back(request, answered)

    def _failed(self, request: Request, left_alone: float = 0.0) -> None:
        self._give_back(request, partial(failed, left_alone=left_alone))

    def _give_back(self, request: Request, outcome: Callable[..., Host]) -> None:
        left, delay = request.meta.pop("left"), request.meta["delay"]
        self.machines.give_back(
            request.meta["address"],
            lambda host, now: outcome(host, now, delay=delay, latency=max(now - left, 0.0)),
        )
