"""A real portal, as mirrored in 2022, crawled over loopback and held against silver labels.

Needs the data folder (TINPHUONG_DATA); its README defines the measures.
"""

from __future__ import annotations

import functools
import json
import lzma
import re
import tarfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from statistics import mean
from threading import Thread
from typing import Any

import pytest

from crawler.article import Article
from crawler.lane import PortalReport
from crawler.portals import Portal
from crawler.spider import crawl
from crawler.store import open_store
from crawler.urls import canonical
from indexer.build import build
from indexer.document import Annotator, Source
from indexer.query import Query
from indexer.search import open_searcher
from indexer.wards import load_gazetteer

pytestmark = pytest.mark.data

COUNTER_LINE = re.compile(
    r"\W*(lượt xem|lượt truy cập|số lượt|view count|views?|đang truy cập|đang online|hôm nay"
    r"|tổng (lượt )?truy cập)\W*[\d.,]+\W*",
    re.IGNORECASE,
)


@dataclass
class Crawled:
    """What was asked of the mirror, and what is in the store."""

    store: Path
    report: PortalReport
    requests: Counter[str]
    articles: list[Article]

    @functools.cached_property
    def by_id(self) -> dict[str, Article]:
        return {article.identity.rpartition("/")[2]: article for article in self.articles}


@pytest.fixture(scope="module")
def gold(data: Path) -> dict[str, dict[str, Any]]:
    with lzma.open(data / "portal-gold.jsonl.xz", "rt", encoding="utf-8") as lines:
        return {row["id"]: row for row in map(json.loads, lines)}


@pytest.fixture(scope="module")
def crawled(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("real")
    with tarfile.open(data / "portal-hanoi.tar.xz") as archive:
        archive.extractall(folder / "site", filter="data")
    root = next(path.parent for path in (folder / "site").rglob("en.html"))
    requests: Counter[str] = Counter()

    class Handler(SimpleHTTPRequestHandler):
        def log_request(self, code: object = "-", size: object = "-") -> None:
            requests[self.path] += 1

        def log_message(self, format: str, *args: object) -> None:
            """A missing page is no news: the mirror is partial."""

    handler = functools.partial(Handler, directory=root)
    server = ThreadingHTTPServer(("127.0.5.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        host = f"127.0.5.1:{server.server_port}"
        starts = (data / "portal-starts.txt").read_text(encoding="utf-8").split("\n")
        portal = Portal(
            "hanoi",
            "Sở Thông tin và Truyền thông (bản sao 2022)",
            "",
            "Hà Nội",
            tuple(canonical(f"http://{host}/{path}") or "" for path in starts if path.strip()),
            (host,),
            delay=timedelta(0),
            allow_private=True,
        )
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            job = pool.submit(crawl, [portal], folder / "articles.db", folder / "pages", "")
            [report] = job.result().portals
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    with open_store(folder / "articles.db") as store:
        yield Crawled(
            folder / "articles.db",
            report,
            requests,
            [each.article for each in store.all_articles()],
        )


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def tokens(*texts: str) -> Counter[str]:
    return Counter(nfc(" ".join(texts)).split())


def f1(found: Counter[str], wanted: Counter[str]) -> float:
    """Of two multisets of tokens; two empty ones agree."""
    common = (found & wanted).total()
    return 2 * common / (found.total() + wanted.total()) if found or wanted else 1.0


def test_the_crawl_ends_by_itself_having_asked_each_page_once(crawled: Crawled) -> None:
    assert crawled.report.error == ""
    assert crawled.requests.most_common(1)[0][1] == 1
    assert crawled.requests.total() < 6500  # the mirror is partial: half of it is missing pages


def test_each_article_is_stored_once(crawled: Crawled, gold: dict[str, dict[str, Any]]) -> None:
    assert len(crawled.by_id.keys() & gold.keys()) >= 1700
    known = [article for article in crawled.articles if article.identity.rpartition("/")[2] in gold]
    assert len(known) == len(crawled.by_id.keys() & gold.keys())


def test_titles(crawled: Crawled, gold: dict[str, dict[str, Any]]) -> None:
    pairs = [
        (crawled.by_id[id].title, row["title"]) for id, row in gold.items() if id in crawled.by_id
    ]
    same = [title.split() == nfc(wanted).split() for title, wanted in pairs]
    assert mean(same) >= 0.99


def test_dates(crawled: Crawled, gold: dict[str, dict[str, Any]]) -> None:
    same = []
    for id, row in gold.items():
        if row["date"] and id in crawled.by_id:
            published = crawled.by_id[id].published
            same.append(published is not None and published.day.isoformat() == row["date"])
    assert mean(same) >= 0.99


def test_times(crawled: Crawled, gold: dict[str, dict[str, Any]]) -> None:
    same = []
    for id, row in gold.items():
        if row["time"] and id in crawled.by_id:
            published = crawled.by_id[id].published
            wanted = datetime.strptime(row["time"], "%I:%M %p").time()
            same.append(published is not None and published.moment.time() == wanted)
    assert mean(same) >= 0.99


def test_bodies(crawled: Crawled, gold: dict[str, dict[str, Any]]) -> None:
    scores = [
        f1(
            tokens(article.text, *article.captions, article.byline),
            tokens(gold[id]["sapo"], gold[id]["body"]),
        )
        for id, article in crawled.by_id.items()
        if id in gold
    ]
    assert mean(scores) >= 0.97


def test_no_counter_is_left(crawled: Crawled) -> None:
    left = [
        (article.url, line)
        for article in crawled.articles
        for line in (article.lead, *article.body, *article.captions, article.byline)
        if COUNTER_LINE.fullmatch(line)
    ]
    assert left == []


def test_every_stored_article_is_indexed_and_found(crawled: Crawled, tmp_path: Path) -> None:
    sources = {"hanoi": Source("hanoi", "Sở (bản sao 2022)", "", "Hà Nội", "snippet")}
    annotator = Annotator(load_gazetteer(), sources)
    with open_store(crawled.store) as store:
        build(store, tmp_path, annotator.annotate, sources)
    searcher = open_searcher(tmp_path, crawled.store)
    everything = searcher.search(Query())
    found = searcher.search(Query("cong nghe thong tin"))
    assert everything.total == len(crawled.articles)
    assert everything.facets["provinces"][0].value == "ha-noi"
    assert 0 < found.total < everything.total
    assert all(hit.title_marks or hit.snippet_marks for hit in found.hits)
