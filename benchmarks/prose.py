"""Articles of any number, as they are read: each further copy of a real text has a tenth of its
syllables drawn anew from all syllables of all texts; what stands between them stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from corpus import news
from grown import Words, WordsBuilder, kept

from crawler.article import Article
from indexer.normalize import syllables


def articles(data: Path, count: int, copies: int) -> Iterator[Article]:
    """So many real articles and copies of them, copy after copy. Titles are as they were."""
    real = list(news(data, count))
    spelled = kept(f"spelled-{count}", lambda: spelled_in(real))
    between = kept(f"between-{count}", lambda: between_in(real))
    for number in range(copies):
        found = zip(spelled.copy(number).lists(), between.lists(), real, strict=True)
        for syllables_, gaps, article in found:
            yield _article(article, number, joined(gaps, syllables_))


def spelled_in(real: Sequence[Article]) -> Words:
    """Syllables as they are spelled."""
    builder = WordsBuilder()
    for article in real:
        builder.add([article.text[each.start : each.end] for each in syllables(article.text)])
    return builder.words()


def between_in(real: Sequence[Article]) -> Words:
    """What stands before each syllable, and behind the last."""
    builder = WordsBuilder()
    for article in real:
        spans = [(each.start, each.end) for each in syllables(article.text)]
        starts, ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), None]
        builder.add([article.text[start:end] for start, end in zip(starts, ends, strict=True)])
    return builder.words()


def joined(gaps: Sequence[str], syllables_: Sequence[str]) -> str:
    parts = [""] * (len(gaps) + len(syllables_))
    parts[::2], parts[1::2] = gaps, syllables_
    return "".join(parts)


def _article(article: Article, copy: int, text: str) -> Article:
    return replace(
        article,
        url=f"{article.url}-{copy}",
        identity=f"{article.identity}-{copy}",
        body=tuple(text.split("\n")),
    )
