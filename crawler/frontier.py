"""The frontier: which address of a portal is fetched next. It lives in the store.

Every known address is a row with the time it is due. An address being fetched is simply still due,
so a killed crawl loses nothing and repeats only what was under way. One article may have many
addresses; all are kept, with one `key`, but once one of them brought the article the others are
put off with it, and stand in for it should it vanish.

A portal is due when its start pages are. What else is due then is fetched in the same crawl.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from crawler.article import Article
from crawler.layouts import identity_in
from crawler.page import Page
from crawler.portals import Portal
from crawler.reading import Found, Reading
from crawler.revisit import Kind, back_off, interval
from crawler.store import Store
from crawler.traps import FRUITLESS, FRUITLESS_IN_ALL, TRIED_AGAIN, shape
from crawler.urls import same_site, trap_sign

State = Literal["new", "live", "missing", "gone", "failing", "barred"]

MAX_DEPTH = 20
"""Links away from a start page, as Heritrix has it."""

PUT_OFF = timedelta(days=30)
"""How long a page is left that robots.txt forbids, or whose like brought nothing new."""

HASH = re.compile(r"[0-9a-f]{64}")
"""An identity that only the text gave: see crawler/fields.py."""

NOTHING_NEW = "like pages that brought nothing new"


@dataclass(frozen=True, slots=True)
class Address:
    """A row of the frontier. `etag` and `last_modified` go into the next request as they came.

    `interval` is in seconds; `content` a hash of what the page last said, None before the first
    look; `article` the id of the article it brought.
    """

    portal: str
    url: str
    key: str
    kind: Kind
    depth: int
    parent: str | None = None
    state: State = "new"
    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    content: str | None = None
    interval: float | None = None
    article: int | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a successful fetch brought; `outcome` in a word or two, for `tinphuong status`.

    `url` is where it was found: another address than the one asked for, after a redirect.
    `identity` is that of the article it brought, `new` whether that one was not known before.
    """

    url: str
    outcome: str
    kind: Kind
    etag: str | None
    last_modified: str | None
    sha256: str
    content: str = ""
    identity: str | None = None
    new: bool = False


def as_fetched(
    page: Page, reading: Reading, kind: Kind, digest: str, article: Article | None, new: bool
) -> Fetched:
    """What there is to record of a page that was read; `digest` is the SHA-256 of its bytes."""
    return Fetched(
        url=page.url,
        outcome=reading.outcome,
        kind=kind,
        etag=page.headers.get("etag"),
        last_modified=page.headers.get("last-modified"),
        sha256=digest,
        content=reading.content,
        identity=article.identity if article else None,
        new=new,
    )


def named(store: Store, address: Address | None, article: Article) -> Article:
    """The article under the identity it had, where only its text told who it is: an edit."""
    if address is None or not address.article or not HASH.fullmatch(article.identity):
        return article
    return replace(article, identity=store.identity(address.article))


class Frontier:
    """Due addresses, in the store's own file. Times are seconds since 1970.

    What a page brought is recorded in the same transaction as its article: call the methods that
    write inside `store.transaction()`.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
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
        if not resumed:
            self.connection.execute(
                "UPDATE shapes SET fruitless = CASE WHEN shape = '' THEN 0"
                " ELSE min(fruitless, ?) END WHERE portal = ?",
                (FRUITLESS - TRIED_AGAIN, portal.id),
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
        wait = back_off(row[0] if row else 1)
        self.connection.execute(
            "UPDATE addresses SET due = max(due, ?2) WHERE portal = ?1 AND kind = 'start'",
            (portal, now + wait.total_seconds()),
        )

    def left_alone_until(self, portal: str) -> float:
        """When the portal may be asked again, by its own word (Retry-After); 0 for any time."""
        row = self._one("SELECT not_before FROM crawls WHERE portal = ?", portal)
        return row[0] or 0.0 if row else 0.0

    # --- what is fetched next ----------------------------------------------------------------

    def next(self, portal: str, now: float) -> Address | None:
        """The address that has been due for longest, or None.

        What looks like a trap is put off on the way.
        """
        while row := self._one(f"{_SELECT} AND due <= ? ORDER BY due LIMIT 1", portal, now):
            address = Address(*row)
            if not self._fruitless(address):
                return address
            self.put_off(address, NOTHING_NEW, now)
        return None

    def known(self, portal: str, url: str) -> Address | None:
        """The row of a canonical address, or None."""
        row = self._one(f"{_SELECT} AND url = ?", portal, url)
        return Address(*row) if row else None

    def latest_article(self, portal: str) -> Address | None:
        """The article that was there most recently, or None."""
        order = "AND kind = 'article' AND state = 'live' ORDER BY fetched_at DESC LIMIT 1"
        row = self._one(f"{_SELECT} {order}", portal)
        return Address(*row) if row else None

    def due_count(self, portal: str, now: float) -> int:
        """How many addresses are due."""
        row = self._one("SELECT count(*) FROM addresses WHERE portal = ? AND due <= ?", portal, now)
        return int(row[0]) if row else 0

    def _fruitless(self, address: Address) -> bool:
        """Whether pages like this one, never looked at yet, have brought nothing for too long."""
        if address.content is not None or address.kind not in ("listing", "article"):
            return False
        whole = self._count(address.portal, "") >= FRUITLESS_IN_ALL
        return whole or (
            address.kind == "listing"
            and self._count(address.portal, shape(address.url)) >= FRUITLESS
        )

    def _count(self, portal: str, of: str) -> int:
        row = self._one("SELECT fruitless FROM shapes WHERE portal = ? AND shape = ?", portal, of)
        return int(row[0]) if row else 0

    # --- what is known -----------------------------------------------------------------------

    def add(self, portal: Portal, found: Iterable[Found], parent: Address, now: float) -> None:
        """Note addresses that a page names; other sites, traps and the forgotten are not taken.

        One that is known, and changed since it was fetched, is due.
        """
        if parent.depth >= MAX_DEPTH:
            return
        named = {each.url: each for each in found if same_site(each.url, portal.hosts)}
        known = dict(
            self.connection.execute(
                "SELECT url, fetched_at FROM addresses"
                " WHERE portal = ? AND url IN (SELECT value FROM json_each(?))",
                (portal.id, json.dumps(list(named))),
            ).fetchall()
        )
        for url, each in named.items():
            if url not in known:
                self._insert(portal.id, each, parent, now)
            elif each.modified and known[url] and known[url] < each.modified <= now:
                self._hasten(portal.id, url, now)

    def _insert(self, portal: str, found: Found, parent: Address, now: float) -> None:
        identity = identity_in(found.url)
        key = identity or found.url
        if trap_sign(found.url) or self.store.is_forgotten(portal, found.url, key):
            return
        self.connection.execute(
            "INSERT INTO addresses (portal, url, key, kind, depth, parent, due)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ifnull((SELECT due + 1 FROM addresses"
            "   WHERE portal = ?1 AND key = ?3 AND outcome = 'article' AND state = 'live'"
            "   LIMIT 1), ?7))",
            (
                portal,
                found.url,
                key,
                found.kind or ("article" if identity else "listing"),
                parent.depth + 1,
                parent.url,
                now,
            ),
        )

    def _hasten(self, portal: str, url: str, now: float) -> None:
        self.connection.execute(
            "UPDATE addresses SET due = min(due, ?) WHERE portal = ? AND url = ?",
            (now, portal, url),
        )

    # --- what came of it ---------------------------------------------------------------------

    def fetched(self, portal: Portal, address: Address, what: Fetched, now: float) -> None:
        """The address was fetched and read."""
        before = address.interval if address.content is not None else None
        again = interval(what.kind, before, what.content != address.content, portal.interval)
        self.connection.execute(
            "UPDATE addresses SET kind = ?1, due = ?2, fetched_at = ?3, outcome = ?4, etag = ?5,"
            " last_modified = ?6, sha256 = ?7, content = ?8, interval = ?9, failures = 0,"
            " state = 'live', missing_since = NULL, article = (SELECT id FROM articles"
            "   WHERE portal = ?10 AND identity = ?11)"
            " WHERE portal = ?10 AND url IN (?12, ?13)",
            (
                what.kind,
                now + again,
                now,
                what.outcome,
                what.etag,
                what.last_modified,
                what.sha256,
                what.content,
                again,
                address.portal,
                what.identity,
                address.url,
                what.url,
            ),
        )
        self.weigh(address, what.new, now)
        if what.kind == "article":
            self._put_off_others(address, now + again)

    def unchanged(self, portal: Portal, address: Address, now: float) -> None:
        """The portal says, or the bytes show, that the page is as it was."""
        again = interval(address.kind, address.interval, False, portal.interval)
        self.connection.execute(
            "UPDATE addresses SET due = ?, fetched_at = ?, interval = ?, failures = 0,"
            " state = 'live', missing_since = NULL WHERE portal = ? AND url = ?",
            (now + again, now, again, address.portal, address.url),
        )
        if address.kind == "article":
            self._put_off_others(address, now + again)

    def failed(self, address: Address, outcome: str, now: float, wait: timedelta) -> None:
        """The fetch brought nothing to read: try again after `wait`.

        A page that was not there before is still that: an outage neither confirms nor denies it.
        """
        self.connection.execute(
            "UPDATE addresses SET due = ?, fetched_at = ?, outcome = ?, failures = failures + 1,"
            " state = CASE WHEN state = 'missing' THEN state ELSE 'failing' END"
            " WHERE portal = ? AND url = ?",
            (now + wait.total_seconds(), now, outcome, address.portal, address.url),
        )
        self.weigh(address, False, now)

    def put_off(self, address: Address, outcome: str, now: float) -> None:
        """The address is not to be fetched, for a reason that may pass."""
        self.connection.execute(
            "UPDATE addresses SET due = ?, fetched_at = ?, outcome = ?, state = 'barred'"
            " WHERE portal = ? AND url = ?",
            (now + PUT_OFF.total_seconds(), now, outcome, address.portal, address.url),
        )

    def _put_off_others(self, address: Address, due: float) -> None:
        """To a second later than this one, which will be asked first: it has the validators."""
        self.connection.execute(
            "UPDATE addresses SET due = max(due, ?)"
            " WHERE portal = ? AND key = ? AND url <> ? AND kind = 'article'"
            " AND state IN ('new', 'live')",
            (due + 1, address.portal, address.key, address.url),
        )

    def weigh(self, address: Address, new: bool, now: float) -> None:
        """Count what a first look brought for its shape; something new lifts the parent's too."""
        own = shape(address.url)
        if new:
            self._lift(address.portal, {own, shape(address.parent or address.url), ""}, now)
        elif address.content is None:
            self.connection.executemany(
                "INSERT INTO shapes VALUES (?, ?, 1)"
                " ON CONFLICT DO UPDATE SET fruitless = fruitless + 1",
                [(address.portal, own), (address.portal, "")],
            )

    def _lift(self, portal: str, shapes: set[str], now: float) -> None:
        """Begin to count these anew; what was put off because of them is due."""
        for each in shapes:
            if not (fruitless := self._count(portal, each)):
                continue
            if fruitless >= (FRUITLESS if each else FRUITLESS_IN_ALL):
                self._take_up(portal, each, now)
            self.connection.execute(
                "UPDATE shapes SET fruitless = 0 WHERE portal = ? AND shape = ?", (portal, each)
            )

    def _take_up(self, portal: str, of: str, now: float) -> None:
        rows = self.connection.execute(
            "SELECT url FROM addresses WHERE portal = ? AND state = 'barred' AND outcome = ?",
            (portal, NOTHING_NEW),
        )
        urls = [(now, portal, url) for (url,) in rows if not of or shape(url) == of]
        self.connection.executemany(
            "UPDATE addresses SET due = ?, state = 'new', fetched_at = NULL, outcome = NULL"
            " WHERE portal = ? AND url = ?",
            urls,
        )

    def _one(self, query: str, *parameters: object) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self.connection.execute(query, parameters).fetchone()
        return row


_SELECT = (
    "SELECT portal, url, key, kind, depth, parent, state, etag, last_modified, sha256, content,"
    " interval, article, failures FROM addresses WHERE portal = ?"
)
