"""The queries that engines are compared by: words chosen by how many of 50,000 articles hold them.

    python benchmarks/queries.py        chooses them anew and writes queries.tsv

Needs TINPHUONG_DATA: the articles of news-50k there.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from grown import Words, real_words
from numpy.typing import NDArray
from table import data_folder

ARTICLES = 50_000
EACH = 5
"""Queries of each kind."""
POOL = 40
"""Words from which several are taken together."""

FILE = Path(__file__).with_name("queries.tsv")

How = Literal["all", "any", "phrase"]


class Kind(NamedTuple):
    """A kind of query: what its words are together, how many they are, in about how many articles
    each is (in a phrase, up to twice or half as many), and in how many the query is to be found."""

    how: How
    words: int
    each: int
    found: int


KINDS = {
    "one very common word": Kind("all", 1, 43_804, 43_804),
    "one common word": Kind("all", 1, 6_496, 6_496),
    "one rarer word": Kind("all", 1, 791, 791),
    "two words, all": Kind("all", 2, 6_496, 1_020),
    "three words, all": Kind("all", 3, 6_496, 170),
    "three words, any": Kind("any", 3, 3_400, 9_304),
    "four very common words, any": Kind("any", 4, 30_000, 47_626),
    "phrase": Kind("phrase", 2, 1_000, 281),
    "phrase of common words": Kind("phrase", 2, 6_496, 404),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One query."""

    kind: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind} ({' '.join(self.words)})"

    @property
    def how(self) -> How:
        return KINDS[self.kind].how


def queries() -> list[Asked]:
    """The queries of queries.tsv."""
    with FILE.open(encoding="utf-8") as lines:
        return [
            Asked(kind, tuple(words.split(" "))) for kind, words in csv.reader(lines, "excel-tab")
        ]


class Holders:
    """Which articles hold which word."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.articles = np.repeat(np.arange(len(words)), np.diff(words.ends, prepend=0))
        held = np.unique(words.numbers.astype(np.int64) << 32 | self.articles)
        self.counts = np.bincount(held >> 32, minlength=len(words.vocabulary))
        self.plain = np.array([word.replace("_", "").isalpha() for word in words.vocabulary])

    def near(self, wanted: int, count: int) -> list[int]:
        """The words that are in nearly so many articles."""
        distance = np.where(self.plain, np.abs(self.counts - wanted), len(self.words))
        return np.argsort(distance, kind="stable")[:count].tolist()

    def of(self, word: int) -> NDArray[np.bool_]:
        """Which articles hold the word."""
        held = np.zeros(len(self.words), np.bool_)
        held[self.articles[self.words.numbers == word]] = True
        return held

    def neighbours(self, about: int) -> dict[tuple[int, int], int]:
        """Two words in a row, each in about so many articles → articles that hold them so."""
        near = (about / 2 <= self.counts) & (self.counts <= about * 2)
        numbers, usable = self.words.numbers, self.plain & near
        first = np.flatnonzero(
            usable[numbers[:-1]] & usable[numbers[1:]] & (self.articles[1:] == self.articles[:-1])
        )
        pairs = numbers[first].astype(np.uint64) << np.uint64(32) | numbers[first + 1]
        order = np.lexsort((self.articles[first], pairs))
        pairs, owners = pairs[order], self.articles[first][order]
        new = np.ones(len(pairs), np.bool_)
        new[1:] = (pairs[1:] != pairs[:-1]) | (owners[1:] != owners[:-1])
        found, counts = np.unique(pairs[new], return_counts=True)
        keys = zip((found >> np.uint64(32)).tolist(), (found & 0xFFFF_FFFF).tolist(), strict=True)
        return dict(zip(keys, counts.tolist(), strict=True))


def chosen(words: Words) -> Iterator[Asked]:
    """EACH queries of each kind, those found in most nearly as many articles as is wanted."""
    holders = Holders(words)
    for name, kind in KINDS.items():
        for numbers in _nearest(_candidates(holders, kind), kind.found):
            yield Asked(name, tuple(words.vocabulary[number] for number in numbers))


def _candidates(holders: Holders, kind: Kind) -> Iterable[tuple[tuple[int, ...], int]]:
    """Words together, and in how many articles they are found so."""
    if kind.how == "phrase":
        return holders.neighbours(kind.each).items()
    pool = holders.near(kind.each, EACH if kind.words == 1 else POOL)
    masks = {word: holders.of(word) for word in pool}
    join: Any = np.logical_and.reduce if kind.how == "all" else np.logical_or.reduce
    return (
        (words, int(join([masks[word] for word in words]).sum()))
        for words in combinations(pool, kind.words)
    )


def _nearest(
    candidates: Iterable[tuple[tuple[int, ...], int]], wanted: int
) -> Iterator[Sequence[int]]:
    """The best EACH of them, a word in no two."""
    ordered = sorted(candidates, key=lambda each: (abs(each[1] - wanted), each[0]))
    used: set[int] = set()

    def unused() -> Iterator[Sequence[int]]:
        for words, _ in ordered:
            if not used.intersection(words):
                used.update(words)
                yield words

    return islice(unused(), EACH)


def main() -> None:
    found = list(chosen(real_words(data_folder(), ARTICLES)))
    with FILE.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, "excel-tab", lineterminator="\n")
        writer.writerows([asked.kind, " ".join(asked.words)] for asked in found)


if __name__ == "__main__":
    main()
