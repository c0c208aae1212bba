"""Manners over loopback: rests, robots.txt in all its states, hosts that fail, several processes.

Each site has an address of its own, 127.0.12.x, because manners go by address.
"""

from __future__ import annotations

import codecs
import gzip
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from crawler import spider
from crawler.portals import Portal
from crawler.robots import FRESH, ROBOTS_BYTES, STANDS
from crawler.spider import CrawlReport, crawl
from crawler.store import open_store
from tests.test_spider import SPAWN, Asked, Reply, Site, article, fixed, listing, news

DELAY = 0.1
DEADLINE = 2

Routes = Callable[[str], Reply | None]


def impatient(portals: Sequence[Portal], folder: Path) -> CrawlReport:
    """crawl() that waits no longer than DEADLINE for an answer."""
    spider.SETTINGS["DOWNLOAD_TIMEOUT"] = DEADLINE
    return crawl(portals, folder / "articles.db", folder, "")


def together(portals: Sequence[Portal], folder: Path, processes: int) -> CrawlReport:
    """impatient(), once so many processes are ready to begin."""
    (folder / f"ready-{os.getpid()}").touch()
    while len(list(folder.glob("ready-*"))) < processes:
        time.sleep(0.01)
    return impatient(portals, folder)


def run(portals: Sequence[Portal], folder: Path) -> dict[str, str]:
    """Errors by portal, of a crawl in a process of its own."""
    with ProcessPoolExecutor(1, SPAWN) as pool:
        report = pool.submit(impatient, portals, folder).result()
    return {each.portal: each.error for each in report.portals}


@contextmanager
def served(routes: dict[str, Routes], first: int, same: bool = False) -> Iterator[dict[str, Site]]:
    """Sites by name; from 127.0.12.<first> on, or all of them there."""
    with ExitStack() as stack:
        sites = {}
        for number, (name, each) in enumerate(routes.items()):
            sites[name] = Site(f"127.0.12.{first + (0 if same else number)}", each)
            stack.callback(sites[name].stop)
        yield sites


def rests(asked: Sequence[Asked]) -> list[float]:
    """Seconds from each answer to the next request, by the sites' own clock; robots.txt counts."""
    in_turn = sorted(asked, key=lambda each: each.came)
    return [after.came - before.went for before, after in pairwise(in_turn)]


def slow(sites: dict[str, Site], delay: float = DELAY) -> list[Portal]:
    return [site.portal(name, delay=timedelta(seconds=delay)) for name, site in sites.items()]


# --- rests and turns ---


@pytest.mark.parametrize(
    ("hosts", "pages"), [(12, 6), pytest.param(50, 40, marks=pytest.mark.soak)]
)
def test_every_host_is_asked_slowly_and_once_at_a_time(
    hosts: int, pages: int, tmp_path: Path
) -> None:
    with served({f"cong-{n}": fixed(news(pages)) for n in range(hosts)}, 1) as sites:
        errors = run(slow(sites), tmp_path)
    assert set(errors.values()) == {""}
    for site in sites.values():
        assert len(site.pages()) == pages + 1
        assert min(rests(site.asked)) >= DELAY * 0.95


def test_thirty_portals_on_one_machine_wait_for_each_other(tmp_path: Path) -> None:
    with served({f"cong-{n}": fixed(news(1)) for n in range(30)}, 99, same=True) as sites:
        errors = run(slow(sites, DELAY / 4), tmp_path)
    asked = [each for site in sites.values() for each in site.asked]
    assert set(errors.values()) == {""}
    assert len(asked) == 30 * 4  # robots.txt, sitemap.xml, the start page and an article
    assert min(rests(asked)) >= DELAY / 4 * 0.95


def test_two_processes_take_turns_at_one_machine(tmp_path: Path) -> None:
    routes = {f"cong-{n}": fixed(news(8)) for n in range(2)}
    with served(routes, 98, same=True) as sites, ProcessPoolExecutor(2, SPAWN) as pool:
        crawls = [pool.submit(together, [portal], tmp_path, 2) for portal in slow(sites)]
        reports = [each.result().portals[0] for each in crawls]
    assert [report.error for report in reports] == ["", ""]
    asked = [each for site in sites.values() for each in site.asked]
    assert len(asked) == 2 * (8 + 3)
    assert min(rests(asked)) >= DELAY * 0.95
    one, other = (site.asked for site in sites.values())
    assert one[0].came < other[-1].came  # they were at work at the same time
    assert other[0].came < one[-1].came


# --- robots.txt ---

FORBID = b"User-agent: *\nDisallow: /bai-0\n"
PAGE = "<!DOCTYPE html><html><body><p>Trang chủ (mẫu)</p></body></html>".encode()


def hops(number: int) -> dict[str, Reply]:
    """robots.txt behind so many redirects."""
    paths = ["/robots.txt", *(f"/robots-{n}.txt" for n in range(1, number + 1))]
    pages = {here: Reply(b"", 301, {"Location": there}) for here, there in pairwise(paths)}
    return pages | {paths[-1]: Reply(FORBID)}


def robots(body: bytes, **headers: str) -> dict[str, Reply]:
    return {"/robots.txt": Reply(body, headers={"Content-Type": "text/plain"} | headers)}


FILES: dict[str, tuple[dict[str, Reply], bool]] = {
    "plain": (robots(FORBID), False),
    "utf-8 with a mark": (robots(codecs.BOM_UTF8 + FORBID), False),
    "utf-16": (robots(FORBID.decode().encode("utf-16")), False),
    "utf-16 without a mark": (robots(FORBID.decode().encode("utf-16-be")), False),
    "html": (
        robots(b"<html><body>Trang ch\xe1\xbb\xa7</body></html>", **{"Content-Type": "text/html"}),
        True,
    ),
    "600 KB, the rule within the first 500": (robots(FORBID + b"#" * 600_000), False),
    "600 KB, the rule beyond": (robots(b"#" * ROBOTS_BYTES + b"\n" + FORBID), True),
    "five redirects": (hops(5), False),
    "six redirects": (hops(6), True),  # more than five count as no file: RFC 9309, 2.3.1.2
    "packed": (robots(gzip.compress(FORBID), **{"Content-Encoding": "gzip"}), False),
    "carriage returns": (robots(FORBID.replace(b"\n", b"\r")), False),
    "a group of our own": (robots(b"User-agent: tinphuong\nAllow: /\n\n" + FORBID), True),
    "wildcards": (robots(b"User-agent: *\nDisallow: /*-0$\n"), False),
    "empty": (robots(b""), True),
}
"""What the site sends, and whether /bai-0 may be fetched."""

STATES: dict[str, tuple[dict[str, Reply], str]] = {
    "403": ({"/robots.txt": Reply(b"", 403)}, ""),
    "404": ({}, ""),
    "410": ({"/robots.txt": Reply(b"", 410)}, ""),
    "429": ({"/robots.txt": Reply(b"", 429)}, "robots.txt: HTTP 429"),
    "500": ({"/robots.txt": Reply(b"", 500)}, "robots.txt: HTTP 500"),
    "503": ({"/robots.txt": Reply(b"", 503)}, "robots.txt: HTTP 503"),
    "late": ({"/robots.txt": Reply(b"", seconds=2 * DEADLINE)}, "robots.txt: no answer in time"),
    "loop": ({"/robots.txt": Reply(b"", 302, {"Location": "/robots.txt"})}, ""),
}
"""What the site sends, and why it is not crawled, if so."""


def after_a_while(seconds: int, as_date: bool) -> Routes:
    """One page that asks, once, to be left alone; an article beside it."""

    def routes(path: str) -> Reply | None:
        if path == "/a-ban":
            until = datetime.now(UTC) + timedelta(seconds=seconds)
            header = format_datetime(until, usegmt=True) if as_date else str(seconds)
            return Reply(b"", 503, {"Retry-After": header})
        return {"/": listing("/a-ban", "/bai"), "/bai": article("sau đó")}.get(path)

    return routes


@dataclass
class World:
    sites: dict[str, Site]
    errors: dict[str, str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One crawl of all sites that have something to say with robots.txt or Retry-After."""
    routes = {f"file-{name}": fixed(news(1) | pages) for name, (pages, _) in FILES.items()}
    routes |= {f"state-{name}": fixed(news(1) | pages) for name, (pages, _) in STATES.items()}
    routes |= {"seconds": after_a_while(2, False), "date": after_a_while(3, True)}
    with served(routes, 101) as sites:
        portals = [site.portal(name) for name, site in sites.items()]
        yield World(sites, run(portals, tmp_path_factory.mktemp("manners")))


@pytest.mark.parametrize("name", FILES)
def test_robots_txt_is_read_as_it_comes(name: str, world: World) -> None:
    _, allowed = FILES[name]
    pages = world.sites[f"file-{name}"].pages()
    assert "/" in pages
    assert ("/bai-0" in pages) is allowed


@pytest.mark.parametrize("name", STATES)
def test_without_robots_txt_nothing_is_fetched_unless_there_is_none(
    name: str, world: World
) -> None:
    _, error = STATES[name]
    assert world.errors[f"state-{name}"] == error
    assert world.sites[f"state-{name}"].pages() == ([] if error else ["/", "/bai-0"])


@pytest.mark.parametrize(("name", "seconds"), [("seconds", 2.0), ("date", 2.0)])
def test_nothing_is_asked_before_the_time_a_host_asked_for(
    name: str, seconds: float, world: World
) -> None:
    """A date is given to the second, so three seconds from now may be two."""
    asked = world.sites[name].asked
    [number] = [number for number, each in enumerate(asked) if each.path == "/a-ban"]
    after = asked[number + 1 :]
    assert "/bai" in [each.path for each in after]
    assert after[0].came - asked[number].went >= seconds


def test_robots_txt_is_remembered(tmp_path: Path) -> None:
    """For an hour unasked, for a day where it cannot be had, and no longer."""
    pages = news(2) | robots(FORBID)
    with served({"mau": lambda path: pages.get(path)}, 97) as sites:
        site = sites["mau"]

        def again(age: float) -> tuple[str, list[str]]:
            with open_store(tmp_path / "articles.db") as store:
                store.connection.execute("UPDATE addresses SET due = 0")
                store.connection.execute("UPDATE robots SET fetched_at = ?", (time.time() - age,))
            site.asked.clear()
            error = run([site.portal("mau")], tmp_path)["mau"]
            return error, sorted({each.path for each in site.asked} - {"/sitemap.xml"})

        assert run([site.portal("mau")], tmp_path) == {"mau": ""}
        assert again(FRESH / 2) == ("", ["/", "/bai-1"])
        pages["/robots.txt"] = Reply(b"", 503)
        assert again(STANDS / 2) == ("", ["/", "/bai-1", "/robots.txt"])
        assert again(STANDS + 60) == ("robots.txt: HTTP 503", ["/robots.txt"])


# --- hosts that fail ---


def test_a_host_that_always_fails_is_soon_left_and_holds_up_nobody(tmp_path: Path) -> None:
    down = False

    def failing(path: str) -> Reply | None:
        return Reply(b"", 500) if down and path != "/robots.txt" else news(12).get(path)

    count = 20
    routes = {f"cong-{n}": fixed(news(12)) for n in range(1, count)}
    with served({"cong-0": failing, **routes}, 61) as sites:
        portals = [site.portal(name) for name, site in sites.items()]
        assert set(run(portals, tmp_path).values()) == {""}
        with open_store(tmp_path / "articles.db") as store:
            store.connection.execute("UPDATE addresses SET due = 0")
            store.connection.execute("DELETE FROM robots")
        for site in sites.values():
            site.asked.clear()
        down = True
        errors = run(portals, tmp_path)
        with open_store(tmp_path / "articles.db") as store:
            hidden = store.connection.execute(
                "SELECT count(*) FROM articles WHERE withdrawn_at NOT NULL"
            ).fetchone()
    assert len(sites["cong-0"].asked) <= 6
    assert errors.pop("cong-0").endswith("failures in a row: HTTP 500")
    assert set(errors.values()) == {""}
    assert sum(len(site.pages()) for site in sites.values()) >= 0.95 * (count - 1) * 13
    assert hidden == (0,)
