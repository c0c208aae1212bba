"""pyvi's model: what it says of a token, of its neighbours, and of entries of its list of words.

The only module that knows where pyvi keeps this and in which order it sums.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.crf import MAGIC, Model, Pair, read_model

MODEL = "models/pyvi3.pkl", "6cdd73aee04b6a4ad7320ca85d27d931a7ef870cfdd41beb148e86bdb8aca134"
WORD_LIST = "models/words.txt", "517743d27e71d43343e4b8e9e89015cdc68d84ebe1d48106449e501d918ece4a"
"""What is read of pyvi 0.1.1, and its SHA-256."""

LABELS = ("B_W", "I_W")
"""The beginning and the inside of a word."""

NOTHING = 0.0, 0.0


class Leads(NamedTuple):
    """How far a token puts the beginning of a word before its inside: for itself, for the next
    token and for the last one."""

    own: float
    at_next: float
    at_last: float


class PyviModel:
    """Weights of attributes, and the entries of the list of words."""

    def __init__(self, model: Model, entries: Iterable[str]) -> None:
        if model.labels != LABELS:
            raise ValueError(f"a model of {model.labels}, not of words")
        self.weights = model.weights
        self.transitions = model.transitions
        syllables = [tuple(entry.split(" ")) for entry in entries if entry == entry.lower()]
        self.entries = Entries([each for each in syllables if 2 <= len(each) <= 3])

    def leads(self, token: str) -> Leads:
        """Summed with no regard to rounding."""
        lead, name = self.lead, _named(token)
        title, upper, digits = token.istitle(), token.isupper(), token.isdigit()
        return Leads(
            lead("bias")
            + lead(f"word.lower():{name}")
            + lead("word.istitle()") * title
            + lead("word.isupper()") * upper
            + lead("word.isdigit()") * digits,
            *(
                lead(f"{place}:word.lower():{name}")
                + lead(f"{place}:word.istitle()") * title
                + lead(f"{place}:word.isupper()") * upper
                for place in ("-1", "+1")
            ),
        )

    def lead(self, attribute: str) -> float:
        """How far it puts the beginning of a word before its inside."""
        first, second = self.weights.get(attribute, NOTHING)
        return first - second

    def scores(self, line: Sequence[str]) -> list[Pair]:
        """By token and label: the weights of what holds, summed as pyvi sums, to the last bit."""
        pairs, triples = self.entries.found(np.array([*map(self.entries.number, line)], np.int64))
        starts = set(np.flatnonzero(pairs).tolist()), set(triples.tolist())
        return [self._sum(_attributes(line, place, *starts)) for place in range(len(line))]

    def _sum(self, attributes: Iterable[str]) -> Pair:
        first, second = NOTHING
        for attribute in attributes:  # sum() is more exact than pyvi, from Python 3.12
            pair = self.weights.get(attribute, NOTHING)
            first, second = first + pair[0], second + pair[1]
        return first, second


def _attributes(
    line: Sequence[str], place: int, pairs: Collection[int], triples: Collection[int]
) -> Iterator[str]:
    """What holds of a token, in pyvi's order; `pairs` and `triples` begin at these places."""
    yield from _own(line[place])
    if place:
        yield from _beside("-1", line[place - 1])
    if place - 1 in pairs:
        yield "-1:word.bi_gram()"
    if place - 2 in triples:
        yield "-2:word.tri_gram()"
    if place + 1 < len(line):
        yield from _beside("+1", line[place + 1])
    if place in pairs:
        yield "+1:word.bi_gram()"
    if place in triples:
        yield "+2:word.tri_gram()"


def _own(token: str) -> Iterator[str]:
    yield "bias"
    yield f"word.lower():{_named(token)}"
    if token.isupper():
        yield "word.isupper()"
    if token.istitle():
        yield "word.istitle()"
    if token.isdigit():
        yield "word.isdigit()"


def _beside(place: str, token: str) -> Iterator[str]:
    yield f"{place}:word.lower():{_named(token)}"
    if token.istitle():
        yield f"{place}:word.istitle()"
    if token.isupper():
        yield f"{place}:word.isupper()"


def _named(token: str) -> str:
    """In lower case, up to where CRFsuite's names end."""
    return token.lower().partition("\0")[0]


class Entries:
    """The pairs and triples of a list of words; `numbers` are those of its syllables, from 1."""

    def __init__(self, entries: Sequence[tuple[str, ...]]) -> None:
        distinct = dict.fromkeys(syllable for entry in entries for syllable in entry)
        self.numbers = {syllable: number for number, syllable in enumerate(distinct, 1)}
        self.base = len(self.numbers) + 1
        codes = [[self.numbers[syllable] for syllable in entry] for entry in entries]
        triples = np.array([code for code in codes if len(code) == 3])
        self.triples = set(map(tuple, triples.tolist()))
        self.bits = np.zeros(self.base**2 // 4 + 1, np.uint8)
        self._set(np.array([code for code in codes if len(code) == 2]), PAIR)
        self._set(triples[:, :2], TRIPLE)

    def _set(self, pairs: NDArray[np.int64], bit: int) -> None:
        """Two bits for each pair of syllables that there might be: one set for those given."""
        code = pairs[:, 0] * self.base + pairs[:, 1]
        np.bitwise_or.at(self.bits, code >> 2, (bit << 2 * (code & 3)).astype(np.uint8))

    def number(self, token: str) -> int:
        """That of the token's syllable; 0 if it is of no entry."""
        return self.numbers.get(token.lower(), 0)

    def found(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Whether each syllable and the next are a pair, by number; and where triples begin."""
        code = numbers[:-1] * self.base + numbers[1:]
        bits = self.bits.take(code >> 2) >> (2 * (code & 3)).astype(np.uint8)
        places = np.flatnonzero(bits & TRIPLE).tolist()
        triples = [p for p in places if tuple(numbers[p : p + 3].tolist()) in self.triples]
        return (bits & PAIR).astype(np.bool_), np.array(triples, np.int64)


PAIR, TRIPLE = 1, 2
"""Two syllables are an entry; they begin one of three."""


@cache
def pyvi_model() -> PyviModel:
    """The model of the installed pyvi. Raises ValueError if that is another than 0.1.1."""
    pickled = _read(*MODEL)
    # a string of one character for each byte, after its length in bytes of UTF-8
    start = pickled.index(MAGIC)
    (length,) = struct.unpack_from("<I", pickled, start - 4)
    blob = pickled[start : start + length].decode().encode("latin-1")
    return PyviModel(read_model(blob), _read(*WORD_LIST).decode().split("\n"))


def _read(path: str, digest: str) -> bytes:
    content = Path(str(distribution("pyvi").locate_file(f"pyvi/{path}"))).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"pyvi's {path} is not that of pyvi 0.1.1")
    return content
