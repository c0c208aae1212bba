"""How fast pages come over HTTP, and how heavy they are, beside Datasette over the same articles.

    python benchmarks/web.py [--quick] [--json]

Needs TINPHUONG_DATA (the articles of news-50k there), hey and wrk (apt-get install hey wrk). The
articles are stored and indexed by the real build, with drawn wards, topics and days, and served by
`tinphuong serve` with two processes. Pages are asked for at 20 requests a second, then both servers
are asked for all they can do, in turns, by the same searches with the same filters.
"""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from urllib.request import urlopen

import datasette_site
from corpus import SOURCES, Annotate, news
from load import Saturated, at_rate, saturated, tools
from pages import typed
from queries import KINDS, Asked, queries
from table import Row, at_least, at_most, data_folder, figure, run

from crawler.store import open_store
from indexer.build import build
from indexer.normalize import fold

ROOT = Path(__file__).parent.parent

ARTICLES, QUICK_ARTICLES = 50_000, 1_000
HOST = "127.0.63.1"

PER_SECOND = 20
SECONDS, QUICK_SECONDS = 6, 1
"""For each address that is asked for at the fixed rate."""
BURST_SECONDS, QUICK_BURST_SECONDS = 8, 2
ROUNDS, QUICK_ROUNDS = 3, 1

RESULTS_MS, SUGGESTIONS_MS = 50, 20
FASTER = 3

NEWEST, THEIR_NEWEST = {"sort": "newest"}, {"_sort_desc": "published"}

KILOBYTES = {"html": 30, "css": 10, "js": 10}
"""What a page and the files beside it may weigh packed."""


def measure(quick: bool) -> Iterator[Row]:
    """In a quick run the corpus is not that which anything was asked of."""
    for row in rows(quick):
        yield figure(row.name, row.reached) if quick else row


def rows(quick: bool) -> Iterator[Row]:
    """Both sites are made, then ours is asked at a fixed rate, then both for all they can do."""
    tools()
    with TemporaryDirectory() as made:
        folder, database = Path(made), Path(made) / "articles.db"
        seconds = made_of(folder, database, QUICK_ARTICLES if quick else ARTICLES)
        yield figure("both sites made, s", seconds)
        ours, port = [sys.executable, str(ROOT / "tinphuong.py")], free_port()
        ours += ["--portals", str(folder / "none.toml"), "--index", str(folder)]
        ours += ["serve", "--host", HOST, "--port", str(port), "--rate", "0"]
        with serving(ours, port) as base:
            yield from of_weights(base)
            yield from of_rate(base, QUICK_SECONDS if quick else SECONDS)
            there = free_port()
            theirs = [sys.executable, "-m", "datasette"]
            with serving([*theirs, *datasette_site.command(database, HOST, there)], there) as other:
                yield from of_saturation(base, other, quick)


def made_of(folder: Path, database: Path, count: int) -> float:
    """Store and index the articles, and the same for Datasette; seconds it took."""
    started, annotate = time.perf_counter(), Annotate()
    with open_store(folder / "store" / "articles.db") as store:
        with store.transaction():
            for article in news(data_folder(), count):
                store.put(article)
        build(store, folder / "whoosh", annotate, SOURCES)
        datasette_site.written(database, map(annotate, store.all_articles()))
    return time.perf_counter() - started


def free_port() -> int:
    with socket.create_server((HOST, 0)) as free:
        port: int = free.getsockname()[1]
    return port


@contextmanager
def serving(command: Sequence[str], port: int) -> Iterator[str]:
    """A server while it is needed: its address, as soon as it answers."""
    quiet = subprocess.DEVNULL
    process, base = subprocess.Popen(command, stdout=quiet, stderr=quiet), f"http://{HOST}:{port}"
    try:
        while True:
            assert process.poll() is None, f"{command[1]} ended"
            with socket.socket() as probe:
                if probe.connect_ex((HOST, port)) == 0:
                    break
            time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait()


def of_each_kind() -> list[str]:
    """One query of each kind as readers type it, and the first three without accents."""
    asked = {query.kind: typed(query) for query in queries()}
    texts = [asked[kind] for kind in KINDS]
    return [*texts, *map(fold, texts[:3])]


def of_weights(base: str) -> Iterator[Row]:
    """The heaviest page, and what comes with it."""
    pages = [body(f"{base}{search(text)}") for text in of_each_kind()]
    yield at_most("results page, heaviest, packed, kB", KILOBYTES["html"], max(map(packed, pages)))
    for path in sorted((ROOT / "webui" / "static").glob("*.*s")):
        limit = KILOBYTES[path.suffix.removeprefix(".")]
        yield at_most(f"{path.name}, packed, kB", limit, packed(path.read_bytes()))


def body(url: str) -> bytes:
    with urlopen(url, timeout=60) as answer:
        read: bytes = answer.read()
    return read


def packed(content: bytes) -> float:
    return len(gzip.compress(content)) / 1000


def of_rate(base: str, seconds: int) -> Iterator[Row]:
    """Answers to one address after the other, each asked for PER_SECOND times a second."""
    results = [f"{base}{search(text)}" for text in of_each_kind()]
    begun = [text[: 2 + 3 * place] for place, text in enumerate(of_each_kind()[:6])]
    suggestions = [f"{base}/suggest?{urlencode({'q': text})}" for text in begun]
    for name, urls, limit in (
        ("results page", results, RESULTS_MS),
        ("suggestions", suggestions, SUGGESTIONS_MS),
    ):
        for url in urls * 4:  # every process has opened what it needs
            body(url)
        times = [each for url in urls for each in at_rate(url, PER_SECOND, seconds)]
        yield figure(f"{name} at {PER_SECOND} requests/s, median, ms", median(times))
        worst = quantiles(times, n=20)[-1]
        yield at_most(f"{name} at {PER_SECOND} requests/s, 95 %, ms", limit, worst)


def search(text: str, **filters: str) -> str:
    return f"/search?{urlencode({'q': text, **filters})}"


def of_saturation(base: str, other: str, quick: bool) -> Iterator[Row]:
    """Both are asked in turns for the same searches: plain, of one ward, newest first."""
    texts = [typed(query) for query in queries() if comparable(query)]
    ward = Annotate().units[0].slug
    ours = [search(text, **more) for text in texts for more in ({}, {"ward": ward}, NEWEST)]
    theirs = [
        datasette_site.path(text, **more)
        for text in texts
        for more in ({}, {"ward": ward}, THEIR_NEWEST)
    ]
    seconds = QUICK_BURST_SECONDS if quick else BURST_SECONDS
    rounds: list[tuple[Saturated, Saturated]] = []
    for _ in range(QUICK_ROUNDS if quick else ROUNDS):
        rounds.append((saturated(base, ours, seconds), saturated(other, theirs, seconds)))
    here, there = (median(each[side].per_second for each in rounds) for side in (0, 1))
    yield at_most("saturated, answers other than 200", 0, sum(each[0].failures for each in rounds))
    yield figure("saturated, results pages/s", here)
    yield figure("saturated, Datasette, pages/s", there)
    yield at_least("saturated, times Datasette's pages/s", FASTER, here / there)


def comparable(query: Asked) -> bool:
    """Whether it means the same to Datasette, which knows no OR in its box."""
    return query.how != "any"


if __name__ == "__main__":
    run(measure, __doc__)
