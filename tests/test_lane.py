"""One portal's crawl without a network: the fetching is a function of the test."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from scrapy.exceptions import DownloadTimeoutError

import crawler.reading
from crawler.archive import Archive, files, read_pages
from crawler.article import VIETNAM
from crawler.failures import LeftAlone
from crawler.frame import Frame
from crawler.frontier import Address
from crawler.health import portal_states
from crawler.lane import GIVE_UP_AFTER, LARGE, Lane
from crawler.locks import Locks
from crawler.page import Page
from crawler.portals import Portal
from crawler.store import Store, open_store
from tests.replay_site import drive

HOST = "http://127.0.0.2"
PORTAL = Portal(
    "mau", "Phường Mẫu", "Phường Mẫu", "Hà Nội", (f"{HOST}/",), ("127.0.0.2",), allow_private=True
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "articles.db") as store:
        yield store


def listing(*hrefs: str) -> bytes:
    return "".join(f'<p><a href="{href}">Xem tin (mẫu)</a></p>' for href in hrefs).encode()


def page(address: Address, body: bytes, status: int = 200, url: str = "") -> Page:
    headers = {"content-type": "text/html; charset=utf-8"}
    return Page(url or address.url, datetime(2026, 1, 1, tzinfo=VIETNAM), status, headers, body)


def outcomes(store: Store) -> dict[str, int]:
    [state] = portal_states(store, [PORTAL], time.time())
    return dict(state.outcomes)


def test_failures_of_the_host_in_a_row_end_the_lane(store: Store, tmp_path: Path) -> None:
    many = [f"/{number}" for number in range(2 * GIVE_UP_AFTER)]

    async def download(portal: Portal, address: Address) -> Page:
        if address.kind == "start":
            return page(address, listing(*many))
        raise DownloadTimeoutError("30 s")

    lane = drive(store, tmp_path, download, PORTAL)
    assert lane.error == f"{GIVE_UP_AFTER} failures in a row: no answer in time"
    [state] = portal_states(store, [PORTAL], time.time())
    assert (lane.counts["failed"], state.waiting) == (
        GIVE_UP_AFTER,
        len(many) - GIVE_UP_AFTER + 1,
    )  # and /sitemap.xml


def test_an_answer_between_two_failures_starts_the_count_again(
    store: Store, tmp_path: Path
) -> None:
    many = [f"/{number}" for number in range(4 * GIVE_UP_AFTER)]
    asked: list[str] = []

    async def download(portal: Portal, address: Address) -> Page:
        asked.append(address.url)
        if address.kind == "start":
            return page(address, listing(*many))
        return page(address, b"", 404 if len(asked) % GIVE_UP_AFTER == 0 else 500)

    lane = drive(store, tmp_path, download, PORTAL)
    assert lane.error == ""
    assert len(asked) == len(many) + 2  # the start page, and /sitemap.xml


def test_a_portal_whose_every_page_fails_is_in_error(store: Store, tmp_path: Path) -> None:
    async def download(portal: Portal, address: Address) -> Page:
        return page(address, b"", 403)

    assert drive(store, tmp_path, download, PORTAL).error == "HTTP 403"


def test_a_fault_of_ours_on_one_page_is_shown_and_the_crawl_goes_on(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    really = crawler.reading.extract

    def extract(parsed: object, portal: Portal, frame: Frame) -> object:
        if parsed.page.url.endswith("/1"):  # type: ignore[attr-defined]
            raise RecursionError("too deep")
        return really(parsed, portal, frame)  # type: ignore[arg-type]

    async def download(portal: Portal, address: Address) -> Page:
        return page(address, listing("/1", "/2"))

    monkeypatch.setattr(crawler.reading, "extract", extract)
    lane = drive(store, tmp_path, download, PORTAL)
    assert lane.error == ""
    assert outcomes(store)["extraction failed: RecursionError"] == 1
    assert sum(outcomes(store).values()) == 4  # /sitemap.xml is answered as the others are
    assert f"extraction failed on {HOST}/1" in caplog.text


@pytest.mark.parametrize("padding", [0, LARGE])  # what a thread compresses is archived like any
def test_what_came_is_in_the_archive(padding: int, store: Store, tmp_path: Path) -> None:
    bodies = {
        f"{HOST}/": listing("/1") + b" " * padding,
        f"{HOST}/1": listing("/") + b"\n" * padding,
    }

    async def download(portal: Portal, address: Address) -> Page:
        found = bodies.get(address.url)
        return page(address, found or b"", 200 if found else 404)

    drive(store, tmp_path, download, PORTAL)
    archived = {each.url: each.body for path in files(tmp_path) for each in read_pages(path)}
    assert archived == bodies


def test_what_the_portal_asked_for_is_kept_for_the_next_crawl(store: Store, tmp_path: Path) -> None:
    async def download(portal: Portal, address: Address) -> Page:
        raise LeftAlone("asked to be left alone for 900 s", 900.0)

    assert drive(store, tmp_path, download, PORTAL).error == "asked to be left alone for 900 s"
    later = Lane(store, Archive(tmp_path), PORTAL, Locks(tmp_path))
    assert not later.may_start("")
    assert later.error.startswith("not crawled: asked to be left alone for another ")


def test_a_304_to_a_page_never_fetched_is_a_failure(store: Store, tmp_path: Path) -> None:
    async def download(portal: Portal, address: Address) -> Page:
        return page(address, b"", 304)

    assert drive(store, tmp_path, download, PORTAL).error == "HTTP 304"


def test_the_same_bytes_are_not_read_or_archived_again(store: Store, tmp_path: Path) -> None:
    async def download(portal: Portal, address: Address) -> Page:
        return page(address, listing("http://khac.example.vn/"))

    first, second = (drive(store, tmp_path / name, download, PORTAL) for name in ("1", "2"))
    assert (first.counts["unchanged"], second.counts["unchanged"]) == (0, 1)
    assert (len(list((tmp_path / "1").iterdir())), (tmp_path / "2").exists()) == (1, False)


def test_a_redirect_settles_both_addresses(store: Store, tmp_path: Path) -> None:
    asked: list[str] = []

    async def download(portal: Portal, address: Address) -> Page:
        asked.append(address.url)
        return page(address, listing("/", "/home"), url=f"{HOST}/home")

    drive(store, tmp_path, download, PORTAL)
    assert asked == [f"{HOST}/", f"{HOST}/sitemap.xml"]


@pytest.mark.parametrize(
    ("hosts", "contact", "may"),
    [
        (("127.0.0.2",), "", True),
        (("mau.example.vn",), "", False),
        (("127.0.0.2", "mau.example.vn"), "", False),
        (("mau.example.vn",), "toi@example.vn", True),
    ],
)
def test_without_a_contact_only_loopback(
    hosts: tuple[str, ...], contact: str, may: bool, store: Store, tmp_path: Path
) -> None:
    portal = Portal("x", "X", "X", "X", (), hosts, interval=timedelta(hours=1))
    assert Lane(store, Archive(tmp_path), portal, Locks(tmp_path)).may_start(contact) is may
