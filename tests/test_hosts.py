"""How a machine fares, as pure steps; what is kept of it; and Retry-After."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.hosts import Host, answered, failed, load, rest, retry_after, save
from crawler.store import Store, open_store

HOUR, DAY = 3600.0, 24 * 3600.0
QUIET = Host("192.0.2.1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "articles.db") as store:
        yield store


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


def fail(host: Host, times: int, now: float = 0.0) -> Host:
    for _ in range(times):
        host = failed(host, now, delay=5.0, latency=0.1)
    return host


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [
        (1, 0.0),
        (4, 0.0),
        (5, HOUR),
        (6, 2 * HOUR),
        (7, 4 * HOUR),
        (12, 128 * HOUR),
        (13, 7 * DAY),  # at most
        (99, 7 * DAY),
    ],
)
def test_a_machine_that_only_fails_is_parked_for_longer_and_longer(
    failures: int, seconds: float
) -> None:
    assert fail(QUIET, failures).peace(0.0)[0] == seconds


def test_an_answer_ends_the_row_of_failures() -> None:
    host = fail(answered(fail(QUIET, 4), 0.0, delay=5.0, latency=0.1), 4)
    assert host.failures == 4
    assert host.peace(0.0)[0] == 0.0


def test_a_later_failure_does_not_shorten_what_was_asked_for() -> None:
    host = failed(QUIET, 0.0, delay=5.0, latency=0.1, left_alone=600.0)
    host = failed(host, 0.0, delay=5.0, latency=0.1, left_alone=30.0)
    assert host.peace(0.0) == (600.0, "asked to be left alone for 600 s")


@pytest.mark.parametrize(
    ("delay", "latency", "failures", "seconds"),
    [
        (5.0, 0.1, 0, 5.0),
        (5.0, 2.0, 0, 10.0),  # five times as long as the answer took
        (5.0, 30.0, 0, 60.0),  # a minute at most
        (5.0, 0.1, 1, 10.0),  # doubled for each failure
        (5.0, 0.1, 3, 40.0),
        (5.0, 0.1, 9, 60.0),
        (300.0, 30.0, 9, 300.0),  # never shorter than the portal's own delay
        (0.0, 30.0, 9, 0.0),  # sites for tests
    ],
)
def test_the_rest(delay: float, latency: float, failures: int, seconds: float) -> None:
    assert rest(delay, latency, failures) == seconds


def test_what_is_known_of_a_machine_is_kept(store: Store) -> None:
    assert load(store.connection, "192.0.2.1") == QUIET
    host = Host("192.0.2.1", 1.5, 2.5, 3, 4.5)
    save(store.connection, host)
    save(store.connection, Host("192.0.2.2"))
    assert load(store.connection, "192.0.2.1") == host


def test_a_clock_set_back_makes_no_rest_longer_than_it_was() -> None:
    host = Host("192.0.2.1", free_at=10 * DAY, left_alone_until=10 * DAY)
    assert host.peace(0.0)[0] == DAY
    assert host.resting(0.0, delay=5.0) == 60.0
    assert host.resting(0.0, delay=300.0) == 300.0
