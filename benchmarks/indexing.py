"""How many articles a second `tinphuong index` makes ready, from the store to the last merge.

    python benchmarks/indexing.py [--quick] [--json]

Needs TINPHUONG_DATA: the articles of news-50k there. They are stored, and then read, segmented,
understood (wards, topics, days, numbers of documents), held against each other for copies,
indexed, merged, checked and published, as the command does it, on two cores.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from corpus import SOURCES, news
from rounds import seconds
from table import Row, at_least, data_folder, figure, run

from crawler.article import Article
from crawler.store import open_store
from indexer.build import build
from indexer.document import Annotator
from indexer.wards import load_gazetteer

ARTICLES, QUICK_ARTICLES = 50_000, 3_000

BATCH = 1_000
"""Articles stored in one transaction."""


def measure(quick: bool) -> Iterator[Row]:
    """Few articles are not what anything was asked of: two processes have hardly begun."""
    count = QUICK_ARTICLES if quick else ARTICLES
    with TemporaryDirectory() as made:
        place = Place.within(Path(made))
        store(place, news(data_folder(), count))
        speed = count / seconds(partial(understand, place))
    name = f"{count:,} articles: indexing from the store, two cores, articles/s"
    yield figure(name, speed) if quick else at_least(name, 600, speed)


class Place(NamedTuple):
    """Where the articles lie, and their index."""

    store: Path
    index: Path

    @classmethod
    def within(cls, folder: Path) -> Place:
        return cls(folder / "articles.db", folder / "whoosh")


def store(place: Place, given: Iterable[Article]) -> int:
    """Store the articles; gives how many they are."""
    with open_store(place.store) as held:
        before = len(held.ids(unindexed=False))
        while batch := list(islice(given, BATCH)):
            with held.transaction():
                for article in batch:
                    held.put(article)
        return len(held.ids(unindexed=False)) - before


def understand(place: Place) -> None:
    """Index what is not indexed yet, with all that the command does."""
    annotate = Annotator(load_gazetteer(), SOURCES).annotate
    with open_store(place.store) as held:
        build(held, place.index, annotate, SOURCES)


if __name__ == "__main__":
    run(measure, __doc__)
