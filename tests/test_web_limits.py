"""How much one address may ask and how many are worked for at once: rules, oracle, and answers."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.small_site import opened
from webui.limits import BURST_SECONDS, FREE, SLOTS, WAITING, Busy, Rate, Room, Turn, network

RATE = 10.0
BURST = int(RATE * BURST_SECONDS)


class Bucket:
    """The oracle: a token bucket for each address, as textbooks have it."""

    def __init__(self) -> None:
        self.tokens: dict[str, float] = {}
        self.filled: dict[str, float] = {}

    def allows(self, address: str, now: float) -> bool:
        since = now - self.filled.get(address, now)
        tokens = min(BURST, self.tokens.get(address, BURST) + since * RATE)
        self.filled[address] = now
        self.tokens[address] = tokens - 1 if tokens >= 1 - 1e-6 else tokens
        return tokens >= 1 - 1e-6


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40), st.integers(1, 150))))
def test_it_allows_what_a_token_bucket_allows(asked: list[tuple[str, int, int]]) -> None:
    """Bursts of some length after pauses of tenths of a second, of two addresses."""
    rate, oracle, now = Rate(RATE), Bucket(), 1000.0
    for address, pause, count in asked:
        now += pause / 10 + 0.001
        for _ in range(count):
            assert (rate.wait(address, now) <= 0) == oracle.allows(address, now)


def test_after_the_time_told_and_no_sooner_it_may_ask_again() -> None:
    rate = Rate(RATE)
    assert not any(rate.wait("a", 50.0) for _ in range(BURST))
    wait = rate.wait("a", 50.0)
    assert 0 < wait <= 1 / RATE
    assert rate.wait("a", 50.0 + 0.9 * wait) > 0
    assert rate.wait("a", 50.0 + 1.1 * wait) == 0


def test_addresses_cost_no_memory_of_their_own() -> None:
    """A million of them: none is kept, and nothing grows."""
    rate = Rate(RATE)
    before = len(rate._due)
    for number in range(20_000):
        rate.wait(network(f"2001:db8:{number & 0xFFFF:x}:{number >> 16}::1"), 7.0)
    assert len(rate._due) == before == SLOTS


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),  # one customer has a /64 at least
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("unknown", "203.0.113.7:80", False),  # as some proxies write
    ],
)
def test_who_is_one_client(one: str, other: str, same: bool) -> None:
    rate = Rate(RATE)
    assert not any(rate.wait(network(one), 9.0) for _ in range(BURST))
    assert (rate.wait(network(other), 9.0) > 0) == same


def _ask(rate: Rate, count: int) -> None:
    for _ in range(count):
        rate.wait("a", 5.0)


def test_processes_count_together() -> None:
    rate = Rate(RATE)
    forked = multiprocessing.get_context("fork").Process(target=_ask, args=(rate, BURST))
    forked.start()
    forked.join()
    assert rate.wait("a", 5.0) > 0


def test_one_at_a_time_in_the_order_they_came_and_no_crowd() -> None:
    room, order, started = Room(), [], []

    def visit(number: int) -> None:
        started[number].set()
        turn = room.enter("a")
        order.append(number)
        room.leave(turn)

    first = room.enter("a")
    with ThreadPoolExecutor(WAITING) as pool:
        for number in range(WAITING):
            started.append(Event())
            pool.submit(visit, number)
            assert started[number].wait(10)
            while len(room._waiting) <= number:
                time.sleep(0.001)
        with pytest.raises(Busy):
            room.enter("a")
        assert order == []
        room.leave(first)
    assert order == list(range(WAITING))
    room.leave(room.enter("a"))


def test_one_address_with_many_requests_does_not_keep_others_out() -> None:
    """It has the whole room; the first of another address takes the place of its last, and so on
    until both have as many."""
    room, outcome = Room(), {}

    def visit(name: str, address: str) -> None:
        try:
            turn = room.enter(address)
            room.leave(turn)
            outcome[name] = "answered"
        except Busy:
            outcome[name] = "sent away"

    def come(name: str, address: str) -> None:
        before = len(room._waiting)
        pool.submit(visit, name, address)
        while len(room._waiting) == before < WAITING or len(outcome) < sent_away(name):
            time.sleep(0.001)

    def sent_away(name: str) -> int:
        return int(name.removeprefix("b")) if name.startswith("b") else 0

    first = room.enter("a")
    with ThreadPoolExecutor(3 * WAITING) as pool:
        for number in range(WAITING):
            come(f"a{number}", "a")
        for number in range(1, 5):
            come(f"b{number}", "b")
        with pytest.raises(Busy):
            room.enter("b")
        with pytest.raises(Busy):
            room.enter("a")
        room.leave(first)
    assert {name for name, said in outcome.items() if said == "answered"} == {
        *(f"a{number}" for number in range(4)),
        *(f"b{number}" for number in range(1, 5)),
    }


def test_who_asks_least_goes_first() -> None:
    room, order = Room(), []

    def visit(address: str) -> None:
        turn = room.enter(address)
        order.append(address)
        room.leave(turn)

    first = room.enter("a")
    with ThreadPoolExecutor(WAITING) as pool:
        for number, address in enumerate("aaabbc"):
            pool.submit(visit, address)
            while len(room._waiting) <= number:
                time.sleep(0.001)
        room.leave(first)
    assert "".join(order) == "cbbaaa"


def test_who_waited_too_long_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webui.limits.PATIENCE", 0.01)
    room = Room()
    turn = room.enter("a")
    with pytest.raises(Busy):
        room.enter("b")
    room.leave(turn)
    room.leave(room.enter("a"))


# --- what a client is answered ----------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the limits are told."""
    now = [100.0]
    monkeypatch.setattr("webui.limits.time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def client(small_site: dict[str, Any], clock: list[float]) -> Iterator[FlaskClient]:
    with opened({**small_site, "REQUESTS_PER_SECOND": RATE}) as app:
        yield app.test_client()


def burst(client: FlaskClient, path: str, count: int, **headers: str) -> list[int]:
    """The status of each of so many requests in one moment."""
    return [client.get(path, headers=headers).status_code for _ in range(count)]


def test_a_burst_is_answered_then_told_when_to_come_back(
    client: FlaskClient, clock: list[float]
) -> None:
    assert burst(client, "/none", 200) == [404] * BURST + [429] * (200 - BURST)
    page = client.get("/search?q=rác")
    assert (page.status_code, page.mimetype, page.headers["Retry-After"]) == (429, "text/html", "1")
    assert "Quá nhiều lượt tìm" in page.text
    problem = client.get("/search.json")
    assert (problem.status_code, problem.mimetype) == (429, "application/problem+json")
    assert problem.json is not None
    assert problem.json["status"] == 429
    assert client.get("/none", environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 404
    clock[0] += float(page.headers["Retry-After"])
    assert burst(client, "/none", 11) == [404] * 10 + [429]


def test_health_and_static_files_are_always_answered(client: FlaskClient) -> None:
    burst(client, "/none", BURST + 1)
    assert client.get("/healthz").status_code == 200
    assert client.get("/static/style.css").status_code == 200
    assert set(FREE) <= {rule.endpoint for rule in client.application.url_map.iter_rules()}


@pytest.mark.usefixtures("clock")
def test_who_is_asked_for_is_believed_of_trusted_proxies_only(small_site: dict[str, Any]) -> None:
    """A forged X-Forwarded-For is ignored; behind one proxy its own word counts, the last one."""
    for proxies, forged, refused in ((0, "%s", True), (1, "%s", False), (1, "%s, 192.0.2.7", True)):
        config = {**small_site, "REQUESTS_PER_SECOND": RATE, "TRUSTED_PROXIES": proxies}
        with opened(config) as app:
            client = app.test_client()
            answers = [
                burst(client, "/none", 1, **{"X-Forwarded-For": forged % f"198.51.100.{number}"})
                for number in range(BURST + 20)
            ]
        assert ([429] in answers) == refused, (proxies, forged)


def test_a_room_that_is_full_is_told_as_busy(client: FlaskClient) -> None:
    app: Flask = client.application
    room = app.extensions["room"]
    turn = room.enter("127.0.0.1")
    room._waiting += [Turn("127.0.0.1") for _ in range(WAITING)]
    page, problem = client.get("/search?q=rác"), client.get("/search.json")
    assert (page.status_code, problem.status_code) == (503, 503)
    assert page.headers["Retry-After"] == problem.headers["Retry-After"] == "2"
    assert "Đang có quá nhiều lượt tìm" in page.text
    assert client.get("/healthz").status_code == 200
    room._waiting.clear()
    room.leave(turn)
    assert client.get("/search?q=rác").status_code == 200


def test_a_fault_gives_the_turn_back(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_app: Flask) -> None:
        raise RuntimeError("secret")

    with monkeypatch.context() as patched:
        patched.setattr("webui.views.reading", fail)
        assert burst(client, "/search", 3) == [500] * 3
    assert client.get("/search").status_code == 200
