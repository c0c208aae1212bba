"""Evaluator: Whoosh query objects in; documents, scores and counts out, over one generation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from whoosh.query import And, Or, Query, Term

from indexer.engine.accumulator import Accumulator, Scored
from indexer.engine.counting import Counting
from indexer.engine.formula import Formula
from indexer.engine.generation import Array, Generation, Mask
from indexer.engine.matching import Matching
from indexer.engine.ranking import Ranking
from indexer.engine.topk import best, leaders, lowest
from indexer.engine.weights import Exact, Scores, Weights

MANY = 1 / 4
"""Share of the documents from which on it is faster to score all of them."""


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
        self.counting = Counting(generation)
        weights = Weights(generation, formula)
        self.ranking = Ranking(weights, self.matching)
        self.accumulator = Accumulator(weights)

    def matches(self, query: Query) -> Mask:
        """One flag a document; never of a deleted one. Raises TypeError for queries that the
        engine does not know, and TooSlow."""
        return self.matching.mask(query)

    def best(
        self, query: Query, documents: Array | Mask, limit: int
    ) -> tuple[NDArray[np.intp], Exact]:
        """The best of these documents, ascending rows or flags of all, and their scores, best
        first; of equals the lower of the store's numbers.

        Documents that the query does not match score 0, and come last.
        """
        rows = documents.nonzero()[0] if documents.dtype == np.bool_ else documents
        if type(query) is Or and _plain(query) and len(rows) > MANY * len(self.generation.live):
            scores = self.accumulator.everywhere(query.subqueries).take(rows)
        else:
            scores = self.ranking.scores(query, rows, False)
        near = _near(rows, scores, limit, self.generation.numbers.take)
        exact = self.ranking.exact(query, near, False)
        order = best(exact, self.generation.numbers.take(near), limit)
        return near.take(order), exact.take(order)

    def search(self, query: Query, limit: int, facets: Sequence[str] = ()) -> Found:
        """All at once: what matches, the best of it, and the counts of facets. Raises as matches()
        does."""
        rows, scores = self._scored(query)
        if rows is None:
            near = leaders(scores, limit)
            total, counts = self.counting.of_flags(facets, scores > 0)
        else:
            near = _near(rows, scores, limit, np.asarray)
            total, counts = len(rows), self.counting.of_rows(facets, rows)
        exact = self.ranking.exact(query, near, True)
        order = best(exact, near, limit)
        return Found(total, near.take(order), exact.take(order), counts)

    def counts(
        self, facets: Sequence[str], documents: Array | Mask
    ) -> Mapping[str, NDArray[np.int64]]:
        """For each facet how many of these documents, rows or flags of all, have each of its
        `values`."""
        if documents.dtype == np.bool_:
            return self.counting.of_flags(facets, documents)[1]
        return self.counting.of_rows(facets, documents)

    def _scored(self, query: Query) -> Scored:
        if type(query) is Term and query.boost > 0:
            return self.accumulator.one(query)
        if type(query) in (And, Or) and _plain(query):
            add_up = self.accumulator.all_of if type(query) is And else self.accumulator.any_of
            return add_up(query.subqueries)
        rows = self.matching.rows(query)
        return rows, self.ranking.scores(query, rows, True)


def _near(
    rows: Array, scores: Scores, limit: int, ties: Callable[[Array], Array]
) -> NDArray[np.intp]:
    """The rows with the best scores and all that may be as good, ascending; of those that score 0,
    if they are needed, the first by `ties`."""
    near = rows.take(leaders(scores, limit)).astype(np.intp)
    if len(near) >= min(limit, len(rows)):
        return near
    others = rows.compress(scores == 0)
    near = np.append(near, others.take(lowest(ties(others), limit - len(near))))
    return np.sort(near)


def _plain(query: And | Or) -> bool:
    """Whether there are but terms, all of which add to the score."""
    terms = query.subqueries
    return (
        query.boost == 1.0 and bool(terms) and all(type(t) is Term and t.boost > 0 for t in terms)
    )
