"""Ranking: the score of a Whoosh query object for documents that it matches.

Terms score by the formula; And, Or and phrases add up; AndNot and Require score as what they keep;
DisjunctionMax takes the best and `tiebreak` of the others; Every, prefixes and ranges are worth 1
and Not nothing. All times their boosts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

import numpy as np
from whoosh import query as q

from indexer.engine.generation import Array
from indexer.engine.matching import Matching, terms_of
from indexer.engine.queries import MostOf
from indexer.engine.weights import Exact, Scores, Weights

Leaf = Callable[[q.Term, Array], Any]


class Ranking:
    """Of one generation, by one formula."""

    def __init__(self, weights: Weights, matching: Matching) -> None:
        self.weights = weights
        self.matching = matching

    def scores(self, query: q.Query, rows: Array) -> Scores:
        """The score of each of these documents, in float32. Raises TooSlow."""
        scores: Scores = self._score(query, rows, self.weights.among)
        return scores

    def exact(self, query: q.Query, rows: Array) -> Exact:
        """The same in float64, for few documents."""
        scores: Exact = self._score(query, rows, self.weights.exact)
        return scores

    def _score(self, query: q.Query, rows: Array, leaf: Leaf) -> Any:
        """Scores of documents that all match the query."""
        if isinstance(query, q.Term):
            return leaf(query, rows)
        scores = self._plain(query, rows, leaf)
        return scores if query.boost == 1.0 else scores * scores.dtype.type(query.boost)

    def _plain(self, query: q.Query, rows: Array, leaf: Leaf) -> Any:
        if isinstance(query, (q.And, q.Phrase, q.Sequence)):
            return _sum((self._score(each, rows, leaf) for each in terms_of(query)), rows)
        if type(query) in (q.Or, MostOf):
            return _sum((self._where(each, rows, leaf) for each in query.subqueries), rows)
        if isinstance(query, q.DisjunctionMax):
            parts = [self._where(each, rows, leaf) for each in query.subqueries]
            best = reduce(np.maximum, parts)
            return best + (_sum(parts, rows) - best) * best.dtype.type(query.tiebreak)
        if isinstance(query, q.AndMaybe):
            return self._score(query.a, rows, leaf) + self._where(query.b, rows, leaf)
        if isinstance(query, (q.AndNot, q.Require)):
            return self._score(query.a, rows, leaf)
        return np.full(len(rows), 0 if isinstance(query, q.Not) else 1, np.float32)

    def _where(self, query: q.Query, rows: Array, leaf: Leaf) -> Any:
        """Scores of documents of which some may not match the query; 0 for those."""
        scores = self._score(query, rows, leaf)
        if type(query) in (q.Term, q.Or):
            return scores
        return scores * self.matching.among(query, rows)


def _sum(parts: Iterable[Any], rows: Array) -> Any:
    nothing = np.zeros(len(rows), np.float32)
    return reduce(np.add, parts, nothing)
