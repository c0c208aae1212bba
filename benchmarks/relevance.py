"""How often the right text stands first: judged queries through the real store, index and search.

    python benchmarks/relevance.py [--quick] [--json]

Needs TINPHUONG_DATA: the sets of ir/ there, and for judged.tsv, our own queries, the pages of a
Hanoi portal. Each set is stored and indexed in a throw-away folder and asked; those of ir/ once
more with queries stripped of their accents. success@k: a relevant hit is among the first k; MRR@10:
the mean of 1/rank of the first relevant hit among ten. One set of weights serves all sets, chosen
on odd-numbered queries of ir/; reported are the even ones and all. "Gain": over syllables and words
alone, and "lost": without accents, each with the 95 % interval of a paired bootstrap.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from labels import labelled_articles
from numpy.typing import NDArray
from table import Row, at_least, at_most, data_folder, figure, run
from whoosh.query import Or, Term

from crawler.article import Article
from crawler.store import Stored, open_store
from indexer.build import build
from indexer.document import Annotator, Document
from indexer.normalize import fold
from indexer.plan import plan
from indexer.query import Query, parse
from indexer.schema import TEXT_, TEXT_FOLDED, WORDS
from indexer.search import Searcher, open_searcher
from indexer.wards import load_gazetteer

DEPTH = 10
QUICK_QUERIES = 150
"""Queries of each set under --quick, spread evenly over the set."""

SAMPLES = 10_000
"""Of the bootstrap."""

LOST_WITHOUT_ACCENTS = 0.01
OUR_SUCCESS, OUR_MRR = 0.95, 0.97
"""What is asked of our own queries together."""

JUDGED = Path(__file__).with_name("judged.tsv")
MADE = datetime(2026, 1, 1, tzinfo=UTC)

Ranks = NDArray[np.float64]
"""Of each query the place of the first relevant hit, counted from 1; infinite past the tenth."""


@dataclass(frozen=True, slots=True)
class Floor:
    """What is asked of a set, over all its queries with accents."""

    success: float
    mrr: float
    ten: float = 0.0


FLOORS = {
    "xquad_vi": Floor(0.942, 0.963),
    "vlsp2023_lter": Floor(0.825, 0.87, 0.955),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A query, the identities of the texts that answer it, and what it tries."""

    text: str
    relevant: frozenset[str]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """A searcher over the texts of a set, and the identity of each by its number in the store."""

    searcher: Searcher
    identities: dict[int, str]


def measure(quick: bool) -> Iterator[Row]:
    """Every set of ir/, then our own."""
    for name, floor in FLOORS.items():
        yield from measure_set(name, floor, quick)
    if not quick:
        yield from measure_ours(data_folder())


def measure_set(name: str, floor: Floor, quick: bool) -> Iterator[Row]:
    """A part of the queries is held to nothing: it is too few to tell."""
    folder = data_folder() / "ir" / name
    queries = list(judged(folder))
    if quick:
        queries = queries[:: max(1, len(queries) // QUICK_QUERIES)]
    bare = [replace(query, text=fold(query.text)) for query in queries]
    with TemporaryDirectory() as made:
        world = indexed(articles(folder), Path(made), bare_document)
        accented, stripped, plain = (
            np.array([place(world, query) for query in asked])
            for place, asked in ((rank, queries), (rank, bare), (plain_rank, queries))
        )
    label = f"{name}, {len(queries)} queries"
    yield from held_rows(label, accented, Floor(0, 0) if quick else floor)
    yield from reported_rows(f"{name}, even queries", accented[1::2])
    yield from reported_rows(f"{name} without accents", stripped)
    lost = share_first(accented) - share_first(stripped)
    yield at_most(f"{name}: success@1 lost", 1.0 if quick else LOST_WITHOUT_ACCENTS, lost)
    yield figure(f"{name}: success@1 lost, interval", interval(first(accented) - first(stripped)))
    gain = first(accented) - first(plain)
    yield figure(f"{name}: success@1, gain", interval(gain))
    yield figure(f"{name}, even queries: success@1, gain", interval(gain[1::2]))


def measure_ours(data: Path) -> Iterator[Row]:
    """Our own queries by kind, on samples and Hanoi pages apart."""
    texts = dict(labelled_articles(data))
    ranks: dict[str, list[float]] = defaultdict(list)
    annotate = Annotator(load_gazetteer(), {}).annotate
    for origin in ("sample:", "hanoi:"):
        of_origin = (
            replace(text, identity=id, portal="set", url=f"https://example.vn/{id}")
            for id, text in texts.items()
            if id.startswith(origin)
        )
        with TemporaryDirectory() as made:
            world = indexed(of_origin, Path(made), annotate)
            for query in our_queries(origin):
                ranks[query.kind].append(rank(world, query))
    everything = np.array([each for kind in ranks.values() for each in kind])
    yield from held_rows(
        f"judged.tsv, {len(everything)} queries", everything, Floor(OUR_SUCCESS, OUR_MRR)
    )
    for kind, found in ranks.items():
        yield from reported_rows(f"judged.tsv, {kind}, {len(found)} queries", np.array(found))


def held_rows(name: str, ranks: Ranks, floor: Floor) -> Iterator[Row]:
    """The figures of a run that is held to something; to nothing where a floor is 0."""
    for what, asked, reached in (
        ("success@1", floor.success, share_first(ranks)),
        ("success@10", floor.ten, float(np.isfinite(ranks).mean())),
        ("MRR@10", floor.mrr, float((1 / ranks).mean())),
    ):
        label = f"{name}: {what}"
        yield at_least(label, asked, reached) if asked else figure(label, reached)


def reported_rows(name: str, ranks: Ranks) -> Iterator[Row]:
    """The figures of a run that is only reported."""
    yield figure(f"{name}: success@1", share_first(ranks))
    yield figure(f"{name}: success@10", float(np.isfinite(ranks).mean()))
    yield figure(f"{name}: MRR@10", float((1 / ranks).mean()))


def first(ranks: Ranks) -> Ranks:
    """1 where a relevant text stands first, else 0."""
    return np.where(ranks == 1, 1.0, 0.0)


def share_first(ranks: Ranks) -> float:
    """success@1."""
    return float(first(ranks).mean())


def interval(differences: Ranks) -> str:
    """The mean, and between what 95 % of the means of resampled queries lie."""
    choose = np.random.default_rng(0)
    size = len(differences)
    means = [differences[choose.integers(0, size, size)].mean() for _ in range(SAMPLES)]
    low, high = np.percentile(means, (2.5, 97.5))
    return f"{differences.mean():.3f} ({low:.3f} to {high:.3f})"


def rank(world: World, query: Judged) -> float:
    """The place of the first relevant text in what the search finds."""
    hits = world.searcher.search(Query(query.text)).hits[:DEPTH]
    return place([hit.id for hit in hits], world, query)


def plain_rank(world: World, query: Judged) -> float:
    """The same where all texts are ranked by their syllables and words alone."""
    searcher = world.searcher
    leaves = plan(parse(query.text), False, searcher.spellings, searcher.filters).ranking.leaves()
    terms = {(leaf.fieldname, leaf.text) for leaf in leaves}
    fields = (TEXT_, TEXT_FOLDED, WORDS)
    plain = Or([Term(*each) for each in sorted(terms) if each[0] in fields])
    everything = np.arange(searcher.generation.document_count)
    best, _ = searcher.evaluator.best(plain, everything, DEPTH)
    return place(searcher.generation.numbers[best], world, query)


def place(numbers: Iterable[int], world: World, query: Judged) -> float:
    found = (world.identities[number] in query.relevant for number in numbers)
    return next((at for at, right in enumerate(found, 1) if right), np.inf)


def our_queries(origin: str) -> Iterator[Judged]:
    """The lines of judged.tsv whose articles come from there."""
    with JUDGED.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if line[0] != "#")
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["ids"].startswith(origin):
                yield Judged(row["query"], frozenset(row["ids"].split()), row["kind"])


def indexed(
    texts: Iterable[Article], folder: Path, annotate: Callable[[Stored], Document]
) -> World:
    """These articles, ready to be searched."""
    path, index = folder / "articles.db", folder / "whoosh"
    with open_store(path) as store:
        with store.transaction():
            for article in texts:
                store.put(article)
        build(store, index, annotate, {})
        identities = {stored.id: stored.article.identity for stored in store.all_articles()}
    return World(open_searcher(index, path), identities)


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
