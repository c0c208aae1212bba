"""Wards, topics and reporting periods beside labels.tsv, whose head says how it was labelled.

    python benchmarks/labels.py [--json]

Asked of the half set aside; the other half, on which rules are tuned, is only reported. Needs
TINPHUONG_DATA: the news, the Hanoi articles and the seeds that are named there.
"""

from __future__ import annotations

import csv
import hashlib
import json
import lzma
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from table import Row, at_least, data_folder, figure, run

from crawler.article import Article, PrintedDate
from crawler.store import Stored
from indexer.document import Annotator, Source
from indexer.reporting import reporting_period
from indexer.wards import load_gazetteer

sys.path.append(str(Path(__file__).parent.parent))  # the samples come with the checkout

from tests.portals.sites import SampleArticle, load_sites
from tests.test_seeds import PRINTED, seed

LABELS = Path(__file__).with_name("labels.tsv")
MADE = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Marks:
    """What is said of one article, by the reader or by the program: slugs and "2022-01/2022-06"."""

    wards: frozenset[str]
    topics: frozenset[str]
    period: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled article: what the reader says of it, and what the program says."""

    id: str
    wanted: Marks
    found: Marks

    @property
    def set_aside(self) -> bool:
        """Whether it is of the half that rules are not tuned on."""
        return hashlib.sha256(self.id.encode()).hexdigest()[-1] > "7"


def measure(quick: bool) -> Iterator[Row]:
    """The figures asked of the half set aside, then those of the half tuned on."""
    judged = list(judge(data_folder()))
    aside = [each for each in judged if each.set_aside]
    for name, asked, reached in figures(aside):
        yield at_least(f"{name}, set aside", asked, reached)
    yield figure("articles set aside", len(aside))
    for name, _, reached in figures([each for each in judged if not each.set_aside]):
        yield figure(f"{name}, tuned on", reached)


def figures(judged: Sequence[Judged]) -> Iterator[tuple[str, float, float]]:
    """(name, asked, reached)."""
    wards = [(each.wanted.wards, each.found.wards) for each in judged]
    yield "ward precision over articles that have one", 0.95, precision(with_some(wards))
    yield "ward recall over articles that have one", 0.92, recall(with_some(wards))
    yield "articles without a ward in which none is found", 0.95, left_empty(wards)
    topics = [(each.wanted.topics, each.found.topics) for each in judged]
    yield "topics, micro-F1", 0.85, micro_f1(topics)
    periods = [(each.wanted.period, each.found.period) for each in judged]
    yield "reporting period over articles that have one", 0.9, recall(with_some(periods))
    yield "articles without a reporting period in which none is found", 0.9, left_empty(periods)


Pairs = Sequence[tuple[frozenset[str], frozenset[str]]]
"""Of each article what is wanted and what was found."""


def with_some(pairs: Pairs) -> Pairs:
    return [(wanted, found) for wanted, found in pairs if wanted]


def left_empty(pairs: Pairs) -> float:
    """The share of the articles that should have none and have none."""
    found = [found for wanted, found in pairs if not wanted]
    return sum(not each for each in found) / len(found)


def precision(pairs: Pairs) -> float:
    return _right(pairs) / sum(len(found) for _, found in pairs)


def recall(pairs: Pairs) -> float:
    return _right(pairs) / sum(len(wanted) for wanted, _ in pairs)


def micro_f1(pairs: Pairs) -> float:
    return 2 * _right(pairs) / sum(len(wanted) + len(found) for wanted, found in pairs)


def _right(pairs: Pairs) -> int:
    return sum(len(wanted & found) for wanted, found in pairs)


def judge(data: Path) -> Iterator[Judged]:
    """Every labelled article beside what the program says of it."""
    sites = load_sites()
    sources = {s.id: Source(s.id, s.name, s.ward, s.province, "full") for s in sites}
    annotator = Annotator(load_gazetteer(), sources)
    articles = dict(labelled_articles(data))
    for id, wanted in labels():
        yield Judged(id, wanted, understood(annotator, articles[id]))


def understood(annotator: Annotator, article: Article) -> Marks:
    """What the program says of an article."""
    document = annotator.annotate(Stored(0, article, MADE, MADE, 1))
    day = article.published.day if article.published else None
    period = reporting_period(article.title, article.text, day)
    months = f"{period.since:%Y-%m}/{period.until:%Y-%m}" if period else ""
    return Marks(
        frozenset(document.wards_then), frozenset(document.topics), frozenset(months.split())
    )


def labels() -> Iterator[tuple[str, Marks]]:
    """The lines of labels.tsv."""
    with LABELS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if line[0] != "#"), delimiter="\t")
        for row in rows:
            marks = (frozenset(row[name].split()) - {"-"} for name in ("wards", "topics", "period"))
            yield row["id"], Marks(*marks)


def labelled_articles(data: Path) -> Iterator[tuple[str, Article]]:
    """Every article that a label may name, by its id."""
    for path in sorted((data.parent / "seeds").glob("*.txt")):
        text = seed(path)
        printed = PRINTED[text.number]
        day = printed.date() if printed else None
        yield f"seed:{text.number}", _article(text.title, text.body, day)
    for row in _rows(data / "portal-gold.jsonl.xz"):
        day = date.fromisoformat(row["date"]) if row["date"] else None
        # Lines of the page's source, broken anywhere: a browser shows them as one.
        body = " ".join(row["body"].split())
        yield f"hanoi:{row['id']}", _article(row["title"], (row["sapo"] or "", body), day)
    for row in _rows(data / "news-50k.jsonl.xz"):
        yield f"news:{row['id']}", _article(row["title"], row["text"].split("\n"), None)
    for site in load_sites():
        for sample in site.articles:
            section = site.sections[sample.section]
            yield f"sample:{site.id}/{sample.id}", _sample(sample, site.id, section)


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _sample(sample: SampleArticle, portal: str, section: str) -> Article:
    body = (sample.lead, *sample.body)
    return _article(sample.title, body, sample.written.date(), portal, section)


def _article(
    title: str, body: Iterable[str], day: date | None, portal: str = "", section: str = ""
) -> Article:
    return Article(
        url="http://127.0.0.1/",
        portal=portal,
        identity="",
        title=title,
        published=PrintedDate(day, None, "line", 1.0) if day else None,
        updated=None,
        lead="",
        body=tuple(body),
        captions=(),
        byline="",
        section=section,
        attachments=(),
        layout="general",
        fetched_at=MADE,
    )


if __name__ == "__main__":
    run(measure, __doc__)
