"""How fast a page of results is, as readers get it, over a million articles in a store.

    python benchmarks/pages.py [--quick] [--json]

Needs TINPHUONG_DATA: the articles of news-50k there. They and copies of them with a tenth of the
syllables drawn anew are stored and indexed by the real build; wards, topics and days are drawn, and
copies of one text are not looked for, since nearly all are. The queries of queries.tsv are asked as
people type them, and each answer is a whole page: the query read and understood, matched and ranked
by syllables, words and pairs, five filters counted, twenty passages shown.
"""

from __future__ import annotations

import multiprocessing
import time
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from unittest.mock import patch

from corpus import SOURCES, Annotate
from grown import Words, real_words, texts
from indexing import Place, store, understand
from peers import Tantivy
from prose import articles
from queries import KINDS, Asked, queries
from rounds import bytes_of, seconds
from table import Row, at_most, data_folder, figure, run

from crawler.article import Article
from crawler.store import open_store
from indexer import families
from indexer.build import build
from indexer.normalize import fold
from indexer.query import Query
from indexer.search import Searcher, open_searcher

ARTICLES, COPIES = 50_000, 20
QUICK_ARTICLES, QUICK_COPIES = 300, 2
NEW = 100
"""Articles that are added to all the others."""
ROUNDS, QUICK_ROUNDS = 21, 3
WARM_UP = 2

SPAWN = multiprocessing.get_context("spawn")


def measure(quick: bool) -> Iterator[Row]:
    """In a quick run the corpus is not that which anything was asked of."""
    for row in rows(quick):
        yield figure(row.name, row.reached) if quick else row


def rows(quick: bool) -> Iterator[Row]:
    """All figures, in the order they are come by."""
    data = data_folder()
    count, copies = (QUICK_ARTICLES, QUICK_COPIES) if quick else (ARTICLES, COPIES)
    with TemporaryDirectory() as made:
        place, grown = Place.within(Path(made)), articles(data, count, copies + 1)
        yield from of_index(place, islice(grown, count * copies), count)
        yield from of_size(place, real_words(data, count), copies)
        yield from of_memory(place)
        yield from of_pages(place, QUICK_ROUNDS if quick else ROUNDS)
        yield from of_news(place, list(islice(grown, NEW)))


def of_index(place: Place, given: Iterable[Article], real: int) -> Iterator[Row]:
    """Index all articles, with drawn wards and topics; among the real ones copies are found."""
    count = store(place, given)
    yield figure("articles", f"{count:,}")
    with open_store(place.store) as held:
        families.place(held, held.ids(unindexed=True)[:real])
        with patch("indexer.families.place"):
            taken = seconds(partial(build, held, place.index, Annotate(), SOURCES))
    yield figure("indexing, wards and topics drawn, articles/s", count / taken)


def of_size(place: Place, words: Words, copies: int) -> Iterator[Row]:
    """The whole index, beside one field of words with positions in Tantivy."""
    size = bytes_of(place.index)
    yield figure("store, MB", place.store.stat().st_size / 1e6)
    yield figure("index, MB", size / 1e6)
    with TemporaryDirectory() as made:
        Tantivy(Path(made)).write(texts(words, copies))
        yield at_most("index, times that of one field in Tantivy", 8, size / bytes_of(Path(made)))


def of_memory(place: Place) -> Iterator[Row]:
    """What two processes hold that have answered every query."""
    ready = SPAWN.Barrier(3)
    processes = [SPAWN.Process(target=_ask_all, args=(place, ready)) for _ in range(2)]
    for process in processes:
        process.start()
    ready.wait()
    sizes = [_proportional(process.pid) for process in processes]
    ready.wait()
    for process in processes:
        process.join()
    whole = sum(each["Pss"] for each in sizes)
    mapped = sum(each["Pss_File"] for each in sizes)
    yield figure("two searching processes, proportional set size, GB", whole / 1e6)
    yield at_most("two searching processes, mapped files apart, GB", 1.5, (whole - mapped) / 1e6)


def _ask_all(place: Place, ready: Barrier) -> None:
    searcher = opened(place)
    for query in queries():
        searcher.search(Query(typed(query)))
    ready.wait()
    ready.wait()


def _proportional(process: int | None) -> dict[str, int]:
    """What the kernel counts of a process's memory, in kB (man 5 proc, smaps_rollup)."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(value.split()[0]) for name, value in (line.split(":") for line in lines)}


def of_pages(place: Place, rounds: int) -> Iterator[Row]:
    """Opening, and whole pages."""
    opening = [seconds(partial(opened, place)) for _ in range(rounds)]
    yield at_most("opening, ms", 100, 1000 * median(opening))
    searcher = opened(place)
    accented = queries()
    bare = [Asked(query.kind, tuple(map(fold, query.words))) for query in accented]
    for name, asked in (("a page", accented), ("a page asked for without accents", bare)):
        times = [array("d") for _ in asked]
        for _ in range(WARM_UP + rounds):
            for query, taken in zip(asked, times, strict=True):
                taken.append(1000 * seconds(partial(searcher.search, Query(typed(query)))))
        yield figure(f"{name}, first time, longest, ms", max(each[0] for each in times))
        usual = [each[WARM_UP:] for each in times]
        for kind in KINDS:
            of_kind = [each for each, query in zip(usual, asked, strict=True) if query.kind == kind]
            yield figure(f"{name}, {kind}, median, ms", median(chain(*of_kind)))
        yield at_most(f"{name}, 95 %, ms", 60, quantiles(chain(*usual), n=20)[-1])


def opened(place: Place) -> Searcher:
    return open_searcher(place.index, place.store)


def typed(asked: Asked) -> str:
    """A query as a reader types it.

    >>> typed(Asked("three words, any", ("máy", "thành_phố", "lượng")))
    'máy OR "thành phố" OR lượng'
    """
    words = [word.replace("_", " ") for word in asked.words]
    if asked.how == "any":
        return " OR ".join(f'"{word}"' if " " in word else word for word in words)
    return f'"{" ".join(words)}"' if asked.how == "phrase" else " ".join(words)


def of_news(place: Place, given: Sequence[Article]) -> Iterator[Row]:
    """How soon new articles are found: a fresh process indexes them, a searcher takes them up."""
    searcher = opened(place)
    before = searcher.search(Query()).total
    store(place, iter(given))
    process = SPAWN.Process(target=understand, args=(place,))
    started = time.perf_counter()
    process.start()
    process.join()
    found = searcher.refreshed().search(Query()).total - before
    yield at_most(f"{found} new articles are found after s", 3, time.perf_counter() - started)


if __name__ == "__main__":
    run(measure, __doc__)
