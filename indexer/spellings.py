"""Spellings: the keys in an index that an unaccented key may stand for.

Looked up letter by letter in the sorted dictionaries, so that it costs the same however many terms
there are, and nothing before the first question.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from indexer.engine.dictionary import Dictionary
from indexer.engine.generation import Generation
from indexer.normalize import fold

KEPT = 4096
"""Unaccented keys whose spellings are kept."""

FEW = 32
"""So many terms are compared one by one."""

MARKS = "\u0300".encode(), "\u0370".encode()
"""Where terms go on with a combining mark, which folds to nothing: from the first to the second."""


class Spellings:
    """Of the terms in some fields of a generation."""

    def __init__(self, generation: Generation, fields: Sequence[str]) -> None:
        self.generation = generation
        self.fields = fields
        self.of: Callable[[str], Sequence[str]] = lru_cache(KEPT)(self._of)

    def _of(self, folded: str) -> Sequence[str]:
        """Terms whose bare form this is, those in most documents first."""
        found = {
            term.decode()
            for field in self.fields
            for dictionary in self.generation.dictionaries(field)
            for term in spelled(dictionary, folded)
        }
        return sorted(found, key=lambda term: (-self._frequency(term), term))

    def _frequency(self, term: str) -> int:
        return sum(self.generation.frequency(field, term) for field in self.fields)


def spelled(dictionary: Dictionary, folded: str) -> Iterator[bytes]:
    """The terms of a dictionary whose bare form this is."""
    return _within(dictionary, folded, 0, b"", 0, len(dictionary))


def _within(
    dictionary: Dictionary, folded: str, done: int, prefix: bytes, first: int, last: int
) -> Iterator[bytes]:
    """Those from `first` up to `last`, which all begin with `prefix`: `done` letters of it."""
    if last - first <= FEW:
        yield from _folding(dictionary, folded, first, last)
        return
    if done == len(folded):
        if dictionary[first] == prefix:
            yield prefix
    else:
        for letter in _letters().get(folded[done], [folded[done].encode()]):
            begun = prefix + letter
            start = bisect_left(dictionary, begun, first, last)
            end = bisect_left(dictionary, begun + b"\xff", start, last)
            yield from _within(dictionary, folded, done + 1, begun, start, end)
    start, end = (bisect_left(dictionary, prefix + mark, first, last) for mark in MARKS)
    yield from _folding(dictionary, folded, start, end)


def _folding(dictionary: Dictionary, folded: str, first: int, last: int) -> Iterator[bytes]:
    """Of the terms from `first` up to `last`, those whose bare form this is."""
    terms = map(dictionary.__getitem__, range(first, last))
    return (term for term in terms if fold(term.decode()) == folded)


@cache
def _letters() -> Mapping[str, Sequence[bytes]]:
    """The small letters that fold to each."""
    letters = defaultdict(list)
    for letter in map(chr, [*range(0x21, 0x250), *range(0x1E00, 0x1F00)]):
        if letter == letter.lower():
            letters[fold(letter)].append(letter.encode())
    return letters
