"""The frontier: which address of a portal is fetched next. It lives in the store.

Every known address is a row with the time it is due. An address being fetched is simply still due,
so a killed crawl loses nothing and repeats only what was under way. One article may have many
addresses; all are kept, with one `key`, but once one of them brought the article the others are
put off with it, and stand in for it should it vanish.

A portal is due when its start pages are. What else is due then is fetched in the same crawl.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from crawler.layouts import identity_in
from crawler.portals import Portal
from crawler.store import Store
from crawler.urls import same_site, trap_sign

Kind = Literal["start", "listing", "article"]

MAX_DEPTH = 20
"""Links away from a start page, as Heritrix has it."""

PATIENCE: Mapping[Kind, int] = {"start": 1, "listing": 4, "article": 28}
"""After how many of its portal's intervals a page is looked at again (6 h: daily, weekly)."""

RETRY = timedelta(hours=1)
LONGEST_RETRY = timedelta(days=7)
"""Failures are retried after RETRY, doubled for each one before, up to LONGEST_RETRY."""


@dataclass(frozen=True, slots=True)
class Address:
    """A row of the frontier. `etag` and `last_modified` go into the next request as they came."""

    portal: str
    url: str
    key: str
    kind: Kind
    depth: int
    etag: str | None
    last_modified: str | None
    sha256: str | None
    failures: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a successful fetch brought; `outcome` in a word or two, for `tinphuong status`.

    `url` is where it was found: another address than the one asked for, after a redirect.
    """

    url: str
    outcome: str
    kind: Kind
    etag: str | None
    last_modified: str | None
    sha256: str


def retry_after(failures: int) -> timedelta:
    """How long to wait after that many failures in a row.

    >>> str(retry_after(1)), str(retry_after(3)), str(retry_after(99))
    ('1:00:00', '4:00:00', '7 days, 0:00:00')
    """
    return min(RETRY * (1 << min(failures - 1, 20)), LONGEST_RETRY)


class Frontier:
    """Due addresses, in the store's own file. Times are seconds since 1970.

    What a page brought is recorded in the same transaction as its article: call the methods that
    write inside `store.transaction()`.
    """

    def __init__(self, store: Store) -> None:
        self.connection = store.connection

    def begin(self, portal: Portal, now: float) -> None:
        """A crawl of this portal starts: its start pages are due, whenever they were planned.

        After a killed crawl they stay as they are: the crawl goes on where it was.
        """
        row = self._one("SELECT finished_at FROM crawls WHERE portal = ?", portal.id)
        resumed = row is not None and row[0] is None
        self.connection.execute(
            "UPDATE addresses SET kind = 'listing' WHERE portal = ? AND kind = 'start'",
            (portal.id,),
        )
        self.connection.executemany(
            "INSERT INTO addresses (portal, url, key, kind, depth, due)"
            " VALUES (?1, ?2, ?3, 'start', 0, ?4) ON CONFLICT DO UPDATE"
            " SET kind = 'start', depth = 0, due = CASE WHEN ?5 THEN due ELSE min(due, ?4) END",
            [(portal.id, url, identity_in(url) or url, now, resumed) for url in portal.start],
        )
        self.connection.execute(
            "INSERT INTO crawls (portal, started_at) VALUES (?1, ?2) ON CONFLICT DO UPDATE"
            " SET started_at = ?2, finished_at = NULL",
            (portal.id, now),
        )

    def finish(
        self, portal: Portal, now: float, error: str = "", not_before: float | None = None
    ) -> None:
        """A crawl of this portal ended; with an error its next start is put off."""
        self.connection.execute(
            "UPDATE crawls SET finished_at = ?2, error = ?3, not_before = ?4,"
            " succeeded_at = CASE WHEN ?3 = '' THEN ?2 ELSE succeeded_at END,"
            " failures = CASE WHEN ?3 = '' THEN 0 ELSE failures + 1 END WHERE portal = ?1",
            (portal.id, now, error, not_before),
        )
        if error:
            self._put_off_starts(portal.id, now)

    def _put_off_starts(self, portal: str, now: float) -> None:
        row = self._one("SELECT failures FROM crawls WHERE portal = ?", portal)
        wait = retry_after(row[0] if row else 1)
        self.connection.execute(
            "UPDATE addresses SET due = max(due, ?2) WHERE portal = ?1 AND kind = 'start'",
            (portal, now + wait.total_seconds()),
        )

    def left_alone_until(self, portal: str) -> float:
        """When the portal may be asked again, by its own word (Retry-After); 0 for any time."""
        row = self._one("SELECT not_before FROM crawls WHERE portal = ?", portal)
        return row[0] or 0.0 if row else 0.0

    def next(self, portal: str, now: float) -> Address | None:
        """The address that has been due for longest, or None."""
        row = self._one(
            "SELECT portal, url, key, kind, depth, etag, last_modified, sha256, failures"
            " FROM addresses WHERE portal = ? AND due <= ? ORDER BY due LIMIT 1",
            portal,
            now,
        )
        return Address(*row) if row else None

    def due_count(self, portal: str, now: float) -> int:
        """How many addresses are due."""
        row = self._one("SELECT count(*) FROM addresses WHERE portal = ? AND due <= ?", portal, now)
        return int(row[0]) if row else 0

    def add(self, portal: Portal, urls: Iterable[str], parent: Address, now: float) -> None:
        """Note canonical addresses that a page links; other sites and traps are not taken."""
        if parent.depth >= MAX_DEPTH:
            return
        for url in urls:
            if same_site(url, portal.hosts) and not trap_sign(url):
                self._insert(portal.id, url, parent, now)

    def _insert(self, portal: str, url: str, parent: Address, now: float) -> None:
        if self._one("SELECT 1 FROM addresses WHERE portal = ? AND url = ?", portal, url):
            return
        identity = identity_in(url)
        self.connection.execute(
            "INSERT INTO addresses (portal, url, key, kind, depth, parent, due)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ifnull((SELECT due + 1 FROM addresses"
            "   WHERE portal = ?1 AND key = ?3 AND outcome = 'article' LIMIT 1), ?7))",
            (
                portal,
                url,
                identity or url,
                "article" if identity else "listing",
                parent.depth + 1,
                parent.url,
                now,
            ),
        )

    def fetched(self, portal: Portal, address: Address, what: Fetched, now: float) -> None:
        """The address was fetched and read."""
        due = now + PATIENCE[what.kind] * portal.interval.total_seconds()
        self.connection.execute(
            "UPDATE addresses SET kind = ?, due = ?, fetched_at = ?, outcome = ?, etag = ?,"
            " last_modified = ?, sha256 = ?, failures = 0 WHERE portal = ? AND url IN (?, ?)",
            (
                what.kind,
                due,
                now,
                what.outcome,
                what.etag,
                what.last_modified,
                what.sha256,
                address.portal,
                address.url,
                what.url,
            ),
        )
        if what.outcome == "article":
            self._put_off_others(address, due)

    def unchanged(self, portal: Portal, address: Address, now: float) -> None:
        """The portal says, or the bytes show, that the page is as it was."""
        due = now + PATIENCE[address.kind] * portal.interval.total_seconds()
        self.connection.execute(
            "UPDATE addresses SET due = ?, fetched_at = ?, failures = 0"
            " WHERE portal = ? AND url = ?",
            (due, now, address.portal, address.url),
        )
        if address.kind == "article":
            self._put_off_others(address, due)

    def failed(self, address: Address, outcome: str, now: float, wait: timedelta) -> None:
        """The fetch brought nothing to read: try again after `wait`."""
        self.connection.execute(
            "UPDATE addresses SET due = ?, fetched_at = ?, outcome = ?, failures = failures + 1"
            " WHERE portal = ? AND url = ?",
            (now + wait.total_seconds(), now, outcome, address.portal, address.url),
        )

    def _put_off_others(self, address: Address, due: float) -> None:
        """To a second later than this one, which will be asked first: it has the validators."""
        self.connection.execute(
            "UPDATE addresses SET due = max(due, ?)"
            " WHERE portal = ? AND key = ? AND url <> ? AND kind = 'article'",
            (due + 1, address.portal, address.key, address.url),
        )

    def _one(self, query: str, *parameters: object) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self.connection.execute(query, parameters).fetchone()
        return row
