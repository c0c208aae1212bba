"""How fast a search is, by how common its words are, beside plain Whoosh over the same texts.

    python benchmarks/search.py [--quick] [--json]

Needs TINPHUONG_DATA: the articles of news-50k there. Ours is the whole search as a reader gets it:
the query read, matched and ranked by syllables, words and pairs, five facets, snippets of a page.
Plain Whoosh matches and ranks one field and counts two facets. Both take turns on every query.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import geometric_mean, median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from corpus import Annotate, indexed, news
from table import Row, at_most, data_folder, figure, run
from whoosh import query as q
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import ID, TEXT, Schema
from whoosh.index import create_in
from whoosh.sorting import Count, FieldFacet

from crawler.article import Article
from crawler.store import Stored
from indexer.normalize import fold, syllables
from indexer.query import PAGE_SIZE, Query
from indexer.search import Searcher, open_searcher

ARTICLES, QUICK_ARTICLES = 3_000, 300
ROUNDS, QUICK_ROUNDS = 15, 5
EACH = 6
"""Queries of each kind."""

VERY_COMMON, COMMON, RARER, PHRASES = 0.6, 0.13, 0.016, 0.02
"""Shares of the articles that hold such a word, or such two words in a row."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One query, as our Query and as Whoosh's, with the filter that Whoosh is given apart."""

    kind: str
    ours: Query
    plain: q.Query
    within: q.Query | None = None


def measure(quick: bool) -> Iterator[Row]:
    """Build both indexes, then time every query on both."""
    articles = list(news(data_folder(), QUICK_ARTICLES if quick else ARTICLES))
    with TemporaryDirectory() as made:
        folder = Path(made)
        started = time.perf_counter()
        ours = indexed(articles, folder)
        yield figure("articles", str(len(articles)))
        yield figure("indexing, articles/s", len(articles) / (time.perf_counter() - started))
        yield figure("index, kB an article", kilobytes(ours) / len(articles))
        opened = [timed(lambda: open_searcher(ours.index, ours.store)) for _round in range(3)]
        yield figure("opening, best of 3, ms", min(opened))
        with plain_index(articles, folder / "plain").searcher() as plain:
            yield from compared(ours, plain, questions(articles), QUICK_ROUNDS if quick else ROUNDS)


def kilobytes(searcher: Searcher) -> float:
    folder = searcher.index / searcher.manifest.generation
    return sum(path.stat().st_size for path in folder.iterdir()) / 1000


def timed(call: Callable[[], object]) -> float:
    """How long a call takes, in milliseconds."""
    started = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - started)


def compared(ours: Searcher, plain: Any, questions: Sequence[Asked], rounds: int) -> Iterator[Row]:
    """Per kind of query: our times, and their geometric mean as a ratio to plain Whoosh's."""
    first: dict[str, list[float]] = {}
    times: dict[str, list[float]] = {}
    ratios: dict[str, list[float]] = {}
    for asked in questions:
        first.setdefault(asked.kind, []).append(timed(lambda a=asked: ours.search(a.ours)))
        mine, theirs = [], []
        for _round in range(rounds):
            mine.append(timed(lambda a=asked: ours.search(a.ours)))
            theirs.append(timed(lambda a=asked: found_plainly(plain, a)))
        times.setdefault(asked.kind, []).extend(mine)
        ratios.setdefault(asked.kind, []).append(median(theirs) / median(mine))
    for kind, samples in times.items():
        yield figure(f"{kind}, median, ms", median(samples))
        yield figure(f"{kind}, 95 %, ms", quantiles(samples, n=20)[-1])
        yield figure(f"{kind}, first time, ms", median(first[kind]))
        yield figure(f"{kind}, times as fast as plain Whoosh", geometric_mean(ratios[kind]))
    differing = [a for a in questions if ours.search(a.ours).total != found_plainly(plain, a)]
    yield at_most("queries whose total differs from plain Whoosh's", 0, len(differing))


def found_plainly(searcher: Any, asked: Asked) -> int:
    """Search as the manual of Whoosh shows it; gives the total."""
    facets = {name: FieldFacet(name, maptype=Count) for name in ("ward", "month")}
    results = searcher.search(asked.plain, limit=PAGE_SIZE, groupedby=facets, filter=asked.within)
    return len(results)


def plain_index(articles: Sequence[Article], folder: Path) -> Any:
    """An index of one text field and two facets, written by Whoosh as it comes."""
    folder.mkdir()
    schema = Schema(
        text=TEXT(analyzer=SpaceSeparatedTokenizer()),
        ward=ID(sortable=True),
        month=ID(sortable=True),
    )
    index, annotate = create_in(folder, schema), Annotate()
    writer = index.writer(compound=False, limitmb=256)
    for article in articles:
        document = annotate(Stored(0, article, article.fetched_at, article.fetched_at, 1))
        writer.add_document(
            text=" ".join(keys_of(article)),
            ward=document.wards[0],
            month=f"{article.published.day:%Y-%m}" if article.published else "",
        )
    writer.commit()
    return index


def keys_of(article: Article) -> list[str]:
    """Syllables of title and text, kept apart so that no phrase reaches across."""
    title, text = syllables(article.title), syllables(article.text)
    return [*(token.key for token in title), "\x1f", *(token.key for token in text)]


def questions(articles: Sequence[Article]) -> list[Asked]:
    """EACH queries of each kind, made of the accented words nearest to the share of the kind."""
    words: Counter[str] = Counter()
    phrases: Counter[str] = Counter()
    for article in articles:
        keys = keys_of(article)
        words.update(set(keys))
        phrases.update({f"{one} {two}" for one, two in pairwise(keys)})
    size = len(articles)
    very_common, common, rarer = (near(words, s * size) for s in (VERY_COMMON, COMMON, RARER))
    ward = Annotate().units[0].slug
    return [
        *(single("a word in 60 % of the articles", word) for word in very_common),
        *(single("a word in 13 %", word) for word in common),
        *(single("a word in 1.6 %", word) for word in rarer),
        *(both("two words, both in 13 %", pair) for pair in pairwise([*common, common[0]])),
        *(phrase("a phrase in 2 %", words) for words in near(phrases, PHRASES * size)),
        *(filtered("a word in 60 %, one ward ticked", word, ward) for word in very_common),
    ]


def near(counts: Counter[str], wanted: float) -> list[str]:
    """The EACH words, or phrases, in nearly so many articles; all with an accent."""
    usable = [word for word in counts if word.replace(" ", "").isalpha() and fold(word) != word]
    return sorted(usable, key=lambda word: (abs(counts[word] - wanted), word))[:EACH]


def term(word: str) -> q.Query:
    return q.Term("text", word)


def single(kind: str, word: str) -> Asked:
    return Asked(kind, Query(word, literal=True), term(word))


def both(kind: str, pair: Sequence[str]) -> Asked:
    return Asked(kind, Query(" ".join(pair), literal=True), q.And([term(word) for word in pair]))


def phrase(kind: str, words: str) -> Asked:
    return Asked(kind, Query(f'"{words}"', literal=True), q.Phrase("text", words.split()))


def filtered(kind: str, word: str, ward: str) -> Asked:
    return Asked(kind, Query(word, wards=(ward,), literal=True), term(word), q.Term("ward", ward))


if __name__ == "__main__":
    run(measure, __doc__)
