"""Turns and rests, with a clock of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.failures import LeftAlone, Refused
from crawler.politeness import Turns, new_turns, retry_after


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Thu, 01 Jan 2026 00:02:00 GMT", 120.0),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 0.0),  # past
        ("Thu, 01 Jan 2099 00:00:00 GMT", 86400.0),  # a day at most
        ("9" * 400, 86400.0),
        ("-5", 0.0),
        ("1.5", 0.0),
        ("٧", 0.0),  # a digit, but not one of RFC 9110's
        ("Thu, 01 Jan 2026 00:02:00", 0.0),  # no zone
        ("", 0.0),
    ],
)
def test_retry_after(header: str, seconds: float) -> None:
    assert retry_after(header, datetime(2026, 1, 1, tzinfo=UTC)) == seconds


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


def request(address: str = "192.0.2.1", delay: float = 5.0) -> Request:
    return Request("http://mau.example.vn/", meta={"address": address, "delay": delay})


def run(way: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(way())


def test_the_rest_starts_when_the_answer_came(clock: Clock) -> None:
    turns = Turns(new_turns(), clock)

    async def way() -> None:
        first, second = request(), request()
        await turns.process_request(first)
        assert clock.now == 1000.0  # nobody was there before
        clock.now += 30  # a slow answer
        turns.process_response(first, Response("http://mau.example.vn/"))
        await turns.process_request(second)
        assert clock.now == 1035.0

    run(way)


def test_one_address_has_one_request_in_flight_and_others_do_not_wait(clock: Clock) -> None:
    turns = Turns(new_turns(), clock)
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


def answer(status: int, **headers: str) -> Response:
    return Response("http://mau.example.vn/", status=status, headers=headers)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_holds_for_the_address(status: int, clock: Clock) -> None:
    turns = Turns(new_turns(), clock)

    async def way() -> None:
        first, second, third = request(), request(), request("192.0.2.2")
        await turns.process_request(first)
        turns.process_response(first, answer(status, **{"Retry-After": "40"}))
        await turns.process_request(third)
        assert clock.now == 1000.0
        await turns.process_request(second)
        assert clock.now == 1040.0

    run(way)


def test_a_long_retry_after_ends_the_crawl_of_the_address(clock: Clock) -> None:
    turns = Turns(new_turns(), clock)

    async def way() -> None:
        first, second, third = request(), request(), request()
        await turns.process_request(first)
        turns.process_response(first, answer(503, **{"Retry-After": "3600"}))
        for each in (second, third):  # the refused one gives its turn back
            with pytest.raises(LeftAlone, match="left alone for 3600 s") as caught:
                await turns.process_request(each)
            assert caught.value.seconds == 3600.0

    run(way)


def test_a_page_that_is_only_found_elsewhere_asks_for_no_rest(clock: Clock) -> None:
    turns = Turns(new_turns(), clock)

    async def way() -> None:
        first, second = request(delay=0.0), request(delay=0.0)
        await turns.process_request(first)
        turns.process_response(first, answer(301, **{"Retry-After": "40"}))
        await turns.process_request(second)
        assert clock.now == 1000.0

    run(way)


def test_a_failure_before_the_turn_came_gives_nothing_back(clock: Clock) -> None:
    turns = Turns(new_turns(), clock)
    turns.process_exception(request(), Refused("robots.txt forbids it"))
    assert turns.turns == {}
