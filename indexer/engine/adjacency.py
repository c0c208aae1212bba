"""Adjacency: in which documents terms stand side by side.

Every place of the documents in question gets a flag of its own, so that a place behind another is
looked up, not searched: documents and places ascend, so memory is gone through from front to back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Term

from indexer.engine.generation import Array, Generation
from indexer.engine.occurrences import Occurrences

PIECE = 1 << 21
"""Places that are gone through at once, a byte each; their occurrences stay in the cache."""


class Adjacency:
    """Of one generation."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self._flags = np.zeros(0, np.bool_)  # all False between calls

    def among(self, terms: Sequence[Term], slop: int, rows: Array) -> Array:
        """Those of the documents, which hold all terms, where each term stands at most `slop`
        places behind the one before. Raises TooSlow."""
        if len(terms) < 2 or not len(rows):
            return rows
        room = self._room(terms, rows) + np.int64(slop)
        matched = np.zeros(len(rows), np.bool_)
        for number, part in self.generation.parts(rows):
            found = [
                self.generation.occurrences(number, term.fieldname, term.text, rows[part])
                for term in terms
            ]
            for piece in _pieces(room[part]):
                self.generation.in_time()
                here = [each.part(piece) for each in found]
                matched[part][piece][self._following(here, slop, room[part][piece])] = True
        return rows[matched]

    def _room(self, terms: Sequence[Term], rows: Array) -> NDArray[np.uint32]:
        """How many places the documents have."""
        names = {term.fieldname for term in terms}
        return reduce(np.maximum, [self.generation.lengths(name).take(rows) for name in names])

    def _following(
        self, terms: Sequence[Occurrences], slop: int, room: NDArray[np.int64]
    ) -> NDArray[np.intp]:
        """The documents where the terms follow each other, some of them more than once."""
        ends = room.cumsum()
        starts = ends - room + slop  # with so many places left free before each
        if len(self._flags) < ends[-1]:
            self._flags = np.zeros(max(int(ends[-1]), PIECE), np.bool_)
        reached = terms[0].from_places(starts)
        for term in terms[1:]:
            self._flags[reached] = True
            here = term.from_places(starts)
            behind = [self._flags.take(here - step) for step in range(1, slop + 1)]
            self._flags[reached] = False
            following = reduce(np.logical_or, behind).nonzero()[0]
            reached = here.take(following)
        return terms[-1].owners().take(following)


def _pieces(room: NDArray[np.int64]) -> Iterator[slice]:
    """Documents that have about PIECE places together, or one that has more alone."""
    ends = room.cumsum()
    cuts = np.searchsorted(ends, np.arange(PIECE, ends[-1], PIECE)).tolist()
    return (slice(*cut) for cut in pairwise([0, *cuts, len(room)]) if cut[0] < cut[1])
