"""How fast and how politely portals are crawled over loopback.

    python benchmarks/crawl.py [--quick] [--json]

How fast beside Scrapy alone, and what that takes in memory, is measured by throughput.py; the rest
on the sample portals.

Each crawl runs in a fresh process, as a command would run it; the portals are served by this one,
which notes when every answer began and ended. Archive, extraction and store are included.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock
from urllib.parse import urlsplit

from table import Row, at_least, at_most, figure, run
from throughput import memory, speed

from crawler.portals import Portals, load_portals
from crawler.spider import CrawlReport, crawl
from crawler.store import open_readonly

sys.path.append(str(Path(__file__).parent.parent))  # the sample portals come with the checkout

from tests.portals.server import Handler, portals_toml, serve
from tests.portals.sites import load_sites

DELAY, QUICK_DELAY = 0.3, 0.1
"""Seconds that the polite crawl leaves between an answer and the next request."""

SHARE_OF_DELAY = 0.95
"""Clocks of two processes are read here; so much of the delay must be kept all the same."""


@dataclass(slots=True)
class Watch:
    """When each address began and ended an answer, in seconds."""

    answers: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def most_at_once(self) -> int:
        """The largest number of answers under way at one address."""
        return max(map(overlapping, self.answers.values()))

    def shortest_gap(self) -> float:
        """The least time from the end of an answer to the next request to that address."""
        return min(
            later - earlier
            for spans in self.answers.values()
            for (_, earlier), (later, _) in pairwise(sorted(spans))
        )


def overlapping(spans: list[tuple[float, float]]) -> int:
    """How many spans share a moment, at most."""
    changes = sorted([(end, -1) for _, end in spans] + [(begin, 1) for begin, _ in spans])
    most = now = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most


def measure(quick: bool) -> Iterator[Row]:
    """The manners, the speed, and what a long crawl holds."""
    yield from manners(quick)
    yield from speed(quick)
    yield from memory(quick)


def manners(quick: bool) -> Iterator[Row]:
    """Of one crawl of the sample portals without a delay and one with a delay."""
    titles = {article.title for site in load_sites() for article in site.articles}
    with TemporaryDirectory() as folder:
        fast = crawled(Path(folder) / "fast", delay=0)
        polite = crawled(Path(folder) / "polite", delay=QUICK_DELAY if quick else DELAY)
    for name, crawl_of in {"without a delay": fast, "with a delay": polite}.items():
        found = Counter(crawl_of.titles)
        yield at_least(f"{name}, articles stored", len(titles), len(titles & found.keys()))
        yield at_most(f"{name}, stored twice or no article", 0, (found - Counter(titles)).total())
        yield at_most(f"{name}, most requests at once to one address", 1, crawl_of.most_at_once)
    yield figure("pages fetched", str(fast.pages))
    yield figure("without a delay, pages/s", fast.pages / fast.seconds)
    yield at_least(
        "with a delay, shortest gap as a share of it",
        SHARE_OF_DELAY,
        polite.shortest_gap / polite.delay,
    )


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl of the sample portals brought and how it went."""

    delay: float
    seconds: float
    pages: int
    titles: tuple[str, ...]
    most_at_once: int
    shortest_gap: float


def crawled(folder: Path, delay: float) -> Crawled:
    """Crawl the sample portals into `folder`, which must not exist yet: articles.db and pages/."""
    folder.mkdir(parents=True)
    watch = Watch()
    with watched(watch), sample_portals(folder, delay) as portals:
        context = get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as process:
            seconds, report = process.submit(timed_crawl, portals, folder).result()
    with open_readonly(folder / "articles.db") as store:
        titles = tuple(stored.article.title for stored in store.all_articles())
    return Crawled(
        delay=delay,
        seconds=seconds,
        pages=sum(portal.fetched for portal in report.portals),
        titles=titles,
        most_at_once=watch.most_at_once(),
        shortest_gap=watch.shortest_gap(),
    )


def timed_crawl(portals: Portals, folder: Path) -> tuple[float, CrawlReport]:
    """In a process of its own: Scrapy's reactor starts once."""
    started = time.perf_counter()
    report = crawl(portals.portals, folder / "articles.db", folder / "pages", portals.contact)
    return time.perf_counter() - started, report


@contextmanager
def sample_portals(folder: Path, delay: float) -> Iterator[Portals]:
    """The sample portals, served on loopback, as portals.toml names them."""
    with serve() as bases:
        port = urlsplit(next(iter(bases.values()))).port
        assert port
        (folder / "portals.toml").write_text(portals_toml(port))
        loaded = load_portals(folder / "portals.toml")
        wait = timedelta(seconds=delay)
        patient = tuple(replace(portal, delay=wait) for portal in loaded.portals)
        yield replace(loaded, portals=patient)


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Note every answer of the sample portals."""
    answer = Handler.do_GET

    def noted(handler: Handler) -> None:
        began = time.monotonic()
        answer(handler)
        watch.answers[handler.server.site.host].append((began, time.monotonic()))

    with mock.patch.object(Handler, "do_GET", noted):
        yield


if __name__ == "__main__":
    run(measure, __doc__)
