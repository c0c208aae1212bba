"""How fast the crawl is beside Scrapy alone, and what it holds after many pages.

Both sides fetch the same pages of the same twenty portals, one request at a time from each, no
page read. Scrapy alone drops what it downloads; the crawl archives and stores it too.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess
from table import Row, at_least, at_most, figure

sys.path.append(str(Path(__file__).parent.parent))  # the portals come with the checkout

from tests.long_crawl import crawl_unread, growth, known_portals
from tests.loopback import SPAWN, portals_on

ADDRESSES = [f"127.0.17.{number}" for number in range(1, 21)]

SHARE_OF_SCRAPY = 0.7

BARE: dict[str, Any] = {
    # Scrapy as it comes, but for what both sides must have in common.
    "CONCURRENT_REQUESTS": len(ADDRESSES),
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "COOKIES_ENABLED": False,
    "LOG_LEVEL": "WARNING",
    "REMOTE_CONTROL_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
}

MEGABYTES_GROWN = 10
"""At most, from a fifth of the pages to the last."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Run:
    """Pages one run brought, in how many seconds, of which its process computed `cpu`."""

    pages: int
    seconds: float
    cpu: float

    @property
    def speed(self) -> float:
        """Pages/s."""
        return self.pages / self.seconds


def speed(quick: bool) -> Iterator[Row]:
    """Runs of both sides in turn, so that whatever else the machine does meets both."""
    runs, pages = (3, 50) if quick else (7, 300)
    with portals_on(ADDRESSES) as hosts:
        pairs = [(_bare(hosts, pages), _crawled(hosts, pages)) for _ in range(runs)]
    expected = len(hosts) * pages
    bare, ours = zip(*pairs, strict=True)
    yield at_least("pages that a run brought, fewest", expected, min(r.pages for r in bare + ours))
    yield figure("Scrapy alone, pages/s", median(run.speed for run in bare))
    yield figure("fetched, archived and stored, pages/s", median(run.speed for run in ours))
    ratio = median(our.speed / run.speed for run, our in pairs)
    yield at_least("that as a share of Scrapy alone", SHARE_OF_SCRAPY, ratio)
    yield figure("Scrapy alone, pages per second of computing", _per_cpu(bare))
    yield figure("fetched, archived and stored, the same", _per_cpu(ours))


def memory(quick: bool) -> Iterator[Row]:
    """What the process of one long crawl holds while it goes on."""
    pages = 150 if quick else 1000
    with portals_on(ADDRESSES) as hosts, TemporaryDirectory() as folder:
        grown = _apart(growth, known_portals(hosts, pages), Path(folder))
    yield figure("long crawl, pages", grown.last.pages)
    yield figure("long crawl, resident at its end, MB", grown.last.resident / 1e6)
    name = "long crawl, resident more than after its first fifth, MB"
    yield at_most(name, MEGABYTES_GROWN, grown.megabytes)
    thousands = (grown.last.pages - grown.first.pages) / 1000
    yield figure("long crawl, the same for a thousand pages, MB", grown.megabytes / thousands)
    name = "long crawl, descriptors more than after its first fifth"
    yield at_most(name, 0, grown.descriptors)


def _per_cpu(runs: Sequence[Run]) -> float:
    return median(run.pages / run.cpu for run in runs)


# --- the two sides ---------------------------------------------------------------------------


class Bare(Spider):
    """Downloads and forgets."""

    name = "bare"

    def parse(self, response: Any) -> None:
        """Nothing is read."""


def _bare(hosts: Sequence[str], pages: int) -> Run:
    urls = [f"http://{host}/bai-{number}" for number in range(pages) for host in hosts]
    return _apart(_timed, _scrapy_alone, urls)


def _scrapy_alone(urls: list[str]) -> int:
    process = AsyncCrawlerProcess(BARE)
    crawler = process.create_crawler(Bare)
    process.crawl(crawler, start_urls=urls)
    process.start()
    assert crawler.stats
    return int(crawler.stats.get_value("downloader/response_status_count/200"))


def _crawled(hosts: Sequence[str], pages: int) -> Run:
    with TemporaryDirectory() as folder:
        return _apart(_timed, crawl_unread, known_portals(hosts, pages), Path(folder))


def _timed(work: Callable[..., int], *arguments: object) -> Run:
    cpu, started = time.process_time(), time.perf_counter()
    pages = work(*arguments)
    return Run(pages, time.perf_counter() - started, time.process_time() - cpu)


def _apart(work: Callable[..., T], *arguments: object) -> T:
    """In a process of its own: Scrapy's reactor starts once."""
    with ProcessPoolExecutor(1, mp_context=SPAWN) as process:
        return process.submit(work, *arguments).result()
