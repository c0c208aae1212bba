"""Turns and rests, with a clock of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response

from crawler.failures import LeftAlone, Refused
from crawler.hosts import LONGEST_REST, PARKED_AFTER
from crawler.locks import Locks
from crawler.politeness import ASKED_AGAIN, Machines, Turns
from crawler.store import open_store


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        really = asyncio.sleep

        async def sleep(seconds: float) -> None:
            self.now += max(seconds, 0.0)
            await really(0)

        monkeypatch.setattr("crawler.politeness.asyncio.sleep", sleep)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def turns(clock: Clock, tmp_path: Path) -> Iterator[Turns]:
    with open_store(tmp_path / "articles.db") as store:
        yield Turns(Machines(store.connection, Locks(tmp_path / "locks"), clock))


def request(address: str = "192.0.2.1", delay: float = 5.0) -> Request:
    return Request("http://mau.example.vn/", meta={"address": address, "delay": delay})


def answer(status: int = 200, **headers: str) -> Response:
    return Response("http://mau.example.vn/", status=status, headers=headers)


def run(way: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(way())


def test_the_rest_starts_when_the_answer_came(turns: Turns, clock: Clock) -> None:
    async def way() -> None:
        first, second = request(), request()
        await turns.process_request(first)
        assert clock.now == 1000.0  # nobody was there before
        clock.now += 1
        turns.process_response(first, answer())
        await turns.process_request(second)
        assert clock.now == 1006.0

    run(way)


def test_a_slow_answer_is_followed_by_a_longer_rest(turns: Turns, clock: Clock) -> None:
    async def way() -> None:
        first, second = request(), request()
        await turns.process_request(first)
        clock.now += 3
        turns.process_response(first, answer())
        await turns.process_request(second)
        assert clock.now == 1003.0 + 15.0

    run(way)


def test_one_address_has_one_request_in_flight_and_others_do_not_wait(turns: Turns) -> None:
    flying: list[Request] = []

    async def fly(each: Request) -> None:
        await turns.process_request(each)
        flying.append(each)

    async def way() -> None:
        same, other = [request() for _ in range(3)], request("192.0.2.2")
        tasks = [asyncio.create_task(fly(each)) for each in (*same, other)]
        for _ in range(9):
            await asyncio.sleep(0)
        assert flying == [same[0], other]
        for each in same:
            turns.process_exception(each, OSError())
            for _ in range(9):
                await asyncio.sleep(0)
        assert flying == [same[0], other, same[1], same[2]]
        await asyncio.gather(*tasks)

    run(way)


@pytest.mark.parametrize("status", [429, 503])
def test_a_short_retry_after_is_waited_for(status: int, turns: Turns, clock: Clock) -> None:
    async def way() -> None:
        first, second, third = request(), request(), request("192.0.2.2")
        await turns.process_request(first)
        turns.process_response(first, answer(status, **{"Retry-After": "40"}))
        await turns.process_request(third)
        assert clock.now == 1000.0
        await turns.process_request(second)
        assert clock.now == 1040.0

    run(way)


def test_a_long_retry_after_ends_the_crawl_of_the_address(turns: Turns) -> None:
    async def way() -> None:
        first, second, third = request(), request(), request()
        await turns.process_request(first)
        turns.process_response(first, answer(503, **{"Retry-After": "3600"}))
        for each in (second, third):  # the refused one gives its turn back
            with pytest.raises(LeftAlone, match="left alone for 3600 s") as caught:
                await turns.process_request(each)
            assert caught.value.seconds == 3600.0

    run(way)


def test_the_next_process_keeps_to_it_too(turns: Turns, clock: Clock, tmp_path: Path) -> None:
    async def way() -> None:
        first = request()
        await turns.process_request(first)
        turns.process_response(first, answer(503, **{"Retry-After": "3600"}))
        with open_store(tmp_path / "articles.db") as store:
            next_one = Turns(Machines(store.connection, Locks(tmp_path / "locks"), clock))
            clock.now += 3500
            with pytest.raises(LeftAlone, match="left alone for 100 s"):
                await next_one.process_request(request())
            clock.now += 100
            await next_one.process_request(request())
            assert clock.now == 4600.0

    run(way)


def test_two_processes_take_turns(turns: Turns, clock: Clock, tmp_path: Path) -> None:
    async def way() -> None:
        first, second = request(), request()
        with open_store(tmp_path / "articles.db") as store:
            other = Turns(Machines(store.connection, Locks(tmp_path / "locks"), clock))
            await turns.process_request(first)
            waiting = asyncio.create_task(other.process_request(second))
            for _ in range(99):
                await asyncio.sleep(0)
            assert "left" not in second.meta  # it looks again and again
            assert clock.now > 1000.0 + 3 * ASKED_AGAIN
            turns.process_response(first, answer())
            given_back = clock.now
            await waiting
            assert clock.now >= given_back + 5.0

    run(way)


def test_a_kill_amid_a_request_leaves_the_machine_its_rest(
    turns: Turns, clock: Clock, tmp_path: Path
) -> None:
    async def way() -> None:
        await turns.process_request(request())
        turns.machines.locks.release_all()  # as the system does for a process that ended
        with open_store(tmp_path / "articles.db") as store:
            next_one = Turns(Machines(store.connection, Locks(tmp_path / "locks"), clock))
            await next_one.process_request(request())
        assert clock.now == 1005.0

    run(way)


def test_failures_in_a_row_lengthen_the_rest_and_end_in_peace(turns: Turns, clock: Clock) -> None:
    async def way() -> None:
        for number in range(PARKED_AFTER):
            each, began = request(), clock.now
            await turns.process_request(each)
            assert clock.now - began == (min(5.0 * 2**number, LONGEST_REST) if number else 0.0)
            if number % 2:
                turns.process_exception(each, DownloadTimeoutError("30 s"))
            else:
                turns.process_response(each, answer(500))
        with pytest.raises(LeftAlone, match="parked for 3600 s after 5 failures in a row"):
            await turns.process_request(request())

    run(way)


def test_a_page_that_is_only_found_elsewhere_asks_for_no_rest(turns: Turns, clock: Clock) -> None:
    async def way() -> None:
        first, second = request(delay=0.0), request(delay=0.0)
        await turns.process_request(first)
        turns.process_response(first, answer(301, **{"Retry-After": "40"}))
        await turns.process_request(second)
        assert clock.now == 1000.0

    run(way)


def test_a_failure_before_the_turn_came_gives_nothing_back(turns: Turns) -> None:
    turns.process_exception(request(), Refused("robots.txt forbids it"))
    assert turns.machines.queues == {}
