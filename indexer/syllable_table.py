"""Syllable table: the syllables of a text by number, where they stand and what is between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from crawler.article import Article
from indexer.engine.numbering import Numbering, Numbers
from indexer.normalize import (
    aligned,
    key,
    normalize,
    written_and_lengths,
    written_and_lengths_in,
    written_in,
)

MOST = 30_000
"""Syllables that are numbered; of more, looking them up gets slower, and the next text begins anew.
"""


@dataclass(frozen=True, eq=False)
class SyllableTable:
    """The syllables of `text` by their numbers; `lengths` says by turns how many characters lie
    before one and in it."""

    text: str
    numbering: Numbering
    numbers: Numbers
    lengths: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.numbers)

    @cached_property
    def keys(self) -> Sequence[str]:
        """The key of each syllable."""
        return list(map(self.numbering.keys.__getitem__, self.numbers.tolist()))

    @cached_property
    def bounds(self) -> Sequence[int]:
        """Syllable i is text[bounds[2 * i] : bounds[2 * i + 1]]."""
        bounds: list[int] = self.lengths.cumsum().tolist()
        return bounds

    def among(self, keys: frozenset[str]) -> NDArray[np.intp]:
        """Which syllables have one of these keys."""
        return np.flatnonzero(self.numbering.are_among(self.numbers, keys))

    def capitals(self) -> list[int]:
        """The numbers of those that begin with no small letter."""
        starts = enumerate(self.bounds[::2])
        return [number for number, start in starts if not self.text[start].islower()]

    def is_lower(self, number: int) -> bool:
        """Whether the syllable begins with a small letter."""
        return self.text[self.bounds[2 * number]].islower()

    def gap(self, number: int) -> str:
        """What stands between this syllable and the next, without spaces; a line's end at last.

        >>> table = syllable_table("Phường (mới)")
        >>> table.gap(0), table.gap(1)
        ('(', '\\n')
        """
        if number + 1 >= len(self.numbers):
            return "\n"
        between = self.text[self.bounds[2 * number + 1] : self.bounds[2 * number + 2]]
        return "\n" if "\n" in between else between.strip()


def syllable_table(text: str) -> SyllableTable:
    """The syllables of a text, where they stand in it as given."""
    return _table(text, *written_and_lengths(text))


@dataclass(frozen=True, slots=True, eq=False)
class ArticleTable:
    """The syllables of title and text, one below the other, where they stand in both as normalised;
    `in_title` says how many are the title's, and `lengths` where they stand in both as given."""

    table: SyllableTable
    in_title: int
    lengths: NDArray[np.int64]


def article_table(article: Article) -> ArticleTable:
    """The last one is remembered, for an article is understood and then indexed."""
    return _article_table(article.title, article.text)


@lru_cache(1)
def _article_table(title: str, text: str) -> ArticleTable:
    whole = f"{title}\n{text}"
    normal, places = aligned(whole)
    table = _table(normal, *written_and_lengths_in(normal))
    lengths = written_and_lengths(whole)[1] if places else table.lengths
    return ArticleTable(table, len(written_in(normalize(title))), lengths)


def _table(text: str, written: Sequence[str], lengths: NDArray[np.int64]) -> SyllableTable:
    numbering = _latest()
    return SyllableTable(text, numbering, numbering.numbers(written), lengths)


_numberings = [Numbering(key)]


def _latest() -> Numbering:
    """The numbering of the next text."""
    if len(_numberings[0]) > MOST:
        _numberings[0] = Numbering(key)
    return _numberings[0]
