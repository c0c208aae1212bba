"""A generation: all segments of an index as one, documents numbered from 0 in their order.

Rows of one segment are read where they are mapped; of several, they are put together once a term
and kept. Deleted documents appear in no postings, but count in frequencies and lengths until a
merge drops them, as in stock Whoosh.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from heapq import merge
from itertools import groupby, pairwise
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.cache import Cache
from indexer.engine.codec import ArraySegment
from indexer.engine.facets import FacetColumn, joined
from indexer.engine.mapped import MappedSegment
from indexer.engine.occurrences import (
    AllOccurrences,
    Occurrences,
    all_occurrences,
    are_few,
    occurrences_at,
)
from indexer.results import TooSlow

POSTINGS_KEPT = 128 << 20
"""Bytes of postings and places of positions that are kept; what is mapped counts little."""

SMALL = 512
"""Bytes that anything kept is taken to have beside its arrays."""

Array = NDArray[Any]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Postings:
    """Live documents that hold a term, ascending, and how often it stands in each, up to 255.

    `frequency` counts documents, deleted ones too. `large` are the places in `documents` where it
    stands more often, `large_frequencies` how often.
    """

    documents: Array
    frequencies: NDArray[np.uint8]
    frequency: int
    large: NDArray[np.intp]
    large_frequencies: NDArray[np.uint32]

    def all_frequencies(self) -> NDArray[np.uint32]:
        """How often the term stands in each."""
        found = self.frequencies.astype(np.uint32)
        found[self.large] = self.large_frequencies
        return found

    @property
    def owned(self) -> int:
        """Bytes of it that are not mapped."""
        arrays = self.documents, self.frequencies
        return SMALL + sum(each.nbytes for each in arrays if each.base is None)


class Generation:
    """Reads segments that lie in one folder. For one thread at a time.

    `pairs_of` has the field of pairs for each field that has one.
    """

    def __init__(self, folder: Path, segments: Sequence[ArraySegment]) -> None:
        self.segments = [MappedSegment(folder / each.segment_id()) for each in segments]
        self.starts = np.cumsum([0, *(each.documents for each in self.segments)]).tolist()
        self.document_count: int = self.starts[-1]
        self.live = np.ones(self.document_count, np.bool_)
        for each, start in zip(segments, self.starts[:-1], strict=True):
            self.live[start + each.deleted_rows().astype(np.intp)] = False
        self.whole = bool(self.live.all())
        self.pairs_of = {of: pairs for each in self.segments for pairs, of in each.pairs_of.items()}
        self.deadline = inf
        self.kept = Cache(POSTINGS_KEPT)
        self.facet: Callable[[str], FacetColumn] = cache(self._facet)
        self.sorts: Callable[[str], NDArray[np.int64]] = cache(self._sorts)
        self._flags = np.zeros(self.document_count, np.bool_)  # all False between calls
        self.lengths: Callable[[str], Array] = cache(self._lengths)
        self.length_bytes: Callable[[str], NDArray[np.uint8]] = cache(self._length_bytes)
        self.total_length: Callable[[str], int] = cache(self._total_length)

    def in_time(self) -> None:
        """Raises TooSlow once the clock has passed `deadline` (seconds of time.monotonic)."""
        if monotonic() > self.deadline:
            raise TooSlow("the query takes too long; use fewer or rarer words")

    def postings(self, field: str, term: str) -> Postings:
        """The postings of a term; empty ones where it is nowhere. Raises TooSlow."""
        found: Postings | None = self.kept.get((field, term))
        if found is None:
            self.in_time()
            found = self._live(self._postings(field, term))
            self.kept.put((field, term), found, found.owned)
        return found

    def with_prefix(self, field: str, prefix: str) -> Iterator[Array]:
        """Documents of the terms that begin so, deleted ones too, in no order."""
        for segment, start in zip(self.segments, self.starts, strict=False):
            self.in_time()
            numbers = segment.with_prefix(field, prefix)
            yield segment.documents_between(field, numbers.start, numbers.stop) + np.intp(start)

    def positions(self, field: str, term: str, rows: Array) -> tuple[NDArray[np.intp], Array]:
        """Where a term stands in documents that hold it: for every place the number of its
        document among `rows`, which ascend, and the position, in order of both."""
        owners, positions = [NOTHING], [NOTHING]
        for segment, part in self.parts(rows):
            owner, position = self.occurrences(segment, field, term, rows[part]).each()
            owners.append(owner + part.start)
            positions.append(position)
        return np.concatenate(owners), np.concatenate(positions)

    def parts(self, rows: Array) -> Iterator[tuple[int, slice]]:
        """Which of the rows, which ascend, lie in which segment."""
        bounds = np.searchsorted(rows, self.starts).tolist()
        for number, (first, last) in enumerate(pairwise(bounds)):
            if first < last:
                yield number, slice(first, last)

    def occurrences(self, number: int, field: str, term: str, rows: Array) -> Occurrences:
        """Where a term stands in documents of one segment that hold it. Raises TooSlow."""
        key = number, field, term
        found: AllOccurrences | None = self.kept.get(key)
        rows = rows.astype(np.intp) - self.starts[number]
        if found is None:
            self.in_time()
            segment = self.segments[number]
            held = self._postings_in(number, field, term)
            positions = segment.positions(field, segment.dictionary(field).find(term.encode()))
            if are_few(rows, held.documents):
                at = held.documents.searchsorted(rows.astype(held.documents.dtype))
                counts = held.frequencies, held.large, held.large_frequencies
                return occurrences_at(at, *counts, positions)
            found = all_occurrences(held.documents, held.all_frequencies(), positions)
            self.kept.put(key, found, SMALL + found.owned)
        return found.among(rows, self._flags)

    def _postings_in(self, number: int, field: str, term: str) -> Postings:
        """Those of one segment, deleted documents among them, documents numbered from its first."""
        if self.whole and len(self.segments) == 1:
            return self.postings(field, term)
        segment = self.segments[number]
        return _numbered(segment, 0, field, segment.dictionary(field).find(term.encode()))

    def terms(self, field: str, prefix: str = "") -> Iterator[str]:
        """The terms of a field that begin so, in order of their UTF-8."""
        found = (
            map(segment.dictionary(field).__getitem__, segment.with_prefix(field, prefix))
            for segment in self.segments
        )
        return (term.decode() for term, _ in groupby(merge(*found)))

    def frequency(self, field: str, term: str) -> int:
        """In how many documents the term stands; deleted ones that are still there count too."""
        return sum(
            len(segment.postings(field, number)[0])
            for segment in self.segments
            if (number := segment.dictionary(field).find(term.encode())) >= 0
        )

    def frequencies(self, field: str) -> Iterator[tuple[str, int]]:
        """The terms of a field and in how many documents each stands, segment after segment."""
        for segment in self.segments:
            counts = segment.document_counts(field).tolist()
            terms = segment.terms(field)
            yield from zip(map(bytes.decode, terms), counts, strict=True)

    def average_length(self, field: str) -> float:
        """How many terms the field has in a document; 1 where it has none at all."""
        return self.total_length(field) / max(self.document_count, 1) or 1.0

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """The store's number of each document."""
        return np.concatenate([NOTHING, *(each.numbers for each in self.segments)])

    def stored(self, row: int) -> bytes:
        """What was stored of a document."""
        number = bisect_right(self.starts, row) - 1
        return self.segments[number].stored(row - self.starts[number])

    def _postings(self, field: str, term: str) -> Postings:
        found = [
            _numbered(segment, start, field, number)
            for segment, start in zip(self.segments, self.starts, strict=False)
            if (number := segment.dictionary(field).find(term.encode())) >= 0
        ]
        return found[0] if len(found) == 1 else _together(found)

    def _live(self, found: Postings) -> Postings:
        """The same without deleted documents."""
        if self.whole or (left := self.live.take(found.documents)).all():
            return found
        large = left.take(found.large)
        before = np.cumsum(left) - 1 if len(large) else NOTHING
        return Postings(
            documents=found.documents[left],
            frequencies=found.frequencies[left],
            frequency=found.frequency,
            large=before.take(found.large[large]),
            large_frequencies=found.large_frequencies[large],
        )

    def _facet(self, name: str) -> FacetColumn:
        return joined([segment.facet(name) for segment in self.segments])

    def _sorts(self, name: str) -> NDArray[np.int64]:
        return np.concatenate([NOTHING, *(segment.sorts(name) for segment in self.segments)])

    def _lengths(self, field: str) -> Array:
        found = [segment.lengths(field) for segment in self.segments]
        return found[0] if len(found) == 1 else np.concatenate([EMPTY, *found])

    def _length_bytes(self, field: str) -> NDArray[np.uint8]:
        found = [segment.length_bytes(field) for segment in self.segments]
        return found[0] if len(found) == 1 else np.concatenate([NO_BYTES, *found])

    def _total_length(self, field: str) -> int:
        return sum(int(segment.lengths(field).sum(dtype=np.int64)) for segment in self.segments)


NOTHING = np.empty(0, np.int64)


def places(postings: Postings, rows: Array) -> tuple[NDArray[np.intp], Mask]:
    """For each row where it is among the documents of a term, or would be, and whether it is.

    Some document must hold the term.
    """
    at = postings.documents.searchsorted(rows.astype(postings.documents.dtype))
    return at, postings.documents.take(at, mode="clip") == rows


def _numbered(segment: MappedSegment, start: int, field: str, number: int) -> Postings:
    """The postings of one segment, documents numbered from `start`."""
    documents, frequencies = segment.postings(field, number)
    if start:
        documents = documents.astype(np.uint32) + np.uint32(start)
    return Postings(documents, frequencies, len(documents), *segment.large(field, number))


def _together(found: Sequence[Postings]) -> Postings:
    """The postings of several segments as one."""
    starts = np.cumsum([0, *(each.frequency for each in found)])
    large = [each.large + start for each, start in zip(found, starts, strict=False)]
    return Postings(
        documents=np.concatenate([EMPTY, *(each.documents for each in found)]),
        frequencies=np.concatenate([NO_BYTES, *(each.frequencies for each in found)]),
        frequency=int(starts[-1]),
        large=np.concatenate([NOTHING, *large]),
        large_frequencies=np.concatenate([EMPTY, *(each.large_frequencies for each in found)]),
    )


EMPTY = np.empty(0, np.uint32)
NO_BYTES = np.empty(0, np.uint8)
