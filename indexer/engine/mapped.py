"""A segment as it lies on the disk, mapped: its terms, their postings, and its columns."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.arrays import Arrays
from indexer.engine.dictionary import Dictionary
from indexer.engine.document_blocks import blocks_of, numbered
from indexer.engine.facets import FacetColumn

Array = NDArray[Any]


class MappedSegment:
    """One segment, read-only. Terms have numbers within a field, in their order."""

    def __init__(self, stem: Path) -> None:
        self.arrays = Arrays(stem)
        self.documents = int(self.arrays.facts["documents"])
        self.blocks = blocks_of(self.documents)
        self.dictionary = cache(self._dictionary)
        self.facet = cache(self._facet)

    def _dictionary(self, field: str) -> Dictionary | PairDictionary:
        if field in self.arrays.places.get("pair_keys", {}):
            keys = self.arrays.get("pair_keys", field)
            return PairDictionary(keys, self.terms(self.pairs_of[field]))
        return self.terms(field)

    def terms(self, field: str) -> Dictionary:
        """The terms of a field that has its own."""
        return Dictionary(self.arrays.get("terms", field), self.arrays.get("term_ends", field))

    @cached_property
    def pairs_of(self) -> dict[str, str]:
        """Fields of neighbours → the field whose neighbours they are."""
        return dict(self.arrays.facts["pairs_of"])

    def with_prefix(self, field: str, prefix: str) -> range:
        """The numbers of a field's terms that begin so."""
        return self.terms(field).with_prefix(prefix.encode())

    def postings(self, field: str, number: int) -> tuple[Array, NDArray[np.uint8]]:
        """Documents that hold a term, ascending, and how often it stands in each, up to 255."""
        start, end = self._span("posting_ends", field, number)
        documents = self.documents_between(field, number, number + 1)
        return documents, self.arrays.get("frequencies", field)[start:end]

    def document_counts(self, field: str) -> NDArray[np.int64]:
        """In how many documents each term of a field stands."""
        ends = self.arrays.get("posting_ends", field).astype(np.int64)
        return np.diff(ends, prepend=0)

    def documents_between(self, field: str, first: int, last: int) -> Array:
        """Documents of the terms from `first` up to `last` (not included), term after term."""
        ends = self.arrays.get("posting_ends", field)
        start, end = (int(ends[number - 1]) if number else 0 for number in (first, last))
        lower: NDArray[np.uint16] = self.arrays.get("documents", field)[start:end]
        if self.blocks == 1:
            return lower
        start, end = start + first * self.blocks, end + last * self.blocks
        flags = np.unpackbits(self.arrays.get("flags", field)[start >> 3 : (end + 7) >> 3])
        inside = flags[start & 7 :][: end - start].view(np.bool_)
        return numbered(lower, inside, self.blocks)

    def frequencies(self, field: str, number: int) -> NDArray[np.uint32]:
        """How often the term stands in each of its documents."""
        start, end = self._span("posting_ends", field, number)
        found = self.arrays.get("frequencies", field)[start:end].astype(np.uint32)
        large, frequencies = self.large(field, number)
        found[large] = frequencies
        return found

    def large(self, field: str, number: int) -> tuple[NDArray[np.intp], NDArray[np.uint32]]:
        """Which postings of a term have a frequency that no byte holds, and that frequency."""
        start, end = self._span("posting_ends", field, number)
        large = self.arrays.get("large", field)
        first, last = np.searchsorted(large, np.array([start, end], large.dtype))
        frequencies = self.arrays.get("large_frequencies", field)[first:last]
        return large[first:last].astype(np.intp) - start, frequencies

    def positions(self, field: str, number: int) -> Array:
        """Places of the term in its documents, document after document, ascending in each."""
        start, end = self._span("position_ends", field, number)
        return self.arrays.get("positions", field)[start:end]

    def lengths(self, field: str) -> Array:
        """How many keys the field has in each document."""
        return self.arrays.get("lengths", field)

    def length_bytes(self, field: str) -> NDArray[np.uint8]:
        """The same rounded (see field_writer.py)."""
        return self.arrays.get("length_bytes", field)

    def stored(self, row: int) -> bytes:
        """What was stored of a document."""
        start, end = self._span("stored_ends", "", row)
        return self.arrays.get("stored", "")[start:end].tobytes()

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The store's number of each document."""
        return self.arrays.get("numbers", "")

    def sorts(self, name: str) -> NDArray[np.int64]:
        """A number of each document."""
        return self.arrays.get("sorts", name)

    def _facet(self, name: str) -> FacetColumn:
        values = tuple(self.arrays.facts["facets"][name])
        return FacetColumn(
            values,
            self.arrays.get("sets", name),
            self.arrays.get("set_ends", name),
            self.arrays.get("set_values", name),
        )

    def _span(self, role: str, name: str, number: int) -> tuple[int, int]:
        ends = self.arrays.get(role, name)
        return int(ends[number - 1]) if number else 0, int(ends[number])


class PairDictionary:
    """The neighbours in a field: keys (first << 32) | second, ascending, of numbers there."""

    def __init__(self, keys: NDArray[np.uint64], terms: Dictionary) -> None:
        self.keys = keys
        self.terms = terms

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, number: int) -> bytes:
        key = int(self.keys[number])
        return self.terms[key >> 32] + b" " + self.terms[key & 0xFFFF_FFFF]

    def find(self, term: bytes) -> int:
        """The number of "first second"; -1 where they stand nowhere side by side."""
        one, _, other = term.partition(b" ")
        first, second = self.terms.find(one), self.terms.find(other)
        if first < 0 or second < 0:
            return -1
        key = np.uint64(first << 32 | second)
        number = int(np.searchsorted(self.keys, key))
        return number if number < len(self) and self.keys[number] == key else -1
