"""Weights: what each term adds to the score of each document that holds it.

float32 finds the best documents; float64, from exact frequencies, says their scores.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Term

from indexer.engine.cache import Cache
from indexer.engine.formula import Formula, lengths_of
from indexer.engine.generation import SMALL, Array, Generation, Postings, places
from indexer.engine.occurrences import RARER

COMMON = 1 / 16
"""Share of the documents from which on a term's weights are kept as a row, one each document."""

WEIGHTS_KEPT = 256 << 20
"""Bytes of weights that are kept."""

Scores = NDArray[np.float32]
Exact = NDArray[np.float64]


class Weights:
    """Of the terms of one generation, by one formula."""

    def __init__(self, generation: Generation, formula: Formula) -> None:
        self.generation = generation
        self.formula = formula
        self.common = COMMON * generation.document_count
        self.kept = Cache(WEIGHTS_KEPT)
        self.table: Callable[[str], Exact] = cache(self._table)
        self.short_table: Callable[[str], Scores] = cache(self._short_table)
        self._row = np.zeros(generation.document_count, np.float32)

    def postings(self, term: Term) -> Postings:
        """The postings of a term. Raises TooSlow."""
        return self.generation.postings(term.fieldname, term.text)

    def of(self, term: Term) -> Scores:
        """The weight of each posting of a term."""
        key = term.fieldname, term.text, term.boost
        weights: Scores | None = self.kept.get(key)
        if weights is None:
            weights = self._of(term, self.postings(term))
            self.kept.put(key, weights, SMALL + weights.nbytes)
        return weights

    def row(self, term: Term) -> Scores | None:
        """The weight of a common term in every document, 0 where it is not; None of others."""
        postings = self.postings(term)
        if len(postings.documents) < self.common:
            return None
        key = term.fieldname, term.text, term.boost, "row"
        row: Scores | None = self.kept.get(key)
        if row is None:
            row = np.zeros(self.generation.document_count, np.float32)
            row[postings.documents.astype(np.intp)] = self._of(term, postings)
            self.kept.put(key, row, SMALL + row.nbytes)
        return row

    def among(self, term: Term, rows: Array) -> Scores:
        """The weight of a term in each of these documents, 0 where it is not."""
        row = self.row(term)
        if row is not None:
            return row.take(rows)
        postings = self.postings(term)
        if len(rows) * RARER < len(postings.documents):
            at, held = places(postings, rows)
            return self.of(term).take(at) * held
        weights, documents = self.of(term), postings.documents.astype(np.intp)
        self._row[documents] = weights
        found = self._row.take(rows)
        self._row[documents] = 0
        return found

    def exact(self, term: Term, rows: Array) -> Exact:
        """The same from exact frequencies; for few documents."""
        postings = self.postings(term)
        if not len(postings.documents):
            return np.zeros(len(rows))
        at, held = places(postings, rows)
        gains = self.table(term.fieldname).take(postings.codes.take(at))
        if len(postings.large):
            self._correct(gains, at, term, postings)
        gains *= held
        gains *= self._weight(term, postings)
        return gains

    def _correct(self, gains: Exact, at: NDArray[np.intp], term: Term, postings: Postings) -> None:
        """Put in the gains of postings whose frequency no code holds."""
        number = np.searchsorted(postings.large, at)
        number = np.minimum(number, len(postings.large) - 1)
        large = np.flatnonzero(postings.large[number] == at)
        gains[large] = self._large(term, postings)[number[large]]

    def _of(self, term: Term, postings: Postings) -> Scores:
        weight = self._weight(term, postings)
        weights = self.short_table(term.fieldname).take(postings.codes)
        weights *= np.float32(weight)
        if len(postings.large):
            weights[postings.large] = self._large(term, postings) * weight
        return weights

    def _large(self, term: Term, postings: Postings) -> Exact:
        """The gains of postings whose frequency no code holds."""
        average = self.generation.average_length(term.fieldname)
        lengths = lengths_of(postings.codes[postings.large])
        frequencies = postings.large_frequencies.astype(np.float64)
        return self.formula.gain(term.fieldname, average, frequencies, lengths)

    def _weight(self, term: Term, postings: Postings) -> float:
        idf = self.formula.idf(self.generation.document_count, postings.frequency)
        return float(term.boost) * idf

    def _table(self, field: str) -> Exact:
        return self.formula.table(field, self.generation.average_length(field))

    def _short_table(self, field: str) -> Scores:
        return self.table(field).astype(np.float32)
