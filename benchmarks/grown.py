"""A corpus of any size, grown from real articles: each further copy has a tenth of its words drawn
anew from all words of the corpus, and wards, topics and months of its own.

What the words of the articles are is kept in a folder for temporary files until the next run.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from corpus import FIRST_DAY, WARDS, news
from numpy.typing import NDArray

from indexer import normalize, segment, token_table
from indexer.topics import TOPICS

REDRAWN = 0.1
"""The share of a copy's words that are drawn anew."""
MONTHS = 60
MOST_TOPICS = 3
SEED = 6

CACHE = Path(tempfile.gettempdir()) / "tinphuong-benchmarks"


class Text(NamedTuple):
    """A document: its words, and the values that facets count."""

    words: list[str]
    ward: str
    month: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of documents, one after another: numbers of `vocabulary`, and where each ends."""

    vocabulary: tuple[str, ...]
    numbers: NDArray[np.uint32]
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ends)

    def copy(self, number: int) -> Words:
        """A copy with a share of the words drawn anew; copy 0 is as it was."""
        if not number:
            return self
        draw = np.random.default_rng([SEED, number])
        numbers = self.numbers.copy()
        places = np.flatnonzero(draw.random(len(numbers), np.float32) < REDRAWN)
        numbers[places] = self.numbers[draw.integers(len(numbers), size=len(places))]
        return Words(self.vocabulary, numbers, self.ends)

    def lists(self) -> Iterator[list[str]]:
        """The words of each document."""
        names = np.array(self.vocabulary, np.object_)
        for start, end in pairwise([0, *self.ends.tolist()]):
            yield names[self.numbers[start:end]].tolist()


class WordsBuilder:
    """Collects the words of documents."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self.numbers = array("I")
        self.ends = array("q")

    def add(self, words: Iterable[str]) -> None:
        """The next document."""
        known = self.known
        self.numbers.extend([known.setdefault(word, len(known)) for word in words])
        self.ends.append(len(self.numbers))

    def words(self) -> Words:
        numbers, ends = np.array(self.numbers, np.uint32), np.array(self.ends, np.int64)
        return Words(tuple(self.known), numbers, ends)


def kept(name: str, make: Callable[[], Words]) -> Words:
    """What `make` gives; from the last run, where the code that finds words is the same.

    It is written beside and renamed, so that a run that is broken off leaves nothing half.
    """
    path = CACHE / f"{name}-{_version()}.npz"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        made, fresh = make(), path.with_suffix(".new.npz")
        vocabulary = np.frombuffer(json.dumps(made.vocabulary).encode(), np.uint8)
        np.savez(fresh, vocabulary=vocabulary, numbers=made.numbers, ends=made.ends)
        fresh.rename(path)
    with np.load(path) as held:
        vocabulary = json.loads(bytes(held["vocabulary"]))
        return Words(tuple(vocabulary), held["numbers"], held["ends"])


def _version() -> str:
    modules = normalize, segment, token_table
    sources = b"".join(Path(str(module.__file__)).read_bytes() for module in modules)
    return hashlib.sha256(sources).hexdigest()[:8]


def real_words(data: Path, count: int) -> Words:
    """The words of so many real articles, each its title and text."""

    def segmented() -> Words:
        builder = WordsBuilder()
        for article in news(data, count):
            builder.add(segment.words(f"{article.title}\n{article.text}"))
        return builder.words()

    return kept(f"words-{count}", segmented)


def texts(words: Words, copies: int) -> Iterator[Text]:
    """The documents of so many copies, copy after copy."""
    for number in range(copies):
        draw = np.random.default_rng([SEED, number, len(words)])
        rows = zip(
            words.copy(number).lists(),
            _wards(draw, len(words)),
            _months(draw, len(words)),
            _topics(draw, len(words)),
            strict=True,
        )
        yield from map(Text._make, rows)


def _wards(draw: np.random.Generator, count: int) -> list[str]:
    """By Zipf's law with an exponent of 1."""
    shares = 1 / np.arange(1, WARDS + 1)
    drawn = draw.choice(WARDS, count, p=shares / shares.sum())
    return [f"ward-{number}" for number in drawn.tolist()]


def _months(draw: np.random.Generator, count: int) -> list[str]:
    drawn = draw.integers(MONTHS, size=count).tolist()
    return [f"{FIRST_DAY.year + number // 12}-{number % 12 + 1:02}" for number in drawn]


def _topics(draw: np.random.Generator, count: int) -> list[tuple[str, ...]]:
    """One to three each, all as likely."""
    names = tuple(TOPICS)
    order = draw.random((count, len(names)), np.float32).argsort(axis=1).tolist()
    many = draw.integers(1, MOST_TOPICS, size=count, endpoint=True).tolist()
    return [tuple(names[topic] for topic in row[:k]) for row, k in zip(order, many, strict=True)]
