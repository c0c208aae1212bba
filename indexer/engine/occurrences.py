"""Occurrences: where in its documents a term stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.arrays import narrowest
from indexer.engine.field_writer import FREQUENT

RARER = 32
"""So many times fewer than a term's documents are few."""

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


def are_few(rows: Array, documents: Array) -> bool:
    """Whether so few of a term's documents are in question that each is looked up on its own."""
    return len(rows) * RARER < len(documents)


def occurrences_at(
    at: NDArray[np.intp],
    frequencies: NDArray[np.uint8],
    large: NDArray[np.intp],
    large_frequencies: NDArray[np.uint32],
    positions: Array,
) -> Occurrences:
    """Those of a term in few of its documents, the places of which are `at`: how many lie before
    each is added up, and not kept."""
    between = np.add.reduceat(frequencies, at, dtype=np.int64)
    starts = between.cumsum() - between + frequencies[: at[0]].sum(dtype=np.int64)
    more = np.append(0, (large_frequencies.astype(np.int64) - FREQUENT).cumsum())
    before, behind = (more.take(large.searchsorted(at, side)) for side in ("left", "right"))
    counts = frequencies.take(at).astype(np.int64) + behind - before
    return Occurrences(starts + before, counts, positions)


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
        if are_few(rows, self.documents):
            return self.documents.searchsorted(rows.astype(self.documents.dtype))
        flags[rows] = True
        found: NDArray[np.intp] = flags.take(self.documents).nonzero()[0]
        flags[rows] = False
        return found


def all_occurrences(
    documents: Array, frequencies: NDArray[np.uint32], positions: Array
) -> AllOccurrences:
    """Those of a term that stands so often in these documents."""
    bounds = np.zeros(len(documents) + 1, narrowest(len(positions)))
    frequencies.cumsum(out=bounds[1:])
    return AllOccurrences(documents, bounds, positions)
