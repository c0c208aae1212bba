"""Hosts: the machines behind the portals, each by the address its names stand for.

How a machine fared, and when it may be asked again, is kept in the store, so that neither the end
of a process nor a kill makes us forget what it asked for. Times are seconds since 1970.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from crawler.revisit import LONGEST_RETRY, back_off

LATENCY_FACTOR = 5.0
"""A rest lasts at least this many times as long as the answer took, as Heritrix has it."""
LONGEST_REST = 60.0
"""Seconds; what latency and failures may make of a rest. A portal's own delay may be longer."""
LONGEST_RETRY_AFTER = 24 * 3600.0

PARKED_AFTER = 5
"""Failures in a row, after which a machine is left in peace for an hour, then for two …"""


@dataclass(frozen=True, slots=True)
class Host:
    """One machine. `failures` are those in a row: no answer, one of 5xx, or 429."""

    address: str
    free_at: float = 0.0
    left_alone_until: float = 0.0
    failures: int = 0
    parked_until: float = 0.0

    def peace(self, now: float) -> tuple[float, str]:
        """Seconds for which it is left in peace, by its own word or ours, and that in words.

        No longer than it can have been: the clock may have been set back.
        """
        asked_for = min(self.left_alone_until - now, LONGEST_RETRY_AFTER)
        parked = min(self.parked_until - now, LONGEST_RETRY.total_seconds())
        if parked > max(asked_for, 0.0):
            return parked, f"parked for {parked:.0f} s after {self.failures} failures in a row"
        return max(asked_for, 0.0), f"asked to be left alone for {asked_for:.0f} s"

    def resting(self, now: float, delay: float) -> float:
        """Seconds until the rest after its last answer is over."""
        return max(min(self.free_at - now, max(delay, LONGEST_REST)), 0.0)


def load(connection: sqlite3.Connection, address: str) -> Host:
    """What is known of a machine."""
    row = connection.execute("SELECT * FROM hosts WHERE address = ?", (address,)).fetchone()
    return Host(*row) if row else Host(address)


def save(connection: sqlite3.Connection, host: Host) -> None:
    """Keep it, in a transaction of its own."""
    connection.execute(
        "INSERT OR REPLACE INTO hosts VALUES (?, ?, ?, ?, ?)",
        (host.address, host.free_at, host.left_alone_until, host.failures, host.parked_until),
    )


def rest(delay: float, latency: float, failures: int) -> float:
    """Seconds from an answer to the next request, after failures in a row.

    >>> rest(5.0, 0.2, 0), rest(5.0, 3.0, 0), rest(5.0, 0.2, 2), rest(5.0, 30.0, 9)
    (5.0, 15.0, 20.0, 60.0)
    >>> rest(300.0, 0.2, 3), rest(0.0, 3.0, 3)  # a delay of none is that of sites for tests
    (300.0, 0.0)
    """
    if delay == 0:
        return 0.0
    longer = max(delay, LATENCY_FACTOR * latency) * 2.0 ** min(failures, 10)
    return max(delay, min(longer, LONGEST_REST))


def answered(host: Host, now: float, delay: float, latency: float) -> Host:
    """After an answer that was one."""
    return replace(host, free_at=now + rest(delay, latency, 0), failures=0)


def failed(host: Host, now: float, delay: float, latency: float, left_alone: float = 0.0) -> Host:
    """After none, or one of 5xx or 429, which may have asked for `left_alone` seconds of peace."""
    failures = host.failures + 1
    beyond = failures - PARKED_AFTER + 1
    return replace(
        host,
        free_at=now + rest(delay, latency, failures),
        left_alone_until=max(host.left_alone_until, now + left_alone),
        failures=failures,
        parked_until=now + back_off(beyond).total_seconds() if beyond > 0 else 0.0,
    )


def retry_after(header: str, now: datetime) -> float:
    """Seconds that a Retry-After header asks for, from 0 to a day; a broken one asks for none.

    Both forms of RFC 9110, 10.2.3.

    >>> from datetime import UTC
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
