"""Real news articles with made-up portals, wards, topics and days: what search and web measure on.

The texts are those of news-50k, which name neither ward nor day. Wards follow Zipf's law over 300
units of today, days are even over five years, topics are one to three an article; the same article
gets the same ones in every run.
"""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path

from crawler.article import Article, PrintedDate
from crawler.store import Stored, open_store
from indexer.build import build
from indexer.document import Document, Source
from indexer.search import Searcher, open_searcher
from indexer.topics import TOPICS
from indexer.wards import load_gazetteer

FIRST_DAY, DAYS = date(2021, 1, 1), 5 * 365
WARDS, PORTALS = 300, 20
MADE = datetime(2026, 1, 1, tzinfo=UTC)

SOURCES = {
    f"portal-{number}": Source(f"portal-{number}", f"Trang {number}", "", "", "full")
    for number in range(PORTALS)
}


class Annotate:
    """Makes documents with drawn wards and topics: what understanding a text costs is left out."""

    def __init__(self) -> None:
        self.units = [unit for unit in load_gazetteer() if unit.current][:WARDS]
        self.zipf = list(accumulate(1 / place for place in range(1, WARDS + 1)))

    def __call__(self, stored: Stored) -> Document:
        pick = random.Random(stored.article.identity)
        (unit,) = pick.choices(self.units, cum_weights=self.zipf)
        return Document(
            id=stored.id,
            article=stored.article,
            wards=(unit.slug,),
            wards_then=(unit.slug,),
            provinces=(unit.province_slug,),
            topics=tuple(pick.sample(list(TOPICS), pick.randint(1, 3))),
            type="tin-tuc",
            numbers=(),
            periods=(),
        )


def news(data: Path, count: int) -> Iterator[Article]:
    """The first articles of news-50k, each with a day and a portal."""
    with lzma.open(data / "news-50k.jsonl.xz", "rt", encoding="utf-8") as lines:
        for entry in map(json.loads, islice(lines, count)):
            pick = random.Random(f"day of {entry['id']}")
            day = FIRST_DAY + timedelta(days=pick.randrange(DAYS))
            yield Article(
                url=f"https://tin.invalid/{entry['id']}",
                portal=f"portal-{pick.randrange(PORTALS)}",
                identity=str(entry["id"]),
                title=entry["title"],
                published=PrintedDate(day, None, "layout", 1.0),
                updated=None,
                lead="",
                body=tuple(entry["text"].splitlines()),
                captions=(),
                byline="",
                section="",
                attachments=(),
                layout="general",
                fetched_at=MADE,
            )


def indexed(articles: Sequence[Article], folder: Path) -> Searcher:
    """A searcher over these articles: through the real store and the real build."""
    path, index = folder / "articles.db", folder / "whoosh"
    with open_store(path) as store:
        with store.transaction():
            for article in articles:
                store.put(article)
        build(store, index, Annotate(), SOURCES)
    return open_searcher(index, path)
