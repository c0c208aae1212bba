"""Accumulator: what plain terms add up to, document by document.

Sums over all documents where many hold a term: common terms have a row of weights each, and adding
rows is what a processor does fastest. Where few do, only those are touched.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Term

from indexer.engine.generation import Array
from indexer.engine.weights import Scores, Weighted, Weights

FEW = 1 / 8
"""Share of the documents below which only those that hold a term are gone through."""

MOST = 1 / 2
"""Share from which on a term alone is better read as its row."""

Scored = tuple[Array | None, Scores]
"""Documents and the score of each; None where all documents have one, 0 where nothing matches."""


class Accumulator:
    """Of one generation, by one formula. Scores of all documents hold until the next call."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.documents = weights.generation.document_count
        self._sums = np.zeros(self.documents, np.float32)
        self._zeros = np.zeros(self.documents, np.float32)  # all 0 between calls
        self._last = np.empty(self.documents, np.int32)

    def one(self, term: Term) -> Scored:
        """The documents of a term."""
        found = self.weights.of(term)
        if found.count > MOST * self.documents:
            return None, found.row
        return found.documents, found.weights

    def all_of(self, terms: Sequence[Term]) -> Scored:
        """Documents that hold all terms, from the rarest term on."""
        first, *others = sorted(map(self.weights.of, terms), key=_count)
        rows = first.documents.astype(np.intp)
        scores = first.weights
        for term in others:
            added = term.among(rows, self._zeros)
            kept = np.nonzero(added > 0)[0]
            rows, scores = rows.take(kept), scores.take(kept)
            scores += added.take(kept)
        return rows, scores

    def any_of(self, terms: Sequence[Term]) -> Scored:
        """Documents that hold one of the terms."""
        found = [self.weights.of(term) for term in terms]
        if sum(map(_count, found)) > FEW * self.documents:
            return None, self._everywhere(found)
        rows = np.concatenate([each.documents for each in found]).astype(np.intp)
        np.add.at(self._zeros, rows, np.concatenate([each.weights for each in found]))
        scores = self._zeros.take(rows)
        self._zeros[rows] = 0
        once = self._once(rows)
        return rows.take(once), scores.take(once)

    def everywhere(self, terms: Sequence[Term]) -> Scores:
        """The sum for every document."""
        return self._everywhere([self.weights.of(term) for term in terms])

    def _everywhere(self, found: Sequence[Weighted]) -> Scores:
        rows = [each.row for each in found if each.common]
        sums = self._sums
        if len(rows) < 2:
            sums[:] = rows[0] if rows else 0
        else:
            np.add(rows[0], rows[1], out=sums)
        for row in rows[2:]:
            sums += row
        for each in found:
            if not each.common:
                np.add.at(sums, each.documents.astype(np.intp), each.weights)
        return sums

    def _once(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """A place of each different row."""
        every = np.arange(len(rows), dtype=np.int32)
        self._last[rows] = every
        return np.nonzero(self._last.take(rows) == every)[0]


def _count(term: Weighted) -> int:
    return term.count
