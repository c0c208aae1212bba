"""Evaluator: Whoosh query objects in; documents, scores and counts out, over one generation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Query

from indexer.engine.formula import Formula
from indexer.engine.generation import Array, Generation, Mask
from indexer.engine.matching import Matching
from indexer.engine.ranking import Ranking
from indexer.engine.topk import best, leaders
from indexer.engine.weights import Exact, Weights


@dataclass(frozen=True, slots=True)
class Found:
    """How many documents match, the best of them with their scores, and for each facet how many
    have each of its `values`."""

    total: int
    rows: NDArray[np.intp]
    scores: Exact
    counts: Mapping[str, NDArray[np.int64]]


class Evaluator:
    """Of one generation, by one formula. For one thread at a time."""

    def __init__(self, generation: Generation, formula: Formula) -> None:
        self.generation = generation
        self.matching = Matching(generation)
        self.ranking = Ranking(Weights(generation, formula), self.matching)

    def matches(self, query: Query) -> Mask:
        """One flag a document; never of a deleted one. Raises TypeError for queries that the
        engine does not know, and TooSlow."""
        return self.matching.mask(query)

    def best(self, query: Query, rows: Array, limit: int) -> tuple[NDArray[np.intp], Exact]:
        """The best of these documents and their scores, best first; of equals the lower row.

        Documents that the query does not match score 0, and come last.
        """
        scores = self.ranking.scores(query, rows)
        near = leaders(scores, limit)
        if len(near) < limit:
            near = np.arange(len(rows))
        rows = np.asarray(rows[near], np.intp)
        exact = self.ranking.exact(query, rows)
        order = best(exact, rows, limit)
        return rows[order], exact[order]

    def search(self, query: Query, limit: int, facets: Sequence[str] = ()) -> Found:
        """All at once: what matches, the best of it, and the counts of facets."""
        rows = self.matching.rows(query)
        found, scores = self.best(query, rows, limit)
        return Found(len(rows), found, scores, self.counts(facets, rows))

    def counts(
        self, facets: Sequence[str], documents: Array | Mask
    ) -> Mapping[str, NDArray[np.int64]]:
        """For each facet how many of these documents have each of its `values`."""
        return {name: self.generation.facet(name).of(documents) for name in facets}
