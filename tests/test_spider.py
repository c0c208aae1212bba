"""Whole crawls over loopback: portals with good manners and bad ones, and kills.

Each site has an address of its own, 127.0.3.x, because manners go by address. One crawl of all of
them, in a process of its own (Scrapy's reactor starts once a process), is looked at by many tests.
"""

from __future__ import annotations

import gzip
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

import pytest

from crawler.archive import read_pages
from crawler.health import PortalState, portal_states
from crawler.lane import PortalReport
from crawler.portals import Portal
from crawler.spider import CrawlReport, crawl
from crawler.store import open_store

USUAL = ("/robots.txt", "/sitemap.xml")

SPAWN = get_context("spawn")
DELAY = 0.2


@dataclass(frozen=True)
class Reply:
    """What a site says; `short` bytes of the body are promised and never sent."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    short: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Asked:
    """A request as the site saw it; times by its own clock."""

    path: str
    came: float
    went: float
    headers: dict[str, str]


class Site(ThreadingHTTPServer):
    """A scripted site. `routes` maps a path to its Reply; unknown paths are 404."""

    daemon_threads = True

    def __init__(self, host: str, routes: Callable[[str], Reply | None], port: int = 0) -> None:
        super().__init__((host, port), Handler)
        self.host = f"{host}:{self.server_port}"
        self.routes = routes
        self.asked: list[Asked] = []
        self.thread = Thread(target=self.serve_forever, args=(0.05,))
        self.thread.start()

    def stop(self) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()

    def pages(self) -> list[str]:
        """The paths asked for, robots.txt and the usual sitemap aside."""
        return [each.path for each in self.asked if each.path not in USUAL]

    def portal(self, id: str, start: Sequence[str] = ("/",), **more: object) -> Portal:
        fields: dict[str, object] = {
            "delay": timedelta(0),
            "allow_private": True,
            "start": tuple(f"http://{self.host}{path}" for path in start),
            "hosts": (self.host,),
        }
        return Portal(id, id, "Phường Mẫu", "Hà Nội", **(fields | more))  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        came = time.monotonic()
        reply = self.server.routes(self.path) or Reply(b"no such page", 404)
        if reply.headers.get("ETag") == self.headers.get("If-None-Match", ""):
            reply = Reply(status=304)
        time.sleep(reply.seconds)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append(Asked(self.path, came, time.monotonic(), headers))
        self.send_response(reply.status)
        sent = {"Content-Type": "text/html; charset=utf-8"} | reply.headers
        for name, value in sent.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body) + reply.short))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:
        """What was asked is in `asked`."""


def listing(*hrefs: str, title: str = "Tin tức (trang mẫu)") -> Reply:
    items = "".join(f'<li><a href="{href}">Xem {href}</a></li>' for href in hrefs)
    return Reply(f"<html><head><title>{title}</title></head><body><ul>{items}</ul></body>".encode())


def article(name: str, canonical: str = "", **more: object) -> Reply:
    text = "".join(
        f"<p>Đoạn {number} của {name}: Ủy ban nhân dân phường mẫu tổ chức hội nghị bàn về ngân"
        " sách, thu gom rác và trồng cây; toàn bộ chữ ở đây là bài mẫu, không có người thật.</p>"
        for number in range(1, 5)
    )
    page = f"""<html lang="vi"><head><meta name="generator" content="WordPress 6.5">
        <link rel="canonical" href="{canonical}"><title>Bài mẫu {name}</title></head>
        <body class="single single-post">
        <nav><a href="/">Trang chủ</a></nav><article class="post">
        <h1 class="entry-title">Bài mẫu {name}</h1>
        <div class="entry-content">{text}</div></article></body></html>"""
    return Reply(page.encode(), **more)  # type: ignore[arg-type]


def fixed(pages: dict[str, Reply]) -> Callable[[str], Reply | None]:
    return pages.get


def news(count: int, **more: object) -> dict[str, Reply]:
    """A start page and `count` articles."""
    pages = {f"/bai-{number}": article(str(number), **more) for number in range(count)}
    return {"/": listing(*pages), **pages}


ORDINARY = {
    "/": listing("/bai-1", "/bai-2#y", "/tep.pdf", "mailto:x@example.vn", "http://khac.invalid/"),
    "/bai-1": article("một", headers={"ETag": '"1"', "Last-Modified": "yesterday"}),
    "/bai-2": article("hai", "/bai-2"),
}

BAD_PAGES = {
    "/": listing("/trong", "/anh", "/het", "/cut", "/to", "/bom", "/vong", "/ca", "/bai"),
    "/trong": Reply(b"  \n"),
    "/anh": Reply(b"\x89PNG\r\n\x1a\n" + bytes(200), headers={"Content-Type": "image/png"}),
    "/het": Reply(b"gone", 410),
    "/cut": article("cụt", short=1000),
    "/to": Reply(b"<html><body>" + b"x" * 11_000_000),
    "/bom": Reply(gzip.compress(bytes(30_000_000)), headers={"Content-Encoding": "gzip"}),
    "/vong": Reply(status=302, headers={"Location": "/vong"}),
    "/ca": Reply("<html><body><p>Bài ngắn".encode("utf-16"), headers={"Content-Type": "x"}),
    "/bai": article("còn lại"),
}


def traps(path: str) -> Reply | None:
    """Endless languages, days, pages and session ids beside twenty articles."""
    articles = [f"/bai-{number}" for number in range(20)]
    if path in articles:
        return article(path[1:])
    if path == "/":
        return listing("/vi/en/", "/lich?month=1&year=2025", "/tin?page=1", "/a/b/", *articles)
    if path.startswith("/vi/"):
        return listing(f"{path}vi/", f"{path}en/")
    if path.startswith("/lich"):
        return listing(*(f"/lich?month={month}&year=2031" for month in range(1, 13)))
    if path.startswith("/tin?page="):
        number = int(path.removeprefix("/tin?page="))
        return listing(f"/tin?page={number + 1}", f"/tin?page={number + 1}&p_auth={number}")
    return listing(f"{path}a/b/") if path.startswith("/a/b/") else None


def server_error(path: str) -> Reply | None:
    return None if path == "/robots.txt" else listing(*news(20)) if path == "/" else Reply(b"", 500)


def busy(path: str) -> Reply | None:
    if path == "/bai-1":
        return Reply(b"later", 503, {"Retry-After": "3600"})
    return fixed(news(5))(path)


ROBOTS = {
    "robots-cam": Reply(b"User-agent: *\nDisallow: /bai-0\n"),
    "robots-cham": Reply(f"User-agent: *\nCrawl-delay: {DELAY}\n".encode()),
    "robots-xa": Reply(b"", 302, {"Location": "http://127.0.3.99/robots.txt"}),
}


@dataclass
class World:
    """What one crawl of all sites left behind."""

    sites: dict[str, Site]
    reports: dict[str, PortalReport]
    states: dict[str, PortalState]
    titles: dict[str, list[str]]
    folder: Path


def run(portals: Sequence[Portal], folder: Path, contact: str = "") -> CrawlReport:
    """crawl() in a process of its own."""
    with ProcessPoolExecutor(1, SPAWN) as pool:
        return pool.submit(crawl, portals, folder / "articles.db", folder, contact).result()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with ExitStack() as stack:
        hosts = iter(range(1, 99))

        def site(routes: Callable[[str], Reply | None]) -> Site:
            made = Site(f"127.0.3.{next(hosts)}", routes)
            stack.callback(made.stop)
            return made

        sites = {
            "thuong": site(fixed(ORDINARY)),
            "hong": site(fixed(BAD_PAGES)),
            "bay": site(traps),
            "loi": site(server_error),
            "ban": site(busy),
            "cam": site(fixed(news(1))),
            **{
                name: site(fixed({**news(2), "/robots.txt": each})) for name, each in ROBOTS.items()
            },
        }
        portals = [each.portal(name, allow_private=name != "cam") for name, each in sites.items()]
        down, far = "127.0.3.97:9", "mau.invalid"
        portals += [
            Portal("tat", "tat", "", "", (f"http://{down}/",), (down,), allow_private=True),
            Portal("xa", "xa", "", "", (f"http://{far}/",), (far,)),
        ]
        report = run(portals, folder)
        with open_store(folder / "articles.db") as store:
            titles: dict[str, list[str]] = {portal.id: [] for portal in portals}
            for stored in store.all_articles():
                titles[stored.article.portal].append(stored.article.title)
            states = {state.portal: state for state in portal_states(store, portals, time.time())}
        reports = {each.portal: each for each in report.portals}
        yield World(sites, reports, states, titles, folder)


def test_articles_are_fetched_once_stored_and_archived(world: World) -> None:
    site, report = world.sites["thuong"], world.reports["thuong"]
    assert Counter(site.pages()) == Counter(["/", "/bai-1", "/bai-2"])
    assert sorted(world.titles["thuong"]) == ["Bài mẫu hai", "Bài mẫu một"]
    assert (report.fetched, report.new, report.failed, report.error) == (3, 2, 0, "")
    archived = {
        page.url: page for path in world.folder.glob("*.warc.gz") for page in read_pages(path)
    }
    assert archived[f"http://{site.host}/bai-1"].body == ORDINARY["/bai-1"].body


def test_the_crawler_says_who_it_is(world: World) -> None:
    headers = world.sites["thuong"].asked[0].headers
    assert headers["user-agent"].startswith("TinPhuong/")
    assert "cookie" not in headers


def test_bad_pages_are_reported_and_the_crawl_goes_on(world: World) -> None:
    outcomes = world.states["hong"].outcomes
    assert world.titles["hong"] == ["Bài mẫu còn lại"]
    assert world.reports["hong"].error == ""
    for words in ("empty page", "not HTML", "HTTP 410", "the answer broke off", "article"):
        assert outcomes[words] >= 1
    assert any("too large" in outcome for outcome in outcomes)
    assert world.states["hong"].waiting == 0


def test_a_redirect_loop_ends(world: World) -> None:
    assert world.sites["hong"].pages().count("/vong") <= 6


def test_traps_end_by_themselves(world: World) -> None:
    pages = world.sites["bay"].pages()
    assert len(world.titles["bay"]) == 20
    assert len(pages) == len(set(pages)) < 100


def test_a_host_that_only_fails_is_given_up(world: World) -> None:
    assert len(world.sites["loi"].asked) <= 7  # robots.txt and the start page are answered
    assert world.reports["loi"].error == "5 failures in a row: HTTP 500"
    assert world.states["loi"].due > world.states["loi"].finished  # type: ignore[operator]


def test_a_long_retry_after_ends_the_crawl_of_the_portal(world: World) -> None:
    assert world.sites["ban"].pages()[-1] == "/bai-1"
    assert "left alone for 3" in world.reports["ban"].error
    assert world.states["ban"].waiting >= 3  # nothing is lost


def test_a_loopback_address_is_refused_unless_the_entry_allows_it(world: World) -> None:
    assert world.sites["cam"].asked == []
    assert "not a public address; see allow_private" in world.reports["cam"].error


def test_without_a_contact_only_loopback_is_crawled(world: World) -> None:
    assert world.reports["xa"].error == (
        "not crawled: portals.toml has no contact, so only loopback is crawled"
    )


def test_a_portal_that_is_down_is_reported(world: World) -> None:
    assert world.reports["tat"].error == "robots.txt: connection refused"
    assert world.states["tat"].error == "robots.txt: connection refused"
    assert world.states["tat"].waiting == 1


def test_a_robots_txt_that_leads_elsewhere_forbids_everything(world: World) -> None:
    assert world.sites["robots-xa"].pages() == []
    assert world.reports["robots-xa"].error.startswith("robots.txt: leads to ")


def test_robots_txt_is_asked_once_and_obeyed(world: World) -> None:
    paths = [each.path for each in world.sites["robots-cam"].asked]
    assert Counter(paths) == Counter([*USUAL, "/", "/bai-1"])
    assert world.states["robots-cam"].outcomes["robots.txt forbids it"] == 1


def test_the_delay_of_robots_txt_is_kept(world: World) -> None:
    """From an answer to the next request, by the site's own clock, once robots.txt is read."""
    asked = world.sites["robots-cham"].asked
    rests = [after.came - before.went for before, after in pairwise(asked)]
    assert len(rests) >= 3
    assert min(rests[1:]) >= DELAY * 0.95


def test_a_second_crawl_asks_only_what_changed(tmp_path: Path) -> None:
    pages = dict(ORDINARY)
    site = Site("127.0.4.1", lambda path: pages.get(path))
    portal = site.portal("thuong")
    try:
        run([portal], tmp_path)
        with open_store(tmp_path / "articles.db") as store:
            store.connection.execute("UPDATE addresses SET due = 0")  # weeks later
        pages["/bai-2"] = article("hai, đã sửa", "/bai-2")
        site.asked.clear()
        [second] = run([portal], tmp_path, "https://example.vn/bot").portals
    finally:
        site.stop()
    assert (second.fetched, second.new, second.changed, second.unchanged) == (3, 0, 1, 2)
    [again] = [each for each in site.asked if each.path == "/bai-1"]
    assert again.headers["if-none-match"] == '"1"'
    assert again.headers["if-modified-since"] == "yesterday"
    assert all(
        each.headers["user-agent"].endswith(" (+https://example.vn/bot)") for each in site.asked
    )


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_crawl_goes_on_where_it_was(end: int, tmp_path: Path) -> None:
    count = 40
    site = Site("127.0.4.3", fixed(news(count, seconds=0.01)))
    portal = site.portal("mau")
    try:
        process = SPAWN.Process(
            target=crawl, args=([portal], tmp_path / "articles.db", tmp_path, "")
        )
        process.start()
        while len(site.asked) < count // 2 and process.is_alive():
            time.sleep(0.005)
        assert process.pid is not None
        os.kill(process.pid, end)
        process.join()
        assert process.exitcode != 0
        asked = len(site.asked)
        [report] = run([portal], tmp_path).portals
    finally:
        site.stop()
    assert asked < count
    assert report.error == ""
    fetches = Counter(site.pages())
    assert set(fetches) == {"/", *(f"/bai-{number}" for number in range(count))}
    assert fetches.total() <= len(fetches) + 1  # what was in flight may come twice
    with open_store(tmp_path / "articles.db") as store:
        assert store.counts() == {"mau": count}
