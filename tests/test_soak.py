"""Long runs, by `make soak`: many kills and many pages where the default suite tries a few."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import pytest

from crawler.archive import Capture, read_capture
from crawler.portals import Portal
from crawler.spider import crawl
from crawler.store import open_store
from tests.long_crawl import Held, growth, held, known_portals
from tests.loopback import portals_on
from tests.small_site import make_site, opened
from tests.test_spider import SPAWN, Site, fixed, news, run

pytestmark = pytest.mark.soak

KILLS = 50
PORTALS, ARTICLES = 3, 780
"""Portals crawled at once, and how many articles each has."""

RESTART = 5.0
"""Seconds from the start of a process to its first request, at most."""

PAGES = 20_000
SEARCHES = 50_000
WORDS = ("ngân", "sách", "phường", "họp", "dân", "tiêm", "chủng", "rác", "thu", "bồ", "đề", "mẫu")
MEGABYTES_GROWN = 10


def test_fifty_kills_at_random_lose_no_page(tmp_path: Path) -> None:
    """A kill may repeat what was in flight, one request a portal; robots.txt is asked anew."""
    chance = random.Random(1)
    with ExitStack() as stack:
        sites = {}
        for number in range(PORTALS):
            site = Site(f"127.0.17.{31 + number}", fixed(news(ARTICLES, seconds=0.01)))
            stack.callback(site.stop)
            sites[f"mau-{number}"] = site
        portals = [site.portal(name) for name, site in sites.items()]
        restarts = [
            seconds_to_first_request(list(sites.values()), portals, tmp_path, chance)
            for _ in range(KILLS)
        ]
        fetched = [len(set(site.pages())) for site in sites.values()]
        reports = run(portals, tmp_path).portals
    assert max(fetched) < ARTICLES  # every kill came while there was something to do
    assert [report.error for report in reports] == [""] * PORTALS
    for site in sites.values():
        fetches = Counter(path for path in site.pages() if path != "/sitemap.xml")
        assert set(fetches) == {"/", *(f"/bai-{number}" for number in range(ARTICLES))}
        assert fetches.total() <= len(fetches) + KILLS
    assert median(restarts) < RESTART
    assert max(restarts) < 3 * RESTART  # other work of the machine may hold one of them up
    with open_store(tmp_path / "articles.db") as store:
        assert store.counts() == dict.fromkeys(sites, ARTICLES)
        assert store.connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        assert store.audit() == ()
        rows = store.connection.execute("SELECT url, file, offset, length FROM captures").fetchall()
    assert len({url for url, *_ in rows}) == PORTALS * (ARTICLES + 1)
    for url, *where in rows:
        assert read_capture(tmp_path, Capture(*where)).url == url


def seconds_to_first_request(
    sites: Sequence[Site], portals: Sequence[Portal], folder: Path, chance: random.Random
) -> float:
    """Start a crawl and kill it at a random moment soon after its first request."""
    process = SPAWN.Process(target=crawl, args=(portals, folder / "articles.db", folder, ""))
    asked, started = sum(len(site.asked) for site in sites), time.monotonic()
    process.start()
    while sum(len(site.asked) for site in sites) == asked and process.is_alive():
        time.sleep(0.005)
    waited = time.monotonic() - started
    time.sleep(chance.uniform(0, 0.3))
    assert process.pid is not None
    if process.is_alive():
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    return waited


def test_a_crawl_of_twenty_thousand_pages_holds_no_more_than_one_of_four(tmp_path: Path) -> None:
    addresses = [f"127.0.17.{number}" for number in range(51, 71)]
    with portals_on(addresses) as hosts, ProcessPoolExecutor(1, SPAWN) as process:
        portals = known_portals(hosts, PAGES // len(hosts))
        grown = process.submit(growth, portals, tmp_path).result()
    assert grown.last.pages >= PAGES
    assert grown.megabytes < MEGABYTES_GROWN
    assert grown.descriptors <= 0


def test_fifty_thousand_searches_hold_no_more_than_ten_thousand(tmp_path: Path) -> None:
    with ProcessPoolExecutor(1, SPAWN) as process:
        first, last = process.submit(search_for_long, tmp_path).result()
    assert (last.resident - first.resident) / 1e6 < MEGABYTES_GROWN
    assert last.descriptors <= first.descriptors


def search_for_long(folder: Path) -> tuple[Held, Held]:
    """What the process of a web server holds after a fifth of the searches, and at the end."""
    chance, samples = random.Random(1), []
    with opened(make_site(folder)) as app:
        client = app.test_client()
        for number in range(1, SEARCHES + 1):
            asked = " ".join(chance.choices(WORDS, k=chance.randint(1, 3)))
            page = client.get("/search", query_string={"q": asked})
            assert page.status_code == 200
            if number in (SEARCHES // 5, SEARCHES):
                samples.append(held(number))
    return samples[0], samples[1]
