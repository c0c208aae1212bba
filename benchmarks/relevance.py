"""How often the right text stands first: retrieval sets through the real store, index and search.

    python benchmarks/relevance.py [--quick] [--json]

Needs TINPHUONG_DATA: the sets of ir/ there. Each is stored and indexed in a throw-away folder, each
query is asked as it stands and once more without its accents. success@1: the first hit is relevant;
MRR@10: the mean of 1/rank of the first relevant hit among ten. One set of weights serves all sets.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from table import Row, at_least, data_folder, figure, run

from crawler.article import Article
from crawler.store import Stored, open_store
from indexer.build import build
from indexer.document import Document
from indexer.normalize import fold
from indexer.query import Query
from indexer.search import Searcher, open_searcher

DEPTH = 10
QUICK_QUERIES = 150
"""Queries of each set under --quick, spread evenly over the set."""

MADE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Floor:
    """What is asked of a set: plain BM25 over syllables and words, as first measured."""

    success: float
    mrr: float
    folded_success: float
    folded_mrr: float


FLOORS = {
    "xquad_vi": Floor(0.937, 0.960, 0.877, 0.919),
    "vlsp2023_lter": Floor(0.755, 0.825, 0.708, 0.785),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A query and the identities of the texts that answer it."""

    text: str
    relevant: frozenset[str]


def measure(quick: bool) -> Iterator[Row]:
    """Both measures of each set, with accents and without."""
    folder = data_folder() / "ir"
    for name, floor in FLOORS.items():
        queries = list(judged(folder / name))
        if quick:
            queries = queries[:: max(1, len(queries) // QUICK_QUERIES)]
        with TemporaryDirectory() as made:
            searcher, identities = indexed(articles(folder / name), Path(made))
            ranks = [rank(searcher, identities, query) for query in queries]
            bare = [Judged(fold(query.text), query.relevant) for query in queries]
            folded = [rank(searcher, identities, query) for query in bare]
        yield from rows(name, ranks, floor.success, floor.mrr, quick)
        yield from rows(
            f"{name} without accents", folded, floor.folded_success, floor.folded_mrr, quick
        )


def rows(
    name: str, ranks: list[int | None], success: float, mrr: float, quick: bool
) -> Iterator[Row]:
    """The figures of one run. A part of the queries is held to nothing: it is too few to tell."""
    first = sum(place == 1 for place in ranks) / len(ranks)
    reciprocal = sum(1 / place for place in ranks if place) / len(ranks)
    ten = sum(place is not None for place in ranks) / len(ranks)
    part = f", {len(ranks)} queries"
    if quick:
        yield figure(f"{name}: success@1{part}", first)
        yield figure(f"{name}: MRR@10{part}", reciprocal)
    else:
        yield at_least(f"{name}: success@1{part}", success, first)
        yield at_least(f"{name}: MRR@10{part}", mrr, reciprocal)
    yield figure(f"{name}: success@10{part}", ten)


def rank(searcher: Searcher, identities: Mapping[int, str], query: Judged) -> int | None:
    """The place of the first relevant text among the first ten, counted from 1."""
    hits = searcher.search(Query(query.text)).hits[:DEPTH]
    places = (place for place, hit in enumerate(hits, 1) if identities[hit.id] in query.relevant)
    return next(places, None)


def indexed(texts: Iterable[Article], folder: Path) -> tuple[Searcher, dict[int, str]]:
    """A searcher over these articles, and the identity of each by its number in the store."""
    path, index = folder / "articles.db", folder / "whoosh"
    with open_store(path) as store:
        with store.transaction():
            for article in texts:
                store.put(article)
        build(store, index, bare_document, {})
        identities = {stored.id: stored.article.identity for stored in store.all_articles()}
    return open_searcher(index, path), identities


def bare_document(stored: Stored) -> Document:
    """The document without wards, topics and the rest, which no query here asks about."""
    return Document(stored.id, stored.article, (), (), (), (), "tin-tuc", (), ())


def articles(folder: Path) -> Iterator[Article]:
    """The texts of a set; the few that have no title get none."""
    for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        yield Article(
            url=f"https://example.vn/{entry['_id']}",
            portal="set",
            identity=entry["_id"],
            title=entry.get("title", "").replace("_", " "),
            published=None,
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


def judged(folder: Path) -> Iterator[Judged]:
    """The queries of a set that have a relevant text."""
    relevant: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, text, score = line.split("\t")
        if int(score):
            relevant.setdefault(query, set()).add(text)
    for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["_id"] in relevant:
            yield Judged(entry["text"], frozenset(relevant[entry["_id"]]))


if __name__ == "__main__":
    run(measure, __doc__)
