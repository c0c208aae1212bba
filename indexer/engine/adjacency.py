"""Adjacency: in which documents terms stand side by side.

Every place of the documents in question gets a flag of its own, so that a place behind another is
looked up, not searched. Documents are gone through in pieces whose flags stay in the processor's
cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Term

from indexer.engine.generation import Array, Generation

PIECE = 1 << 20
"""Places that are gone through at once; more only where one document has more."""


class Adjacency:
    """Of one generation."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation

    def among(self, terms: Sequence[Term], slop: int, rows: Array) -> Array:
        """Those of the documents, which hold all terms, where each term stands at most `slop`
        places behind the one before. Raises TooSlow."""
        if len(terms) < 2 or not len(rows):
            return rows
        names = {term.fieldname for term in terms}
        room = reduce(np.maximum, [self.generation.lengths(name).take(rows) for name in names])
        ends = np.cumsum(room + np.uint32(slop), dtype=np.int64)
        cuts = [0, *np.searchsorted(ends, np.arange(PIECE, ends[-1], PIECE)).tolist(), len(rows)]
        pieces = [slice(first, last) for first, last in pairwise(cuts) if first < last]
        places = ends - room  # of the first term of each document, `slop` left free before it
        return np.concatenate(
            [self._piece(terms, slop, rows[p], places[p], int(ends[p][-1])) for p in pieces]
        )

    def _piece(
        self, terms: Sequence[Term], slop: int, rows: Array, places: NDArray[np.int64], end: int
    ) -> Array:
        """among() for some of the documents; the places of each begin at `places`, up to `end`."""
        self.generation.in_time()
        free = int(places[0]) - slop
        places = places - free
        flags = np.zeros(end - free, np.bool_)
        reached = self._places(terms[0], rows, places)
        for term in terms[1:]:
            flags[reached] = True
            here = self._places(term, rows, places)
            behind = reduce(np.logical_or, [flags.take(here - step) for step in range(1, slop + 1)])
            flags[reached] = False
            reached = here[behind]
        matched = np.zeros(len(rows), np.bool_)
        matched[np.searchsorted(places, reached, "right") - 1] = True
        return rows[matched]

    def _places(self, term: Term, rows: Array, places: NDArray[np.int64]) -> NDArray[np.int64]:
        owners, positions = self.generation.positions(term.fieldname, term.text, rows)
        found = places.take(owners)
        found += positions
        return found
