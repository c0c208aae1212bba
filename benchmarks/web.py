"""How fast the pages are made, and how heavy they are, over the sample portals.

    python benchmarks/web.py [--quick] [--json]

One process, no network: requests go straight to the WSGI application, over the index of a fresh
crawl of the sample portals. Sizes are those after gzip, as a reader's connection carries them.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from crawl import crawled
from flask import Flask
from table import Row, at_most, figure, run

from crawler.portals import load_portals
from crawler.store import open_store
from indexer.build import build
from indexer.document import Annotator
from indexer.wards import load_gazetteer
from tinphuong import sources_of
from webui import create_app

ROUNDS, QUICK_ROUNDS = 40, 10

PAGES = {
    "the first page": ("/",),
    "a search": (
        "/search",
        "/search?q=ngân+sách",
        "/search?q=ngan+sach",
        "/search?q=“tổ+dân+phố”",
        "/search?q=UBND+phường",
        "/search?q=phường&page=2",
        "/search?q=phường&type=thong-bao&sort=newest",
        "/search?q=thu+chi&from=2020-01-01&to=2026-12-31",
    ),
    "a search as JSON": ("/search.json?q=ngân+sách", "/search.json?q=ngan+sach"),
    "an article": ("/articles/1", "/articles/20", "/articles/40"),
    "the status page": ("/status",),
}


def measure(quick: bool) -> Iterator[Row]:
    """Per kind of page its times, its requests a second and its weight; then the static files."""
    with TemporaryDirectory() as made:
        app = application(Path(made))
        for kind, addresses in PAGES.items():
            yield from page_rows(app, kind, addresses, QUICK_ROUNDS if quick else ROUNDS)
    for path in sorted(Path(app.static_folder or "").glob("*.*s")):
        yield figure(f"{path.name}, kB", kilobytes(path.read_bytes()))


def application(folder: Path) -> Flask:
    """The application over the sample portals, crawled and indexed."""
    crawled(folder / "crawl", delay=0)
    path, index = folder / "crawl" / "articles.db", folder / "whoosh"
    portals = load_portals(folder / "crawl" / "portals.toml").portals
    sources = sources_of(portals)
    with open_store(path) as store:
        build(store, index, Annotator(load_gazetteer(), sources).annotate, sources)
    files = {"INDEX": index, "STORE": path}
    return create_app({**files, "SOURCES": sources, "PORTALS": portals, "CONTACT": ""})


def page_rows(app: Flask, kind: str, addresses: tuple[str, ...], rounds: int) -> Iterator[Row]:
    """Ask for every address in turn, `rounds` times after one that warms up."""
    client = app.test_client()
    first = [client.get(address) for address in addresses]
    milliseconds = []
    for _round in range(rounds):
        for address in addresses:
            started = time.perf_counter()
            client.get(address)
            milliseconds.append(1000 * (time.perf_counter() - started))
    yield at_most(f"{kind}, answers other than 200", 0, sum(a.status_code != 200 for a in first))
    yield figure(f"{kind}, median, ms", median(milliseconds))
    yield figure(f"{kind}, 95 %, ms", quantiles(milliseconds, n=20)[-1])
    yield figure(f"{kind}, requests/s", 1000 * len(milliseconds) / sum(milliseconds))
    yield figure(f"{kind}, heaviest, kB", max(kilobytes(answer.data) for answer in first))


def kilobytes(body: bytes) -> float:
    return len(gzip.compress(body)) / 1000


if __name__ == "__main__":
    run(measure, __doc__)
