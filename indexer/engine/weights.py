"""Weights: what each term adds to the score of each document that holds it.

float32 finds the best documents; float64, from exact frequencies, says their scores.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Term

from indexer.engine.cache import Cache
from indexer.engine.field_writer import LENGTHS
from indexer.engine.formula import Formula, codes_of
from indexer.engine.generation import SMALL, Array, Generation, Postings, places

COMMON = 1 / 12
"""Share of the documents from which on a term's weights are kept as a row, one each document."""

RARER = 64
"""Where rows are so many times fewer than a term's postings, each row is looked up on its own."""

WEIGHTS_KEPT = 320 << 20
"""Bytes of weights that are kept: those of eighty words of any kind among a million documents."""

Scores = NDArray[np.float32]
Exact = NDArray[np.float64]


class Weights:
    """Of the terms of one generation, by one formula."""

    def __init__(self, generation: Generation, formula: Formula) -> None:
        self.generation = generation
        self.formula = formula
        self.kept = Cache(WEIGHTS_KEPT)
        self.tables: Callable[[str], tuple[Exact, Scores]] = cache(self._tables)
        self._scratch = np.zeros(generation.document_count, np.float32)  # all 0 between calls

    def of(self, term: Term) -> Weighted:
        """A term with its weights. Raises TooSlow."""
        key = term.fieldname, term.text, term.boost
        found: Weighted | None = self.kept.get(key)
        if found is None:
            found = self._of(term)
            self.kept.put(key, found, SMALL + found.size)
        return found

    def among(self, term: Term, rows: Array) -> Scores:
        """The weight of a term in each of these documents, 0 where it is not."""
        return self.of(term).among(rows, self._scratch)

    def exact(self, term: Term, rows: Array) -> Exact:
        """The same from exact frequencies; for few documents."""
        return self.of(term).exact(rows)

    def held(self, term: Term, rows: Array) -> Exact:
        """The same of documents that all hold the term."""
        return self.of(term).held(rows)

    def _of(self, term: Term) -> Weighted:
        field, documents = term.fieldname, self.generation.document_count
        postings = self.generation.postings(field, term.text)
        lengths = self.generation.length_bytes(field)
        average = self.generation.average_length(field)
        long = LENGTHS[lengths[postings.documents[postings.large]]]
        large = self.formula.gain(field, average, postings.large_frequencies, long)
        weight = float(term.boost) * self.formula.idf(documents, postings.frequency)
        return Weighted(postings, lengths, weight, *self.tables(field), large)

    def _tables(self, field: str) -> tuple[Exact, Scores]:
        table = self.formula.table(field, self.generation.average_length(field))
        return table, table.astype(np.float32)


class Weighted:
    """A term of a query: its postings, and what each of them adds.

    `lengths` has the byte of each document's length. `weight` times the gain of a posting is what
    it adds; `large` has the gains of those whose frequency no code holds. A `common` term is best
    read as its row.
    """

    def __init__(
        self,
        postings: Postings,
        lengths: NDArray[np.uint8],
        weight: float,
        table: Exact,
        short_table: Scores,
        large: Exact,
    ) -> None:
        self.postings = postings
        self.documents = postings.documents
        self.count = len(postings.documents)
        self.lengths = lengths
        self.weight = weight
        self.table = table
        self.short_table = short_table
        self.large = large
        self.common = self.count >= max(COMMON * len(lengths), 1)
        self.size = 4 * (self.count + len(lengths) * self.common)

    @cached_property
    def weights(self) -> Scores:
        """What each posting adds."""
        return self._weigh()

    @cached_property
    def row(self) -> Scores:
        """What each document gains, 0 where the term is not."""
        row = np.zeros(len(self.lengths), np.float32)
        row[self.documents.astype(np.intp)] = self._weigh()
        return row

    def among(self, rows: Array, scratch: Scores) -> Scores:
        """What each of these documents gains. `scratch` has a 0 for each document of all."""
        if len(rows) * RARER < self.count:
            return self.exact(rows).astype(np.float32)
        if self.common:
            return self.row.take(rows)
        documents = self.documents.astype(np.intp)
        scratch[documents] = self.weights
        found = scratch.take(rows)
        scratch[documents] = 0
        return found

    def exact(self, rows: Array) -> Exact:
        """The same from exact frequencies; for few documents."""
        if not self.count:
            return np.zeros(len(rows))
        at, held = places(self.postings, rows)
        return self._exact(np.minimum(at, self.count - 1)) * held

    def held(self, rows: Array) -> Exact:
        """The same of documents that all hold the term."""
        return self._exact(self.documents.searchsorted(rows.astype(self.documents.dtype)))

    def _weigh(self) -> Scores:
        codes = codes_of(self.postings.frequencies, self.lengths.take(self.documents))
        weights: Scores = self.short_table.take(codes)
        weights *= np.float32(self.weight)
        weights[self.postings.large] = self.large * self.weight
        return weights

    def _exact(self, at: NDArray[np.intp]) -> Exact:
        """What these postings add."""
        lengths = self.lengths.take(self.documents.take(at))
        gains: Exact = self.table.take(codes_of(self.postings.frequencies.take(at), lengths))
        if len(self.large):
            self._correct(gains, at)
        gains *= self.weight
        return gains

    def _correct(self, gains: Exact, at: NDArray[np.intp]) -> None:
        """Put in the gains of postings whose frequency no code holds."""
        number = self.postings.large.searchsorted(at)
        number[number == len(self.large)] = 0
        beyond = (self.postings.large.take(number) == at).nonzero()[0]
        gains[beyond] = self.large.take(number.take(beyond))
