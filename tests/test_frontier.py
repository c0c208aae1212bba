"""The frontier gives each address when it is due, and never loses one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.frontier import MAX_DEPTH, Address, Fetched, Frontier
from crawler.health import portal_states
from crawler.portals import Portal
from crawler.reading import Found
from crawler.store import Store, open_store

HOST = "http://127.0.0.2"
START = f"{HOST}/"
PORTAL = Portal("mau", "Phường Mẫu", "Phường Mẫu", "Hà Nội", (START,), ("127.0.0.2",))
HOUR = 3600.0
DAY = 24 * HOUR


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "articles.db") as store:
        yield store


@pytest.fixture
def frontier(store: Store) -> Frontier:
    return Frontier(store)


def take(frontier: Frontier, now: float) -> Address:
    address = frontier.next("mau", now)
    assert address is not None
    return address


def add(frontier: Frontier, urls: list[str], parent: Address, now: float) -> None:
    frontier.add(PORTAL, map(Found, urls), parent, now)


def bring(
    frontier: Frontier,
    address: Address,
    outcome: str,
    now: float,
    url: str = "",
    content: str = "as it was",
) -> None:
    kind = "article" if outcome == "article" and address.kind != "start" else address.kind
    what = Fetched(url or address.url, outcome, kind, '"1"', None, "0" * 64, content=content)
    frontier.fetched(PORTAL, address, what, now)


def drain(frontier: Frontier, now: float, outcome: str = "a listing page") -> list[str]:
    """Fetch all that is due; the addresses in order, without the host."""
    order = []
    while address := frontier.next("mau", now):
        order.append(address.url.removeprefix(HOST))
        bring(frontier, address, outcome, now)
    return order


def test_starts_come_first_then_links_as_they_were_found(frontier: Frontier) -> None:
    frontier.begin(PORTAL, 1.0)
    start = take(frontier, 1.0)
    assert (start.url, start.kind, start.depth) == (START, "start", 0)
    add(frontier, [f"{HOST}/b", f"{HOST}/a"], start, 2.0)
    add(frontier, [f"{HOST}/c", f"{HOST}/b"], start, 3.0)
    assert set(drain(frontier, 3.0)[:3]) == {"/", "/a", "/b"}
    assert frontier.next("mau", 3.0) is None


def test_what_is_being_fetched_is_still_due(frontier: Frontier) -> None:
    frontier.begin(PORTAL, 1.0)
    assert take(frontier, 1.0) == take(frontier, 2.0)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.3/tin",  # another host
        f"{HOST}:22/",  # another port
        f"{HOST}/en/vi/en/tin",  # a trap
    ],
)
def test_what_is_not_taken(url: str, frontier: Frontier) -> None:
    frontier.begin(PORTAL, 1.0)
    add(frontier, [url], take(frontier, 1.0), 1.0)
    assert drain(frontier, 1.0) == ["/"]


def test_links_are_followed_to_a_depth(frontier: Frontier) -> None:
    frontier.begin(PORTAL, 1.0)
    deep = replace(take(frontier, 1.0), depth=MAX_DEPTH)
    add(frontier, [f"{HOST}/x"], replace(deep, depth=MAX_DEPTH - 1), 1.0)
    add(frontier, [f"{HOST}/y"], deep, 1.0)
    assert sorted(drain(frontier, 1.0)) == ["/", "/x"]


def test_an_article_is_fetched_under_one_of_its_addresses(frontier: Frontier) -> None:
    paths = ["/vi/tin/-/view_content/7-bai", "/en/tin/-/view_content/7-bai"]
    late = "/vi/khac/-/view_content/7-bai"
    frontier.begin(PORTAL, 1.0)
    start = take(frontier, 1.0)
    bring(frontier, start, "a listing page", 1.0)
    add(frontier, [HOST + path for path in paths], start, 1.0)
    assert len(drain(frontier, 1.0, "article")) == 1
    add(frontier, [HOST + late], start, 2.0)
    assert drain(frontier, 2.0) == []


def test_the_address_that_brought_the_article_is_asked_again_first(
    frontier: Frontier, store: Store
) -> None:
    frontier.begin(PORTAL, 0.0)
    start = take(frontier, 0.0)
    bring(frontier, start, "a listing page", 0.0)
    paths = [f"{HOST}/{part}/-/view_content/7-bai" for part in ("b", "a", "c")]
    add(frontier, paths[:1], start, 0.0)
    bring(frontier, take(frontier, 0.0), "article", 0.0)
    add(frontier, paths, start, 0.0)
    [state] = portal_states(store, [PORTAL], 0.0)
    assert (state.waiting, state.outcomes) == (0, {"a listing page": 1, "article": 1})
    again = [each for each in drain(frontier, 8 * DAY, "article") if each != "/"]
    assert again == ["/b/-/view_content/7-bai"]


def test_another_address_stands_in_for_one_that_failed(frontier: Frontier) -> None:
    frontier.begin(PORTAL, 1.0)
    start = take(frontier, 1.0)
    bring(frontier, start, "a listing page", 1.0)
    add(frontier, [f"{HOST}/{a}/-/view_content/7-bai" for a in ("vi", "en")], start, 1.0)
    frontier.failed(take(frontier, 1.0), "HTTP 404", 1.0, timedelta(days=7))
    assert len(drain(frontier, 1.0, "article")) == 1


def test_a_redirect_counts_for_both_addresses(frontier: Frontier) -> None:
    frontier.begin(PORTAL, 1.0)
    start = take(frontier, 1.0)
    add(frontier, [f"{HOST}/home"], start, 1.0)
    bring(frontier, start, "a listing page", 1.0, url=f"{HOST}/home")
    assert frontier.next("mau", 1.0) is None


def test_pages_are_looked_at_again_by_their_kind(frontier: Frontier) -> None:
    frontier.begin(PORTAL, 0.0)
    start = take(frontier, 0.0)
    add(frontier, [f"{HOST}/tin", f"{HOST}/tin/-/view_content/7-bai"], start, 0.0)
    for address in iter(lambda: frontier.next("mau", 0.0), None):
        bring(frontier, address, "article" if "7-bai" in address.url else "a listing page", 0.0)
    assert drain(frontier, 6 * HOUR) == ["/"]  # the portal's interval
    assert drain(frontier, 1 * DAY) == ["/", "/tin"]
    assert drain(frontier, 7 * DAY) == ["/", "/tin", "/tin/-/view_content/7-bai"]


def test_the_validators_go_into_the_next_request(frontier: Frontier) -> None:
    frontier.begin(PORTAL, 0.0)
    bring(frontier, take(frontier, 0.0), "a listing page", 0.0)
    again = take(frontier, DAY)
    assert (again.etag, again.last_modified, again.sha256) == ('"1"', None, "0" * 64)
    frontier.unchanged(PORTAL, again, DAY)
    assert frontier.next("mau", DAY) is None
    assert take(frontier, 2 * DAY) == again


def test_failures_are_retried_and_counted(frontier: Frontier, store: Store) -> None:
    frontier.begin(PORTAL, 0.0)
    frontier.failed(take(frontier, 0.0), "no answer in time", 0.0, timedelta(hours=1))
    assert frontier.next("mau", 0.0) is None
    assert take(frontier, HOUR).failures == 1
    [state] = portal_states(store, [PORTAL], HOUR)
    assert state.outcomes == {"no answer in time": 1}


def test_a_crawl_asks_the_start_pages_whenever_they_were_planned(frontier: Frontier) -> None:
    frontier.begin(PORTAL, 0.0)
    assert drain(frontier, 0.0) == ["/"]
    frontier.finish(PORTAL, 0.0)
    frontier.begin(PORTAL, 60.0)
    assert drain(frontier, 60.0) == ["/"]


def test_after_a_kill_the_crawl_goes_on_where_it_was(frontier: Frontier) -> None:
    portal = replace(PORTAL, start=(START, f"{HOST}/tin"))
    frontier.begin(portal, 0.0)
    bring(frontier, take(frontier, 0.0), "a listing page", 0.0)
    frontier.begin(portal, 60.0)  # no finish() came between
    assert len(drain(frontier, 60.0)) == 1


def test_a_start_page_taken_out_of_the_file_is_a_listing(frontier: Frontier) -> None:
    frontier.begin(PORTAL, 0.0)
    drain(frontier, 0.0)
    frontier.finish(PORTAL, 0.0)
    frontier.begin(replace(PORTAL, start=(f"{HOST}/moi",)), DAY)
    kinds = {
        address.url.removeprefix(HOST): address.kind
        for address in iter(lambda: frontier.next("mau", DAY), None)
        if not bring(frontier, address, "a listing page", DAY)
    }
    assert kinds == {"/": "listing", "/moi": "start"}


def test_a_portal_that_failed_is_put_off_for_longer_and_longer(
    frontier: Frontier, store: Store
) -> None:
    now = 0.0
    waits = []
    for _ in range(3):
        frontier.begin(PORTAL, now)
        frontier.finish(PORTAL, now, "robots.txt: HTTP 503")
        [state] = portal_states(store, [PORTAL], now)
        assert state.due is not None
        waits.append(state.due.timestamp() - now)
        now = state.due.timestamp()
    assert waits == [HOUR, 2 * HOUR, 4 * HOUR]
    assert (state.error, state.succeeded) == ("robots.txt: HTTP 503", None)
    frontier.begin(PORTAL, now)
    drain(frontier, now)
    frontier.finish(PORTAL, now)
    [state] = portal_states(store, [PORTAL], now)
    assert (state.error, state.outcomes) == ("", {"a listing page": 1})
    assert state.due is not None
    assert state.due.timestamp() == now + 6 * HOUR


def test_left_alone_as_the_portal_asked(frontier: Frontier, store: Store) -> None:
    assert frontier.left_alone_until("mau") == 0.0
    frontier.begin(PORTAL, 0.0)
    frontier.finish(PORTAL, 0.0, "asked to be left alone for 86400 s", not_before=DAY)
    assert frontier.left_alone_until("mau") == DAY
    [state] = portal_states(store, [PORTAL], 0.0)
    assert state.due is not None
    assert state.due.timestamp() == DAY


def test_states_of_portals_never_crawled_paused_and_forgotten(
    frontier: Frontier, store: Store
) -> None:
    frontier.begin(PORTAL, 0.0)
    start = take(frontier, 0.0)
    add(frontier, [f"{HOST}/a", f"{HOST}/b"], start, 0.0)
    bring(frontier, start, "a listing page", 0.0)
    never, paused = replace(PORTAL, id="moi"), replace(PORTAL, id="nghi", paused=True)
    states = {state.portal: state for state in portal_states(store, [never, paused], 0.0)}
    assert list(states) == ["moi", "nghi", "mau"]
    assert states["moi"].started is None
    assert states["moi"].due is not None
    assert states["moi"].due.timestamp() == 0.0
    assert (states["nghi"].due, states["mau"].due) == (None, None)
    assert (states["mau"].waiting, states["mau"].outcomes) == (2, {"a listing page": 1})
    assert states["mau"].finished is None
