"""Missing: a page that is not there (404, 410, or without its article) is not gone at once.

It is gone when it was not there twice, a day or more apart, and when each time its portal stood:
a start page and some other article were there in the same crawl. Then the articles that no other
address brings are hidden. A host that fails proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from crawler.article import VIETNAM
from crawler.frontier import PUT_OFF, Address, Frontier
from crawler.store import Store

CONFIRMED_AFTER = timedelta(days=1)

WITHOUT_WITNESS = timedelta(days=30)
"""A portal that took down all its articles has none to show that it stands: then this long."""

ASKED_AGAIN = timedelta(days=180)
"""No page is truly gone: addresses are taken up again."""


def note(frontier: Frontier, address: Address, outcome: str, now: float) -> None:
    """The page was not there. It is looked for again in a day; its other addresses are due."""
    never_there = address.content is None and address.key == address.url
    again = PUT_OFF if never_there else CONFIRMED_AFTER
    again = ASKED_AGAIN if address.state == "gone" else again
    frontier.connection.execute(
        "UPDATE addresses SET state = CASE WHEN state = 'gone' THEN state ELSE 'missing' END,"
        " missing_since = ifnull(missing_since, ?1), due = ?2, fetched_at = ?1, outcome = ?3,"
        " etag = NULL, last_modified = NULL, sha256 = NULL, failures = 0"
        " WHERE portal = ?4 AND url = ?5",
        (now, now + again.total_seconds(), outcome, address.portal, address.url),
    )
    frontier.connection.execute(
        "UPDATE addresses SET due = min(due, ?) WHERE portal = ? AND key = ? AND url <> ?"
        " AND state IN ('new', 'live')",
        (now, address.portal, address.key, address.url),
    )
    frontier.weigh(address, False, now)


def witness(frontier: Frontier, portal: str, started: float, now: float) -> Address | None:
    """An article to look at, where pages may be gone and none was there in the crawl so far."""
    since = now - CONFIRMED_AFTER.total_seconds()
    if not _unconfirmed(frontier.store, portal, started, since):
        return None
    if _stood(frontier.store, portal, started, "article"):
        return None
    return frontier.latest_article(portal)


def settle(store: Store, portal: str, started: float, now: float) -> int:
    """Hide what is gone by what the crawl since `started` saw; how many articles that are.

    Call it inside store.transaction(), at the end of a crawl that met no failure of the host.
    """
    if not _stood(store, portal, started, "start"):
        return 0
    stood = _stood(store, portal, started, "article")
    since = now - (CONFIRMED_AFTER if stood else WITHOUT_WITNESS).total_seconds()
    gone = _unconfirmed(store, portal, started, since)
    store.connection.executemany(
        "UPDATE addresses SET state = 'gone', due = ? WHERE portal = ? AND url = ?",
        [(now + ASKED_AGAIN.total_seconds(), portal, url) for url, _ in gone],
    )
    articles = {article for _, article in gone if article is not None}
    hidden = [each for each in articles if not _stands(store, portal, each)]
    for article in hidden:
        store.withdraw(article, datetime.fromtimestamp(now, VIETNAM))
    return len(hidden)


def _unconfirmed(
    store: Store, portal: str, started: float, since: float
) -> Sequence[tuple[str, int | None]]:
    """What was not there in this crawl, nor at `since` or before: its address, and the article
    that it, or another address of the same, once brought."""
    return store.connection.execute(
        "SELECT url, (SELECT max(article) FROM addresses"
        "   WHERE portal = each.portal AND key = each.key)"
        " FROM addresses AS each WHERE portal = ? AND state = 'missing'"
        " AND fetched_at >= ? AND missing_since <= ?",
        (portal, started, since),
    ).fetchall()


def _stood(store: Store, portal: str, started: float, kind: str) -> bool:
    row = store.connection.execute(
        "SELECT 1 FROM addresses WHERE portal = ? AND kind = ? AND state = 'live'"
        " AND fetched_at >= ? LIMIT 1",
        (portal, kind, started),
    ).fetchone()
    return row is not None


def _stands(store: Store, portal: str, article: int) -> bool:
    """Whether some address may still bring the article: its own, or one with the same key."""
    row = store.connection.execute(
        "SELECT 1 FROM addresses WHERE portal = ?1 AND state NOT IN ('gone', 'barred')"
        " AND (article = ?2 OR key IN (SELECT key FROM addresses WHERE article = ?2)) LIMIT 1",
        (portal, article),
    ).fetchone()
    return row is not None
