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
from indexer.engine.weights import Scores, Weights

FEW = 1 / 8
"""Share of the documents below which only those that hold a term are gone through."""

MOST = 1 / 2
"""Share from which on a term alone is better read as its row."""

Scored = tuple[Array | None, Scores]
"""Documents and the score of each; None where all documents have one, 0 where nothing matches."""


class Accumulator:
    """Of one generation, by one formula; boosts are above 0."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.documents = weights.generation.document_count
        self._sums = np.zeros(self.documents, np.float32)  # all 0 between calls
        self._last = np.empty(self.documents, np.int32)

    def one(self, term: Term) -> Scored:
        """The documents of a term."""
        documents = self.weights.postings(term).documents
        row = self.weights.row(term) if len(documents) > MOST * self.documents else None
        return (documents, self.weights.of(term)) if row is None else (None, row)

    def all_of(self, terms: Sequence[Term]) -> Scored:
        """Documents that hold all terms, from the rarest term on."""
        counted = [(len(self.weights.postings(term).documents), term) for term in terms]
        first, *others = [term for _, term in sorted(counted, key=lambda each: each[0])]
        rows: Array = self.weights.postings(first).documents.astype(np.intp)
        scores = self.weights.of(first)
        for term in others:
            added = self.weights.among(term, rows)
            kept = (added > 0).nonzero()[0]
            rows, scores = rows.take(kept), scores.take(kept)
            scores += added.take(kept)
        return rows, scores

    def any_of(self, terms: Sequence[Term]) -> Scored:
        """Documents that hold one of the terms."""
        holding = [self.weights.postings(term).documents for term in terms]
        if sum(map(len, holding)) > FEW * self.documents:
            return None, self.everywhere(terms)
        weights = [self.weights.of(term) for term in terms]
        rows = np.concatenate([np.empty(0, np.intp), *holding])
        np.add.at(self._sums, rows, np.concatenate(weights))
        scores = self._sums.take(rows)
        self._sums[rows] = 0
        once = self._once(rows)
        return rows.take(once), scores.take(once)

    def everywhere(self, terms: Sequence[Term]) -> Scores:
        """The sum for every document."""
        sums = np.zeros(self.documents, np.float32)
        for term in terms:
            row = self.weights.row(term)
            if row is not None:
                sums += row
            else:
                documents = self.weights.postings(term).documents.astype(np.intp)
                np.add.at(sums, documents, self.weights.of(term))
        return sums

    def _once(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """A place of each different row."""
        every = np.arange(len(rows), dtype=np.int32)
        self._last[rows] = every
        return np.nonzero(self._last.take(rows) == every)[0]
