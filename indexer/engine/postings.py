"""Postings of a term as arrays, read once from Whoosh's segments and kept for the next query.

Whoosh walks postings one by one in Python; with them as arrays the rest of a query is NumPy. This
module and columns.py are what a codec of our own will replace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import IndexReader, TermNotFound

from indexer.results import TooSlow

TERMS_KEPT = 4096
"""Terms whose postings stay in memory, each 8 bytes a posting."""

POSITIONS_KEPT = 256
"""Terms whose positions stay in memory, each some 50 bytes a posting."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Documents that hold a term, ascending, and how often each does."""

    documents: NDArray[np.int64]
    frequencies: NDArray[np.float32]


NONE = Postings(np.empty(0, np.int64), np.empty(0, np.float32))


class PostingsReader:
    """Reads the postings of one generation. Deleted documents never appear."""

    def __init__(self, reader: IndexReader) -> None:
        self.reader = reader
        self.document_count: int = reader.doc_count_all()
        self.live = self._live()
        self.deadline = inf
        self.of: Callable[[str, str], Postings] = lru_cache(TERMS_KEPT)(self._postings)
        self.positions: Callable[[str, str], dict[int, list[int]]] = lru_cache(POSITIONS_KEPT)(
            self._positions
        )
        self.lengths: Callable[[str], NDArray[np.float32]] = lru_cache(None)(self._lengths)
        self.average_length: Callable[[str], float] = lru_cache(None)(self._average_length)

    def _live(self) -> NDArray[np.bool_]:
        """One flag a document: whether it is not deleted."""
        live = np.ones(self.document_count, np.bool_)
        if not self.document_count:  # Whoosh's reader of nothing has no such set
            return live
        for leaf, first in self.reader.leaf_readers():
            live[[first + number for number in leaf.deleted_docs_set or ()]] = False
        return live

    def in_time(self) -> None:
        """Raises TooSlow once the clock has passed `deadline` (seconds of time.monotonic)."""
        if monotonic() > self.deadline:
            raise TooSlow("the query takes too long; use fewer or rarer words")

    def _postings(self, field: str, term: str) -> Postings:
        self.in_time()
        documents: list[int] = []
        frequencies: list[float] = []
        for leaf, first in self.reader.leaf_readers():
            try:
                matcher = leaf.postings(field, term)
            except TermNotFound:
                continue
            while matcher.is_active():
                documents.append(first + matcher.id())
                frequencies.append(matcher.weight())
                matcher.next()
        if not documents:
            return NONE
        return Postings(np.array(documents, np.int64), np.array(frequencies, np.float32))

    def _positions(self, field: str, term: str) -> dict[int, list[int]]:
        """Document → ascending places of the term in it."""
        self.in_time()
        found: dict[int, list[int]] = {}
        for leaf, first in self.reader.leaf_readers():
            try:
                matcher = leaf.postings(field, term)
            except TermNotFound:
                continue
            while matcher.is_active():
                found[first + matcher.id()] = matcher.value_as("positions")
                matcher.next()
        return found

    def _lengths(self, field: str) -> NDArray[np.float32]:
        """Of every document, how many terms the field has in it (to the precision Whoosh keeps)."""
        lengths = np.zeros(self.document_count, np.float32)
        for leaf, first in self.reader.leaf_readers():
            for number in range(leaf.doc_count_all()):
                lengths[first + number] = leaf.doc_field_length(number, field)
        return lengths

    def _average_length(self, field: str) -> float:
        lengths = self.lengths(field)[self.live]
        return max(float(lengths.mean()), 1.0) if len(lengths) else 1.0

    def terms(self, field: str) -> Iterator[str]:
        """Every term of the field, in order."""
        for term in self.reader.lexicon(field):
            yield term.decode()

    def frequency(self, field: str, term: str) -> int:
        """In how many documents the term stands; deleted ones that are still there count too."""
        return int(self.reader.doc_frequency(field, term))
