"""Manners that need no network: turns with a clock of ours, robots.txt as bytes, Retry-After."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest
from protego import Protego
from scrapy import Request
from scrapy.http import Response
from scrapy.resolver import dnscache

from crawler.politeness import (
    ROBOTS_BYTES,
    ROBOTS_NAME,
    Addresses,
    ExaminedOnly,
    LeftAlone,
    Refused,
    Turns,
    crawl_delay,
    new_turns,
    retry_after,
    robots_text,
)
from crawler.portals import Portal

PUBLIC = Portal("a", "A", "A", "B", ("http://mau.example.vn/",), ("mau.example.vn",))


# --- where a request may go ---


def ask(url: str, portal: Portal) -> str:
    """The address that Addresses lets a request go to; raises as it does."""
    request = Request(url, meta={"portal": portal})
    asyncio.run(Addresses().process_request(request))
    return str(request.meta["address"])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.0.0.8",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",  # the metadata service of clouds
        "100.64.0.1",  # carrier-grade NAT
        "0.0.0.0",
        "2130706433",  # 127.0.0.1 in decimal
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
    ],
)
def test_an_address_that_is_not_public_is_refused_even_where_listed(host: str) -> None:
    portal = Portal("a", "A", "A", "B", (), (host,))
    with pytest.raises(Refused, match="not a public address; see allow_private"):
        ask(f"http://{host}/", portal)
    assert ask(f"http://{host}/", Portal("a", "A", "A", "B", (), (host,), allow_private=True))


def test_a_name_that_resolves_to_loopback_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    host = "phuong-tro-vao-trong.example.vn"
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *names, **options: found)
    with pytest.raises(Refused, match="not a public address; see allow_private"):
        ask(f"http://{host}/", Portal("a", "A", "A", "B", (), (host,)))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.9/",  # allow_private does not open other hosts
        "http://127.0.0.1:22/",
        "http://user:x@127.0.0.1/",
        "http://127.0.0.1.example.vn/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
    ],
)
def test_only_the_hosts_of_the_portal_are_asked(url: str) -> None:
    portal = Portal("a", "A", "A", "B", (), ("127.0.0.1",), allow_private=True)
    with pytest.raises(Refused, match="none of the portal's hosts"):
        ask(url, portal)


def test_a_public_number_is_let_through() -> None:
    assert ask("http://8.8.8.8/", Portal("a", "A", "A", "B", (), ("8.8.8.8",))) == "8.8.8.8"


def test_the_connection_goes_only_to_what_was_examined() -> None:
    resolver = ExaminedOnly.__new__(ExaminedOnly)
    results: list[str] = []
    dnscache["examined.example.vn"] = "8.8.8.8"
    resolver.getHostByName("examined.example.vn").addCallback(results.append)
    resolver.getHostByName("unexamined.example.vn").addErrback(
        lambda failure: results.append(failure.getErrorMessage())
    )
    assert results[0] == "8.8.8.8"
    assert "unexamined.example.vn was not examined" in results[1]


# --- what robots.txt allows ---

TIN = "http://mau.example.vn/tin"
FORBID = b"User-agent: *\nDisallow: /tin\n"


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        (b"", True),
        (FORBID, False),
        (b"\xef\xbb\xbf" + FORBID, False),  # a byte order mark
        (FORBID.decode().encode("utf-16"), False),
        (FORBID.decode().encode("utf-16-be").join((b"\xfe\xff", b"")), False),
        (FORBID.replace(b"\n", b"\r\n"), False),
        (FORBID.replace(b"\n", b"\r"), False),
        (b"USER-AGENT:*\ndisallow :/tin", False),
        (b"User-agent: tinphuong\nDisallow: /tin\n\nUser-agent: *\nAllow: /", False),
        (b"User-agent: tinphuong\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        (b"User-agent: khac\nDisallow: /", True),
        (b"User-agent: *\nDisallow: /\nAllow: /tin", True),  # the longest rule wins
        (b"<html><body>Kh\xc3\xb4ng t\xc3\xacm th\xe1\xba\xa5y</body></html>", True),
        (b"\xff\xfe\xfa" * 50, True),  # noise
        (b"#" * ROBOTS_BYTES + b"\n" + FORBID, True),  # past 500 KiB nothing is read
        (b"#" * (ROBOTS_BYTES - 100) + b"\n" + FORBID, False),
    ],
)
def test_robots_txt_as_it_comes(body: bytes, allowed: bool) -> None:
    rules = Protego.parse(robots_text(body))
    assert rules.can_fetch(TIN, ROBOTS_NAME) is allowed


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3", 3.0), ("0.5", 0.5), ("1e9", 60.0), ("nan", 0.0), ("-1", 0.0), ("x", 0.0)],
)
def test_crawl_delay_is_honoured_within_reason(text: str, seconds: float) -> None:
    assert crawl_delay(Protego.parse(f"User-agent: *\nCrawl-delay: {text}")) == seconds


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


# --- when a request may leave ---


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
