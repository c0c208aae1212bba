"""Limits: how much may one address ask, and how many are worked for at once?

Both hold before anything is done for a request. Answers to them are 429 and 503 with Retry-After.
"""

from __future__ import annotations

import ipaddress
import math
import mmap
import time
from collections import Counter
from dataclasses import dataclass
from threading import Condition

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, TooManyRequests

SLOTS = 1 << 16
"""Moments kept for all addresses together, eight bytes each. Two addresses may share one."""

BURST_SECONDS = 10.0
"""What may be asked in so long may be asked at once, after a rest."""

WAITING = 8
"""Requests of one process that wait for the one that is worked for; those beyond are refused."""

PATIENCE = 10.0
"""Seconds that one of them waits."""

BODY_BYTES = 1 << 16
"""A request whose body is longer is told so; no body is read."""

PARAMETERS = 500
"""Parameters of a request: more than the form could send with every limit reached."""

FREE = ("static", "health.health")
"""Endpoints that are always answered."""


class Busy(Exception):
    """Too many requests wait already."""


class Rate:
    """So many requests a second for each address, with bursts, whichever process it comes to.

    The generic cell rate algorithm (ITU-T I.371), which is the token bucket with one number to
    keep: the moment from which the address has used up nothing. The moments lie in memory that
    processes forked later share, by the hash of the address: no address is kept, and none can take
    more than its eight bytes. Two requests in the same microsecond may count as one.
    """

    def __init__(self, requests_per_second: float) -> None:
        self._interval = 1 / requests_per_second
        self._due = memoryview(mmap.mmap(-1, 8 * SLOTS)).cast("d")

    def wait(self, address: str, now: float) -> float:
        """Seconds until the address may ask again; 0 where it may now, and then it has asked."""
        slot = hash(address) % SLOTS  # Python's secret of this start is in it
        due = max(self._due[slot], now) + self._interval
        wait = round(due - now - BURST_SECONDS, 6)
        if wait > 0:
            return wait
        self._due[slot] = due
        return 0.0


def network(address: str) -> str:
    """What one client is taken to have: an address of IPv4, the first half of one of IPv6. What
    else a proxy may say stays as it is.

    >>> network("203.0.113.7"), network("2001:db8:1:2:3:4:5:6"), network("[::1]:80")
    ('203.0.113.7', '2001:db8:1:2::/64', '[::1]:80')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network((int(parsed), 64), False))


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """One request in the room, and whose it is."""

    address: str


class Room:
    """One at a time; a few others wait. Next is the first of the address that has fewest here, and
    who comes when too many wait takes the place of the last of the address that has most: so no
    address with many requests keeps out the others."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._at_work: Turn | None = None
        self._waiting: list[Turn] = []

    def enter(self, address: str) -> Turn:
        """Wait for the turn; gives what leave() takes. Raises Busy."""
        turn = Turn(address)
        with self._changed:
            if len(self._waiting) >= WAITING:
                self._send_one_away(address)
            self._waiting.append(turn)
            self._hand_on()
            self._changed.wait_for(lambda: turn not in self._waiting, PATIENCE)
            if self._at_work is turn:
                return turn
            if turn in self._waiting:
                self._waiting.remove(turn)
            raise Busy

    def _hand_on(self) -> None:
        """Let the next one work, where none does."""
        if self._at_work is None and self._waiting:
            present = Counter(turn.address for turn in self._waiting)
            self._at_work = min(self._waiting, key=lambda turn: present[turn.address])
            self._waiting.remove(self._at_work)
            self._changed.notify_all()

    def _send_one_away(self, address: str) -> None:
        """The last of who have most; Busy where the address would then have as many as they."""
        present = Counter(turn.address for turn in self._waiting)
        crowd, most = present.most_common(1)[0]
        if present[address] + 1 >= most:
            raise Busy
        del self._waiting[max(at for at, turn in enumerate(self._waiting) if turn.address == crowd)]
        self._changed.notify_all()

    def leave(self, turn: Turn) -> None:
        """Give the turn to the next."""
        with self._changed:
            assert self._at_work is turn
            self._at_work = None
            self._hand_on()


def register(app: Flask, requests_per_second: float) -> None:
    """Hold every request to the limits; 0 requests a second means any number."""
    rate = Rate(requests_per_second) if requests_per_second else None
    room = app.extensions["room"] = Room()

    @app.before_request
    def admit() -> None:
        if request.endpoint in FREE:
            return
        address = network(request.remote_addr or "")
        if rate and (wait := rate.wait(address, time.monotonic())):
            raise TooManyRequests(retry_after=math.ceil(wait))
        if (request.content_length or 0) > BODY_BYTES:
            raise RequestEntityTooLarge
        if request.query_string.count(b"&") >= PARAMETERS:
            raise BadRequest
        g.turn = room.enter(address)

    def dismiss(_error: BaseException | None = None) -> None:
        if turn := g.pop("turn", None):
            room.leave(turn)

    @app.after_request
    def dismissed(response: Response) -> Response:
        """The answer is made and still to be sent: a slow reader holds up nobody."""
        dismiss()
        return response

    app.teardown_request(dismiss)  # where making the answer broke off
