"""Pages that are not there: hidden after two looks a day apart, never by a host that fails.

One portal is crawled by a lane every six hours of a clock of ours; what it answers is scripted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crawler.article import VIETNAM
from crawler.frontier import Address
from crawler.page import Page
from crawler.portals import Portal
from crawler.store import Store, open_store
from tests.replay_site import drive
from tests.test_spider import Reply, article, listing

HOST = "http://127.0.0.2"
PORTAL = Portal(
    "mau", "Phường Mẫu", "Phường Mẫu", "Hà Nội", (f"{HOST}/",), ("127.0.0.2",), allow_private=True
)
HOURS = 3600.0
DAY = 24 * HOURS

GONE = Reply(b"khong co", 404)
OVER = Reply(b"het", 410)
DOWN = Reply(b"", 503)
NONE = listing("/", title="Không tìm thấy trang (mẫu)")
"""A page that says in words, with status 200, that nothing is there."""

Script = Callable[[str, float], Reply]
"""What the portal answers for a path at a time."""


class Clock:
    """Stands still but when told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_750_000_000.0
        monkeypatch.setattr(time, "time", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "articles.db") as store:
        yield store


def crawl(store: Store, folder: Path, clock: Clock, script: Script) -> list[str]:
    """One crawl of the portal now; the paths asked for."""
    asked: list[str] = []

    async def download(portal: Portal, address: Address) -> Page:
        path = address.url.removeprefix(HOST)
        asked.append(path)
        reply = script(path, clock.now)
        when = datetime.fromtimestamp(clock.now, VIETNAM)
        headers = {"content-type": "text/html; charset=utf-8"}
        return Page(address.url, when, reply.status, headers, reply.body)

    drive(store, folder, download, PORTAL)
    return asked


def weeks(store: Store, folder: Path, clock: Clock, script: Script, days: float) -> list[float]:
    """Crawl every six hours; days until each withdrawal that was seen, in order."""
    began, hidden, seen = clock.now, 0, []
    while clock.now < began + days * DAY:
        crawl(store, folder, clock, script)
        now = sum(each.withdrawn_at is not None for each in store.all_articles())
        seen += [(clock.now - began) / DAY] * (now - hidden)
        hidden = now
        clock.now += 6 * HOURS
    return seen


def site(path: str, vanished: Reply | None = None) -> Reply:
    """A start page and four articles; /bai-0 as told."""
    if path == "/":
        return listing(*(f"/bai-{number}" for number in range(4)))
    if path == "/bai-0" and vanished:
        return vanished
    return article(path[1:]) if path.startswith("/bai-") else GONE


@pytest.mark.parametrize("vanished", [GONE, OVER, NONE], ids=["404", "410", "soft"])
def test_a_page_is_hidden_after_two_looks_a_day_apart(
    vanished: Reply, store: Store, tmp_path: Path, clock: Clock
) -> None:
    crawl(store, tmp_path, clock, lambda path, now: site(path))
    [first] = weeks(store, tmp_path, clock, lambda path, now: site(path, vanished), 20)
    assert 7 + 1 <= first <= 7 + 1.5  # looked at weekly, at first; then again a day later
    titles = {each.article.title for each in store.all_articles() if each.withdrawn_at}
    assert titles == {"Bài mẫu bai-0"}


def test_a_page_that_comes_back_in_time_is_never_hidden(
    store: Store, tmp_path: Path, clock: Clock
) -> None:
    start = clock.now

    def script(path: str, now: float) -> Reply:
        return site(path, GONE if start + 5 * DAY < now < start + 7.9 * DAY else None)

    assert weeks(store, tmp_path, clock, script, 30) == []


def test_a_page_that_comes_back_later_stands_again(
    store: Store, tmp_path: Path, clock: Clock
) -> None:
    crawl(store, tmp_path, clock, lambda path, now: site(path))
    assert weeks(store, tmp_path, clock, lambda path, now: site(path, GONE), 10)
    clock.now += 181 * DAY  # gone pages are taken up again
    crawl(store, tmp_path, clock, lambda path, now: site(path))
    assert all(each.withdrawn_at is None for each in store.all_articles())
    assert len(list(store.all_articles())) == 4


OUTAGES = {
    "server errors": lambda path: DOWN,
    "everything is 404": lambda path: GONE,
    "every article is 404": lambda path: site(path) if path == "/" else GONE,
    "a notice for everything": lambda path: listing("/", title="Đang bảo trì (mẫu)"),
    "every article lost its text": lambda path: site(path) if path == "/" else NONE,
    "empty answers": lambda path: Reply(b""),
    "forbidden": lambda path: Reply(b"", 403),
}


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)
def test_an_outage_of_the_host_hides_nothing(
    outage: Callable[[str], Reply], store: Store, tmp_path: Path, clock: Clock
) -> None:
    """Three weeks of it, and each article is back after them."""
    crawl(store, tmp_path, clock, lambda path, now: site(path))
    assert weeks(store, tmp_path, clock, lambda path, now: outage(path), 21) == []
    crawl(store, tmp_path, clock, lambda path, now: site(path))
    assert weeks(store, tmp_path, clock, lambda path, now: site(path), 16) == []


def test_another_address_stands_in(store: Store, tmp_path: Path, clock: Clock) -> None:
    paths = [f"/{part}/-/view_content/7-bai" for part in ("vi", "en")]
    lost: set[str] = set()

    def script(path: str, now: float) -> Reply:
        if path == "/":
            return listing(*paths, "/bai-1")
        return article("bảy") if path in paths and path not in lost else site(path)

    crawl(store, tmp_path, clock, script)
    asked = [path for path in crawl(store, tmp_path, clock, script) if path in paths]
    assert asked == []
    lost.add(paths[0])
    assert weeks(store, tmp_path, clock, script, 20) == []
    lost.add(paths[1])
    assert len(weeks(store, tmp_path, clock, script, 20)) == 1


def test_an_edit_of_a_page_without_id_is_a_revision(
    store: Store, tmp_path: Path, clock: Clock
) -> None:
    """Only its text tells who it is, and that is what changed."""
    crawl(store, tmp_path, clock, lambda path, now: site(path))
    weeks(store, tmp_path, clock, lambda path, now: site(path, article("bài đã sửa")), 8)
    assert len(list(store.all_articles())) == 4
    [revision] = store.revisions(1)
    assert revision.article.title == "Bài mẫu bai-0"


def test_a_page_that_now_asks_not_to_be_found_is_hidden_at_once(
    store: Store, tmp_path: Path, clock: Clock
) -> None:
    crawl(store, tmp_path, clock, lambda path, now: site(path))
    clock.now += 7.2 * timedelta(days=1).total_seconds()
    wish = article("bai-0")
    wish = Reply(wish.body.replace(b"<title>", b'<meta name="robots" content="noindex"><title>'))
    crawl(store, tmp_path, clock, lambda path, now: site(path, wish))
    assert [each.withdrawn_at is not None for each in store.all_articles()].count(True) == 1
