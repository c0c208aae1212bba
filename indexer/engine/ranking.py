"""Ranking: the score of a Whoosh query object for documents that it matches.

Terms score by the formula; And, Or and phrases add up; AndNot and Require score as what they keep;
DisjunctionMax takes the best and `tiebreak` of the others; Every, prefixes and ranges are worth 1
and Not nothing. All times their boosts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from whoosh import query as q

from indexer.engine.generation import Array
from indexer.engine.matching import Matching, terms_of
from indexer.engine.queries import MostOf
from indexer.engine.weights import Exact, Scores, Weights

Leaf = Callable[[q.Term, Array], Any]


class Leaves(NamedTuple):
    """How terms score: in documents that all hold them, and in others, too."""

    held: Leaf
    sought: Leaf


class Ranking:
    """Of one generation, by one formula."""

    def __init__(self, weights: Weights, matching: Matching) -> None:
        self.matching = matching
        self._short = Leaves(weights.among, weights.among)
        self._exact = Leaves(weights.held, weights.exact)

    def scores(self, query: q.Query, rows: Array, matching: bool) -> Scores:
        """The score of each of these documents, in float32. 0 for those that do not match, of
        which there are none where they are `matching`. Raises TooSlow."""
        score = self._score if matching else self._where
        scores: Scores = score(query, rows, self._short)
        return scores

    def exact(self, query: q.Query, rows: Array, matching: bool) -> Exact:
        """The same in float64, for few documents."""
        score = self._score if matching else self._where
        scores: Exact = score(query, rows, self._exact)
        return scores

    def _score(self, query: q.Query, rows: Array, leaves: Leaves) -> Any:
        """Scores of documents that all match the query."""
        if isinstance(query, q.Term):
            return leaves.held(query, rows)
        scores = self._plain(query, rows, leaves)
        return scores if query.boost == 1.0 else scores * scores.dtype.type(query.boost)

    def _plain(self, query: q.Query, rows: Array, leaves: Leaves) -> Any:
        if isinstance(query, (q.And, q.Phrase, q.Sequence)):
            return _sum([self._score(each, rows, leaves) for each in terms_of(query)], rows)
        if type(query) in (q.Or, MostOf):
            return _sum([self._where(each, rows, leaves) for each in query.subqueries], rows)
        if isinstance(query, q.DisjunctionMax):
            parts = [self._where(each, rows, leaves) for each in query.subqueries]
            best = reduce(np.maximum, parts)
            return best + (_sum(parts, rows) - best) * best.dtype.type(query.tiebreak)
        if isinstance(query, q.AndMaybe):
            return self._score(query.a, rows, leaves) + self._where(query.b, rows, leaves)
        if isinstance(query, (q.AndNot, q.Require)):
            return self._score(query.a, rows, leaves)
        return np.full(len(rows), 0 if isinstance(query, q.Not) else 1, np.float32)

    def _where(self, query: q.Query, rows: Array, leaves: Leaves) -> Any:
        """Scores of documents of which some may not match the query; 0 for those."""
        if isinstance(query, q.Term):
            return leaves.sought(query, rows)
        if type(query) in (q.Or, q.DisjunctionMax):
            return self._score(query, rows, leaves)
        matching = np.flatnonzero(self.matching.among(query, rows))
        found = self._score(query, rows.take(matching), leaves)
        scores = np.zeros(len(rows), found.dtype)
        scores[matching] = found
        return scores


def _sum(parts: Sequence[Any], rows: Array) -> Any:
    return reduce(np.add, parts) if parts else np.zeros(len(rows), np.float32)
