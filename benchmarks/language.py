"""How well and how fast texts are understood: words, syllables, wards, topics, whole articles.

    python benchmarks/language.py [--quick] [--json]

Needs TINPHUONG_DATA: the segmentation gold and the news articles there.
"""

from __future__ import annotations

import json
import lzma
import resource
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from labels import measure as labelled
from pyvi.ViTokenizer import tokenize
from table import Row, at_least, at_most, data_folder, figure, run

from crawler.article import Article
from crawler.store import Stored
from indexer.document import Annotator
from indexer.normalize import normalize, syllables
from indexer.segment import segment, spans, words
from indexer.units import read_units
from indexer.wards import Gazetteer, load_gazetteer

ARTICLES, QUICK_ARTICLES = 2_000, 200
LEARNED = 20_000
"""Articles after which what is remembered of texts has reached its bounds."""
LOADS = 5


def measure(quick: bool) -> Iterator[Row]:
    """Word F1 beside plain pyvi, then speeds on articles of news-50k.

    The first half of them only makes known what is common, as the first of any run do.
    """
    data = data_folder()
    sentences = list(gold_sentences(data / "segmentation" / "vi_vtb-ud-test.conllu"))
    plain = word_f1(sentences, lambda text: tokenize(text).split())
    yield figure("word F1 on vi_vtb-ud-test, pyvi", plain)
    yield at_least("word F1 on vi_vtb-ud-test, words()", plain, word_f1(sentences, words))
    articles = list(islice(news(data / "news-50k.jsonl.xz"), ARTICLES))
    yield from segmenting([article.text for article in articles], quick)
    yield at_most("texts that differ from pyvi's", 0, sum(map(differs, compared(data, quick))))
    yield figure("gazetteer read, best of 5, s", min(load_seconds() for _ in range(LOADS)))
    yield from understanding(articles)
    if not quick:
        yield memory(news(data / "news-50k.jsonl.xz"))
    yield from labelled(quick)


def segmenting(texts: Sequence[str], quick: bool) -> Iterator[Row]:
    """Syllables and words of the second half of the texts, beside pyvi's."""
    half = len(texts) // 2
    lines = [normalize(text).split("\n") for text in texts]
    seconds(words, texts[:half])
    seconds(segment, lines[:half])
    measured = slice(half, half + QUICK_ARTICLES if quick else None)
    count = sum(len(syllables(text)) for text in texts[measured])
    yield figure("syllables(), syllables/s", count / seconds(syllables, texts[measured]))
    yield figure("spans(), syllables/s", count / seconds(spans, texts[measured]))
    ours = seconds(words, texts[measured])
    yield figure("words(), syllables/s", count / ours)
    pyvi = seconds(tokenize, texts[measured])
    yield at_least("words(), times as fast as pyvi", 10, pyvi / ours)
    ours = seconds(segment, lines[measured])
    yield at_least("segment(), times as fast as pyvi", 10, pyvi / ours)


def understanding(articles: Sequence[Article]) -> Iterator[Row]:
    """Annotate and segment the second half of the articles."""
    understand = understanding_one()
    half = len(articles) // 2
    seconds(understand, articles[:half])
    each = [seconds(understand, [article]) for article in articles[half:]]
    yield at_least("annotate() and words(), articles/s, median article", 1_000, 1 / median(each))
    yield figure("annotate() and words(), articles/s, all", len(each) / sum(each))


def understanding_one() -> Callable[[Article], object]:
    """What building an index asks of one article."""
    annotate = Annotator(load_gazetteer(), {}).annotate
    return lambda article: (
        annotate(Stored(0, article, MADE, MADE, 1)),
        words(f"{article.title}\n{article.text}"),
    )


def memory(articles: Iterator[Article]) -> Row:
    """What as many articles again add to the memory that understanding LEARNED of them took."""
    understand = understanding_one()
    seconds(understand, islice(articles, LEARNED))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds(understand, islice(articles, LEARNED))
    added = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return at_most(f"memory that {LEARNED:,} more articles take, MB", 20, added / 1024)


def compared(data: Path, quick: bool) -> Iterator[str]:
    """The texts of news-50k as pyvi takes them; no text there stops it."""
    articles = islice(news(data / "news-50k.jsonl.xz"), QUICK_ARTICLES if quick else None)
    return (unicodedata.normalize("NFC", f"{each.title}\n{each.text}") for each in articles)


def differs(text: str) -> bool:
    return bool(segment([text]).split() != tokenize(text).split())


def seconds(function: Callable[[Any], object], arguments: Iterable[Any]) -> float:
    """Processor time that the function takes over all arguments."""
    taken = 0
    for argument in arguments:
        started = time.process_time_ns()
        function(argument)
        taken += time.process_time_ns() - started
    return taken / 1e9


def load_seconds() -> float:
    started = time.perf_counter()
    Gazetteer(*read_units())
    return time.perf_counter() - started


def gold_sentences(path: Path) -> Iterator[list[str]]:
    """The words of each sentence of a CoNLL-U file."""
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        fields = (line.split("\t") for line in block.split("\n") if not line.startswith("#"))
        yield [field[1] for field in fields if field[0].isdigit()]


def word_f1(sentences: Sequence[list[str]], segment: Callable[[str], list[str]]) -> float:
    """F1 over the words of all sentences, punctuation left out: a word is right in both ends."""
    right = expected = found = 0
    for sentence in sentences:
        gold, ours = borders(sentence), borders(segment(" ".join(sentence)))
        right += len(gold & ours)
        expected += len(gold)
        found += len(ours)
    return 2 * right / (expected + found)


def borders(tokens: Sequence[str]) -> set[tuple[int, int]]:
    """Where each word begins and ends, counted in letters and digits alone."""
    position = 0
    found = set()
    for token in tokens:
        length = sum(map(str.isalnum, token))
        if length:
            found.add((position, position + length))
        position += length
    return found


MADE = datetime(2025, 7, 1, tzinfo=UTC)


def news(path: Path) -> Iterator[Article]:
    """The articles of news-50k as a portal's."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Article(
                url=f"http://127.0.0.1/{row['id']}",
                portal="news",
                identity=str(row["id"]),
                title=row["title"],
                published=None,
                updated=None,
                lead="",
                body=tuple(row["text"].split("\n")),
                captions=(),
                byline="",
                section="",
                attachments=(),
                layout="general",
                fetched_at=MADE,
            )


if __name__ == "__main__":
    run(measure, __doc__)
