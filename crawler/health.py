"""How is each portal doing, and when is it due? For the scheduler, `tinphuong status`, the page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from crawler.article import VIETNAM
from crawler.portals import Portal
from crawler.store import Store

Health = Literal["ok", "delayed", "failing", "paused", "never"]
"""never: no crawl of it has begun yet;
paused: by its entry, or because it is no longer in portals.toml;
failing: its last crawl gave up, and `error` says why;
delayed: it has been due for more than LATE intervals, or none of its crawls came to its end
    within as many: the scheduler stands still, or its pages are too many for its interval;
ok: nothing of this."""

LATE = 2
"""Intervals after which a portal counts as delayed."""

SLACK = timedelta(minutes=1).total_seconds()
"""Clocks are set back by a little now and then. By more than this, and nobody can say how long ago
the last crawl was: then the portal is due."""

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PortalState:
    """How a portal is doing. `outcomes` counts addresses fetched; `waiting` those still to be,
    other addresses of stored articles aside.

    `error` is why the last crawl gave up ("" where it did not), `due` when the next may start
    (None: paused, or no longer in portals.toml). `new_24h` and `new_7d` count articles never seen
    before. `weak` says by host what its encryption lacks, where the entry lets that pass.
    """

    portal: str
    name: str
    state: Health
    started: datetime | None
    finished: datetime | None
    succeeded: datetime | None
    error: str
    due: datetime | None
    articles: int
    new_24h: int
    new_7d: int
    waiting: int
    outcomes: Mapping[str, int]
    weak: Mapping[str, str]


class _Crawl(NamedTuple):
    """The row of a portal's last crawl; times in seconds since 1970."""

    started: float | None = None
    finished: float | None = None
    succeeded: float | None = None
    error: str | None = None
    not_before: float | None = None


def due_portals(store: Store, portals: Sequence[Portal], now: float) -> list[Portal]:
    """Those of the portals that may be crawled now, the one that was begun longest ago first."""
    crawls = _crawls(store)
    due = []
    for portal in portals:
        crawl = crawls.get(portal.id, _Crawl())
        at = _due(store, portal, crawl, now)
        if at is not None and at <= now:
            due.append((crawl.started or 0.0, portal))
    return [portal for _, portal in sorted(due, key=lambda each: each[0])]


def portal_states(store: Store, portals: Sequence[Portal], now: float) -> tuple[PortalState, ...]:
    """The given portals in their order, then those that only the store knows."""
    named = {portal.id: portal for portal in portals}
    crawls, articles = _crawls(store), store.counts()
    return tuple(
        _state(store, id, named.get(id), crawls.get(id, _Crawl()), articles.get(id, 0), now)
        for id in dict.fromkeys((*named, *crawls))
    )


def last_successes(store: Store, portals: Sequence[str]) -> dict[str, datetime]:
    """When a crawl last came to its end, for each of these portals that had one."""
    rows = store.connection.execute(
        "SELECT portal, succeeded_at FROM crawls"
        " WHERE succeeded_at NOT NULL AND portal IN (SELECT value FROM json_each(?))",
        (json.dumps(list(portals)),),
    )
    return {portal: datetime.fromtimestamp(at, VIETNAM) for portal, at in rows}


def _state(
    store: Store, id: str, portal: Portal | None, crawl: _Crawl, articles: int, now: float
) -> PortalState:
    due = _due(store, portal, crawl, now)
    return PortalState(
        portal=id,
        name=portal.name if portal else id,
        state=_health(portal, crawl, due, now),
        started=_moment(crawl.started),
        finished=_moment(crawl.finished),
        succeeded=_moment(crawl.succeeded),
        error=crawl.error or "",
        due=_moment(due),
        articles=articles,
        new_24h=_new(store, id, DAY, now),
        new_7d=_new(store, id, WEEK, now),
        waiting=_waiting(store, id),
        outcomes=_outcomes(store, id),
        weak=_weak(store, portal) if portal else {},
    )


def _health(portal: Portal | None, crawl: _Crawl, due: float | None, now: float) -> Health:
    if portal is None or due is None:
        return "paused"
    if crawl.started is None:
        return "never"
    if crawl.error:
        return "failing"
    late = now - LATE * portal.interval.total_seconds()
    return "delayed" if min(due, crawl.succeeded or crawl.started) < late else "ok"


def _due(store: Store, portal: Portal | None, crawl: _Crawl, now: float) -> float | None:
    """A portal is due when its start pages are; one whose crawl was killed, or was in what is the
    future now that the clock was set back, at once. None for one that is paused or unknown."""
    if portal is None or portal.paused:
        return None
    known = crawl.finished is not None and crawl.finished <= now + SLACK
    planned = _planned(store, portal) if known else None
    return max(now if planned is None else planned, crawl.not_before or 0.0)


def _planned(store: Store, portal: Portal) -> float | None:
    row = store.connection.execute(
        "SELECT min(due) FROM addresses"
        " WHERE portal = ? AND url IN (SELECT value FROM json_each(?))",
        (portal.id, json.dumps(portal.start)),
    )
    planned: float | None = row.fetchone()[0]
    return planned


def _crawls(store: Store) -> dict[str, _Crawl]:
    rows = store.connection.execute(
        "SELECT portal, started_at, finished_at, succeeded_at, error, not_before FROM crawls"
    )
    return {row[0]: _Crawl(*row[1:]) for row in rows}


def _new(store: Store, portal: str, within: timedelta, now: float) -> int:
    """Times in the store are text with one zone, so they compare as text."""
    since = datetime.fromtimestamp(now, VIETNAM) - within
    row = store.connection.execute(
        "SELECT count(*) FROM articles WHERE portal = ? AND first_seen > ?",
        (portal, since.isoformat()),
    )
    return int(row.fetchone()[0])


def _waiting(store: Store, portal: str) -> int:
    row = store.connection.execute(
        "SELECT count(*) FROM addresses AS each WHERE portal = ? AND fetched_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM addresses"
        "   WHERE portal = each.portal AND key = each.key AND outcome = 'article')",
        (portal,),
    )
    return int(row.fetchone()[0])


def _outcomes(store: Store, portal: str) -> dict[str, int]:
    rows = store.connection.execute(
        "SELECT outcome, count(*) FROM addresses WHERE portal = ? AND fetched_at NOT NULL"
        " GROUP BY outcome ORDER BY count(*) DESC",
        (portal,),
    )
    return dict(rows.fetchall())


def _weak(store: Store, portal: Portal) -> dict[str, str]:
    """Hosts whose last connection would not have stood the policy `verify`, and why."""
    query = (
        "SELECT host, protocol, fault FROM tls WHERE host IN (SELECT value FROM json_each(?))"
        " AND (fault <> '' OR protocol NOT IN ('TLSv1.2', 'TLSv1.3'))"
    )
    rows = store.connection.execute(query, (json.dumps(portal.hosts),))
    return {host: f"{protocol}, {fault}" if fault else protocol for host, protocol, fault in rows}


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, VIETNAM)
