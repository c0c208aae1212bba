"""Occurrences: where in its documents a term stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RARER = 32
"""Where documents are so many times fewer than a term's postings, each is looked up on its own."""

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Occurrences:
    """In some documents: of the n-th, positions[starts[n] : starts[n] + counts[n]]."""

    starts: NDArray[np.int64]
    counts: NDArray[np.int64]
    positions: Array

    def part(self, documents: slice) -> Occurrences:
        """In some of the documents."""
        return Occurrences(self.starts[documents], self.counts[documents], self.positions)

    def each(self) -> tuple[NDArray[np.intp], Array]:
        """The document of every occurrence, by its number among these, and its position."""
        return self.owners(), self._positions()

    def owners(self) -> NDArray[np.intp]:
        """The document of every occurrence, by its number among these."""
        return np.arange(len(self.counts)).repeat(self.counts)

    def from_places(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Every position, counted on from the places where the documents begin."""
        found = places.repeat(self.counts)
        found += self._positions()
        return found

    def _positions(self) -> Array:
        before: NDArray[np.int64] = self.counts.cumsum() - self.counts
        index: NDArray[np.int64] = (self.starts - before).repeat(self.counts)
        index += np.arange(len(index))
        return self.positions.take(index)


@dataclass(frozen=True, slots=True)
class AllOccurrences:
    """Of a term in a segment: those in documents[n] are positions[bounds[n] : bounds[n + 1]]."""

    documents: Array
    bounds: Array
    positions: Array

    @property
    def owned(self) -> int:
        """Bytes of it that are not mapped."""
        arrays = self.documents, self.bounds
        return sum(each.nbytes for each in arrays if each.base is None)

    def among(self, rows: NDArray[np.intp], flags: NDArray[np.bool_]) -> Occurrences:
        """In these documents, which ascend and all have some; `flags` has a False for each of the
        segment."""
        at = self._places(rows, flags)
        starts = self.bounds.take(at).astype(np.int64)
        ends = self.bounds.take(at + 1).astype(np.int64)
        return Occurrences(starts, ends - starts, self.positions)

    def _places(self, rows: NDArray[np.intp], flags: NDArray[np.bool_]) -> NDArray[np.intp]:
        if len(rows) * RARER < len(self.documents):
            return self.documents.searchsorted(rows.astype(self.documents.dtype))
        flags[rows] = True
        found: NDArray[np.intp] = flags.take(self.documents).nonzero()[0]
        flags[rows] = False
        return found
