"""How a portal is said to do, from what the store knows, at a given time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from crawler.article import VIETNAM, Article, PrintedDate
from crawler.frontier import Frontier
from crawler.health import Health, PortalState, due_portals, portal_states
from crawler.portals import Portal
from crawler.store import Store, open_store
from crawler.tls import record

HOUR = 3600.0
DAY = 24 * HOUR
NOW = datetime(2026, 3, 1, 8, tzinfo=VIETNAM).timestamp()
START = "http://127.0.15.1/"
PORTAL = Portal("mau", "Trang mẫu", "", "", (START,), ("127.0.15.1",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "articles.db") as opened:
        yield opened


def crawled(store: Store, began: float, ended: float | None, error: str = "") -> None:
    """A crawl of PORTAL in which its start page is looked at, ended or not."""
    frontier = Frontier(store)
    with store.transaction():
        frontier.begin(PORTAL, began)
        again = (began + PORTAL.interval.total_seconds(), PORTAL.id)
        if not error:
            store.connection.execute("UPDATE addresses SET due = ? WHERE portal = ?", again)
        if ended is not None:
            frontier.finish(PORTAL, ended, error)


def state_at(store: Store, now: float, portal: Portal = PORTAL) -> PortalState:
    return portal_states(store, [portal], now)[0]


def test_a_portal_never_crawled_is_due(store: Store) -> None:
    assert state_at(store, NOW).state == "never"
    assert due_portals(store, [PORTAL], NOW) == [PORTAL]


@pytest.mark.parametrize(
    ("later", "state", "due"),
    [
        # its interval is six hours
        (1 * HOUR, "ok", False),
        (7 * HOUR, "ok", True),
        (11 * HOUR, "ok", True),
        (13 * HOUR, "delayed", True),  # the last success is two intervals ago
        (30 * DAY, "delayed", True),
        # the clock was set back: by a little, as clocks are, and by more
        (-30.0, "ok", False),
        (-1 * DAY, "ok", True),
    ],
)
def test_after_a_crawl_that_succeeded(store: Store, later: float, state: Health, due: bool) -> None:
    crawled(store, NOW, NOW)
    assert state_at(store, NOW + later).state == state
    assert bool(due_portals(store, [PORTAL], NOW + later)) is due


@pytest.mark.parametrize(
    ("began", "ended", "now", "state"),
    [
        (0.0, 9 * HOUR, 10 * HOUR, "ok"),
        (0.0, 9 * HOUR, 18.5 * HOUR, "delayed"),  # due since hour 6
        (0.0, None, 5 * HOUR, "ok"),  # it goes on, or was killed
        (0.0, None, 13 * HOUR, "delayed"),
    ],
)
def test_a_long_crawl_is_late_by_when_it_was_due(
    store: Store, began: float, ended: float | None, now: float, state: Health
) -> None:
    crawled(store, NOW + began, None if ended is None else NOW + ended)
    assert state_at(store, NOW + now).state == state


def test_a_crawl_that_was_killed_goes_on_at_once(store: Store) -> None:
    crawled(store, NOW, None)
    assert due_portals(store, [PORTAL], NOW + 1.0) == [PORTAL]


def test_failing_until_a_crawl_succeeds(store: Store) -> None:
    crawled(store, NOW, NOW)
    crawled(store, NOW + 6 * HOUR, NOW + 6 * HOUR, "robots.txt: HTTP 503")
    failing = state_at(store, NOW + 7 * HOUR)
    assert (failing.state, failing.error) == ("failing", "robots.txt: HTTP 503")
    assert failing.succeeded == datetime.fromtimestamp(NOW, VIETNAM)
    crawled(store, NOW + 8 * HOUR, NOW + 8 * HOUR)
    assert (state_at(store, NOW + 9 * HOUR).state, state_at(store, NOW).error) == ("ok", "")


def test_paused_and_taken_out_of_the_file(store: Store) -> None:
    crawled(store, NOW, NOW)
    paused = replace(PORTAL, paused=True)
    assert (state_at(store, NOW, paused).state, state_at(store, NOW, paused).due) == (
        "paused",
        None,
    )
    [known_to_the_store] = portal_states(store, [], NOW)
    assert (known_to_the_store.state, known_to_the_store.name) == ("paused", "mau")
    assert due_portals(store, [paused], NOW + DAY) == []


def test_due_portals_come_with_the_one_begun_longest_ago_first(store: Store) -> None:
    portals = [replace(PORTAL, id=id) for id in ("lau", "moi-day", "chua")]
    with store.transaction():
        Frontier(store).begin(portals[0], NOW)
        Frontier(store).begin(portals[1], NOW + 1.0)
    assert [each.id for each in due_portals(store, portals, NOW + DAY)] == [
        "chua",
        "lau",
        "moi-day",
    ]


def test_a_new_start_page_does_not_make_the_portal_wait(store: Store) -> None:
    crawled(store, NOW, NOW)
    elsewhere = replace(PORTAL, start=("http://127.0.15.1/moi",))
    assert due_portals(store, [elsewhere], NOW + 1.0) == [elsewhere]


@pytest.mark.parametrize(
    ("ages", "day", "week"),
    [
        ((), 0, 0),
        ((0.5 * HOUR, 23.9 * HOUR), 2, 2),
        ((24.1 * HOUR, 6.9 * DAY), 0, 2),
        ((7.1 * DAY, 90 * DAY, 1.0), 1, 1),
    ],
)
def test_articles_never_seen_before(
    store: Store, ages: tuple[float, ...], day: int, week: int
) -> None:
    with store.transaction():
        for number, age in enumerate(ages):
            store.put(_article(str(number), NOW - age))
    crawled(store, NOW, NOW)
    state = state_at(store, NOW)
    assert (state.new_24h, state.new_7d, state.articles) == (day, week, len(ages))


def _article(identity: str, seen: float) -> Article:
    return Article(
        url=f"{START}{identity}",
        portal=PORTAL.id,
        identity=identity,
        title="Bài mẫu",
        published=PrintedDate(date(2026, 3, 1), None, "line", 1.0),
        updated=None,
        lead="",
        body=("Bài mẫu.",),
        captions=(),
        byline="",
        section="",
        attachments=(),
        layout="general",
        fetched_at=datetime.fromtimestamp(NOW, VIETNAM) - timedelta(seconds=NOW - seen),
    )


@pytest.mark.parametrize(
    ("protocol", "fault", "weak"),
    [
        ("TLSv1.3", "", {}),
        ("TLSv1.2", "", {}),
        ("TLSv1.3", "expired", {"127.0.15.1": "TLSv1.3, expired"}),
        ("TLSv1", "", {"127.0.15.1": "TLSv1"}),
    ],
)
def test_weak_encryption_is_named(
    protocol: str, fault: str, weak: dict[str, str], store: Store
) -> None:
    record(store, "127.0.15.1", protocol, fault)
    record(store, "127.0.15.2", "TLSv1", "expired")  # another portal's
    assert state_at(store, NOW).weak == weak
