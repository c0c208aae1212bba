"""How each portal is doing, as the store knows it: for the scheduler, `tinphuong status`, the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.article import VIETNAM
from crawler.portals import Portal
from crawler.store import Store


@dataclass(frozen=True, slots=True)
class PortalState:
    """How a portal is doing. `outcomes` counts addresses fetched; `waiting` those still to be,
    other addresses of stored articles aside.

    `error` is why the last crawl gave up ("" where it did not), `due` when the next may start
    (None: paused, or no longer in portals.toml).
    """

    portal: str
    name: str
    started: datetime | None
    finished: datetime | None
    succeeded: datetime | None
    error: str
    due: datetime | None
    articles: int
    waiting: int
    outcomes: Mapping[str, int]


def portal_states(store: Store, portals: Sequence[Portal] = ()) -> tuple[PortalState, ...]:
    """The given portals in their order, then those that only the store knows."""
    named = {portal.id: portal for portal in portals}
    crawls = {
        row[0]: row[1:]
        for row in store.connection.execute(
            "SELECT portal, started_at, finished_at, succeeded_at, error, not_before FROM crawls"
        )
    }
    articles = store.counts()
    return tuple(
        _state(store, id, named.get(id), crawls.get(id), articles.get(id, 0))
        for id in dict.fromkeys((*named, *crawls))
    )


def _state(
    store: Store,
    id: str,
    portal: Portal | None,
    crawl: tuple[Any, ...] | None,
    articles: int,
) -> PortalState:
    started, finished, succeeded, error, not_before = crawl or (None,) * 5
    outcomes = dict(
        store.connection.execute(
            "SELECT outcome, count(*) FROM addresses WHERE portal = ? AND fetched_at NOT NULL"
            " GROUP BY outcome ORDER BY count(*) DESC",
            (id,),
        ).fetchall()
    )
    (waiting,) = store.connection.execute(
        "SELECT count(*) FROM addresses AS each WHERE portal = ? AND fetched_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM addresses"
        "   WHERE portal = each.portal AND key = each.key AND outcome = 'article')",
        (id,),
    ).fetchone()
    planned = store.connection.execute(
        "SELECT min(due) FROM addresses WHERE portal = ? AND kind = 'start'", (id,)
    ).fetchone()[0]
    planned = planned if finished is not None else None  # one that was killed goes on at once
    due = max(planned or 0.0, not_before or 0.0)
    return PortalState(
        portal=id,
        name=portal.name if portal else id,
        started=_moment(started),
        finished=_moment(finished),
        succeeded=_moment(succeeded),
        error=error or "",
        due=_moment(due) if portal and not portal.paused else None,
        articles=articles,
        waiting=waiting,
        outcomes=outcomes,
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, VIETNAM)
