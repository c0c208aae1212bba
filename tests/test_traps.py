"""Addresses without end are given up by their shape; nothing that brings articles is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from crawler.archive import Archive
from crawler.article import VIETNAM
from crawler.frontier import NOTHING_NEW, Address
from crawler.lane import Lane
from crawler.locks import Locks
from crawler.page import Page
from crawler.portals import Portal
from crawler.store import Store, open_store
from crawler.traps import FRUITLESS, shape
from tests.test_spider import Reply, article, listing

HOST = "http://127.0.0.2"
PORTAL = Portal(
    "mau", "Phường Mẫu", "Phường Mẫu", "Hà Nội", (f"{HOST}/",), ("127.0.0.2",), allow_private=True
)
ARTICLES = [f"/tin/bai-viet-mau-so-{number}.html" for number in range(100)]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("/lich?month=1&year=2031", "/lich?year=2032&month=12", True),  # numbers are open
        ("/lich/2031/01", "/lich/2031/02", True),
        ("/tin/hoi-nghi-tong-ket", "/tin/cong-khai-ngan-sach-2025", True),  # titles are open
        ("/tin?sid=9f86d081884c7d65", "/tin?sid=e3b0c44298fc1c14", True),  # values are open
        ("/a;9f86d081884c7d65/tin", "/a;9f86d081884c7d65/lich", False),
        ("/tin-tuc", "/van-ban", False),  # sections are not: they are few, and all wanted
        ("/tin/bai-1.html", "/tin/bai-1.aspx", False),
        ("/tin", "/tin?trang=2", False),
        ("/tin?trang=2", "/tin?trang=3", True),
    ],
)
def test_shapes(first: str, second: str, same: bool) -> None:
    assert (shape(HOST + first) == shape(HOST + second)) is same


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "articles.db") as store:
        yield store


def crawl(store: Store, folder: Path, script: Callable[[str], Reply | None]) -> list[str]:
    """One crawl of the portal; the paths asked for."""
    asked: list[str] = []

    async def download(portal: Portal, address: Address) -> Page:
        asked.append(address.url.removeprefix(HOST))
        reply = script(asked[-1]) or Reply(b"", 404)
        headers = {"content-type": "text/html; charset=utf-8"}
        when = datetime(2026, 1, 1, tzinfo=VIETNAM)
        return Page(address.url, when, reply.status, headers, reply.body)

    async def way() -> None:
        lane = Lane(store, Archive(folder), PORTAL, Locks(folder))
        assert lane.may_start("")
        async for _ in lane.pages(download):
            assert len(asked) < 2000
        lane.archive.close()

    asyncio.run(way())
    return asked


def number_in(path: str) -> int:
    return int("0" + "".join(filter(str.isdigit, path)))


def calendar(path: str) -> Reply:
    """Days before and after, by names that no rule knows."""
    day = number_in(path)
    return listing(*(f"/su-kien/xem?hom={each}" for each in (day - 1, day + 1, day + 30)))


def session(path: str) -> Reply:
    """Every page gives a new session to every link, articles included."""
    mark = f"?phien=a{number_in(path.partition('?')[2]) + 1:015d}"
    return listing(*(each + mark for each in (*ARTICLES, "/tai-khoan")))


def repeated(path: str) -> Reply:
    return listing(f"{path}/moi/cu", f"{path}/them")


def paging(path: str) -> Reply:
    """There is always a next page, with the same ten articles."""
    return listing(*ARTICLES[:10], f"/danh-muc?trang={number_in(path) + 1}")


TRAPS: dict[str, tuple[str, Callable[[str], Reply]]] = {
    "calendar": ("/su-kien/xem?hom=1", calendar),
    "session": ("/tai-khoan?phien=a0", session),
    "repeated": ("/a/b", repeated),
    "paging": ("/danh-muc?trang=1", paging),
}


def trapped(path: str) -> Reply | None:
    if path == "/":
        return listing(*(start for start, _ in TRAPS.values()), *ARTICLES)
    bare = path.partition("?")[0]
    if bare in ARTICLES:
        return article(bare)
    return next(
        (make(path) for start, make in TRAPS.values() if bare.startswith(start.partition("?")[0])),
        None,
    )


def test_four_traps_end_and_every_article_comes(store: Store, tmp_path: Path) -> None:
    asked = crawl(store, tmp_path, trapped)
    assert store.counts() == {"mau": len(ARTICLES)}
    assert len(asked) == len(set(asked))
    assert len(set(asked) - {"/", "/sitemap.xml", *ARTICLES}) <= 200


def test_a_second_crawl_tries_only_a_little_of_what_was_given_up(
    store: Store, tmp_path: Path
) -> None:
    crawl(store, tmp_path, trapped)
    again = crawl(store, tmp_path, trapped)
    assert len(again) <= 30


def test_a_long_listing_that_brings_articles_is_followed_to_its_end(
    store: Store, tmp_path: Path
) -> None:
    """All its pages are linked from the first, so many are looked at before any article is."""
    pages = [f"/danh-muc?trang={number}" for number in range(2, 4 * FRUITLESS)]

    def script(path: str) -> Reply | None:
        if path == "/":
            return listing(*pages)
        if path in pages:
            return listing(f"/tin/bai-viet-so-{number_in(path)}")
        return article(path) if path.startswith("/tin/") else None

    crawl(store, tmp_path, script)
    assert store.counts() == {"mau": len(pages)}
    [barred] = store.connection.execute(
        "SELECT count(*) FROM addresses WHERE outcome = ?", (NOTHING_NEW,)
    ).fetchone()
    assert barred == 0
