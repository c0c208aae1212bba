"""How surely copies of a text are told from texts of one template, and how fast.

    python benchmarks/copies.py [--quick] [--json]

Needs TINPHUONG_DATA: the articles of news-50k there. A copy has up to a fifth of its words replaced
and one paragraph gone (tests/copies.py); texts of a template differ in numbers and names alone. A
look-up is all that becomes of one new article: read, compared and written into the store.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from corpus import news
from table import Row, at_least, at_most, data_folder, figure, run

from crawler.article import Article
from crawler.store import Store, open_store
from indexer.families import place

sys.path.append(str(Path(__file__).parent.parent))  # the sample texts come with the checkout

from tests.copies import TEMPLATES, edited, filled

PAIRS = 500
ARTICLES, QUICK_ARTICLES = 10_000, 2_000
LOOKED_UP = 300


def measure(quick: bool) -> Iterator[Row]:
    """Pairs and series among the other articles, then the time of one more."""
    count = QUICK_ARTICLES if quick else ARTICLES
    articles = list(news(data_folder(), count + LOOKED_UP))
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "a.db") as store:
        before = _size(store)
        started = time.process_time()
        put(store, articles[:count])
        yield figure("articles", count)
        yield figure(
            "placed, articles a second of processor time", count / (time.process_time() - started)
        )
        yield at_least(f"copies found of {PAIRS}", 0.95, found(store, articles[:PAIRS]))
        for number, template in enumerate(TEMPLATES, 1):
            share = joined(store, template)
            yield at_most(f"wrongly joined of {PAIRS} in template {number}", 0.005, share)
        yield from looked_up(store, articles[count:])
        yield figure("state, bytes an article", (_size(store) - before) / len(store.ids(False)))


def found(store: Store, articles: Sequence[Article]) -> float:
    """The share of articles that stand in one family with an edited copy of theirs."""
    pick, words = Random(1), " ".join(article.text for article in articles[:50]).split()
    copied = [
        replace(each, identity=f"copy of {each.identity}", body=(edited(pick, each.body, words),))
        for each in articles
    ]
    put(store, copied)
    known = _families(store)
    pairs = zip(articles, copied, strict=True)
    return sum(known[one.identity] == known[other.identity] for one, other in pairs) / len(articles)


def joined(store: Store, template: str) -> float:
    """The share of different texts in one template that stand in a family with any other."""
    pick, (sample, *_) = Random(2), news(data_folder(), 1)
    series = [
        replace(sample, identity=f"{template} {number}", body=(filled(pick, template),))
        for number in range(PAIRS)
    ]
    put(store, series)
    known = _families(store)
    sizes = Counter(known.values())
    return sum(sizes[known[each.identity]] > 1 for each in series) / PAIRS


def looked_up(store: Store, articles: Sequence[Article]) -> Iterator[Row]:
    """Milliseconds that one more article takes, each in a transaction of its own."""
    times = []
    for article in articles:
        with store.transaction():
            store.put(article)
        (row,) = store.connection.execute("SELECT max(id) FROM articles").fetchone()[:1]
        started = time.process_time()
        place(store, [row])
        times.append((time.process_time() - started) * 1000)
    times.sort()
    yield at_most(
        "look-up for a new article, mean, ms of processor time", 5, sum(times) / len(times)
    )
    yield at_most(
        "look-up for a new article, 95 %, ms of processor time", 5, times[int(len(times) * 0.95)]
    )


def put(store: Store, articles: Sequence[Article]) -> None:
    """Store the articles and find their families."""
    with store.transaction():
        for article in articles:
            store.put(article)
    last = len(articles)
    place(store, store.ids(unindexed=True)[-last:])


def _families(store: Store) -> dict[str, int]:
    query = "SELECT identity, family FROM articles JOIN families ON article = id"
    return dict(store.connection.execute(query).fetchall())


def _size(store: Store) -> int:
    """Bytes that the families take in the store's file."""
    query = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'famil%'"
    (size,) = store.connection.execute(query).fetchone()
    return int(size)


if __name__ == "__main__":
    run(measure, __doc__)
