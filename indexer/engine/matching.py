"""Matching: which documents a Whoosh query object matches.

Of two ways the cheaper is taken: flags for all documents, or rows that narrow from query to query,
beginning with the rarest. Stock Whoosh's matchers err for some combinations (docs/whoosh.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np
from whoosh import query as q

from indexer.engine.adjacency import Adjacency
from indexer.engine.cache import Cache
from indexer.engine.generation import NOTHING, SMALL, Array, Generation, Mask, places
from indexer.engine.queries import Having, MostOf
from indexer.engine.sorting import MISSING
from indexer.engine.weights import COMMON, RARER

FEW = 1 / 8
"""Share of the documents below which they are handled as rows rather than as flags."""

FLAGS_KEPT = 64 << 20
"""Bytes of flags of common terms that are kept."""

ROUNDING = 1 - 1e-6
"""Sums in float32 of the same weights are as near as that."""

FEWEST = 1 / 256
"""Share below which rows that match one or another query are put in order by sorting."""


class Matching:
    """Of one generation. Deleted documents never match."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.live = generation.live
        self.adjacency = Adjacency(generation)
        self.kept = Cache(FLAGS_KEPT)
        self._marked = np.zeros_like(self.live)  # all False between calls
        self.few = FEW * generation.document_count
        self.fewest = FEWEST * generation.document_count
        self._rows: dict[type[q.Query], Callable[[Any], Array]] = {
            q.Term: self._holding,
            q.And: self._rows_of_all,
            q.Phrase: self._side_by_side,
            q.Sequence: self._side_by_side,
            q.AndNot: lambda query: self._narrowed(self.rows(query.a), [q.Not(query.b)]),
            q.AndMaybe: lambda query: self.rows(query.a),
            q.Require: lambda query: self._narrowed(self.rows(query.a), [query.b]),
        }
        self._among: dict[type[q.Query], Callable[[Any, Array], Mask]] = {
            q.Term: self._holding_among,
            q.And: self._all_among,
            q.Or: self._any_among,
            q.DisjunctionMax: self._any_among,
            q.Phrase: self._side_by_side_among,
            q.Sequence: self._side_by_side_among,
            q.Not: lambda query, rows: ~self.among(query.query, rows),
            q.AndNot: lambda query, rows: self.among(query.a, rows) & ~self.among(query.b, rows),
            q.AndMaybe: lambda query, rows: self.among(query.a, rows),
            q.Require: lambda query, rows: self.among(query.a, rows) & self.among(query.b, rows),
        }
        self._mask: dict[type[q.Query], Callable[[Any], Mask]] = {
            q.Or: lambda query: self._any(query.subqueries),
            q.DisjunctionMax: lambda query: self._any(query.subqueries),
            q.Not: lambda query: self.live & ~self._shared(query.query),
            q.Every: lambda query: self.live.copy(),
            type(q.NullQuery): lambda query: np.zeros_like(self.live),
            q.Prefix: self._beginning,
            q.NumericRange: self._between,
            MostOf: self._most,
            Having: lambda query: (
                self.live & self.generation.facet(query.facet).holders(query.values)
            ),
        }

    def mask(self, query: q.Query) -> Mask:
        """One flag a document. Raises TypeError for queries not known, and TooSlow."""
        self.generation.in_time()
        if type(query) is q.And and self.estimate(query) >= self.few:
            return reduce(np.logical_and, map(self._shared, query.subqueries), self.live)
        if type(query) in self._mask:
            return self._mask[type(query)](query)
        if type(query) in self._rows:
            return self._flags(self._rows[type(query)](query))
        raise TypeError(f"the engine does not know {type(query).__name__}")

    def rows(self, query: q.Query) -> Array:
        """The documents that match, ascending. Raises as mask() does."""
        self.generation.in_time()
        if type(query) in self._rows:
            return self._rows[type(query)](query)
        if type(query) is q.Or and self.estimate(query) < self.fewest:
            return np.unique(np.concatenate([NOTHING, *map(self.rows, query.subqueries)]))
        return np.flatnonzero(self.mask(query))

    def among(self, query: q.Query, rows: Array) -> Mask:
        """One flag for each of these documents, which ascend. Raises as mask() does."""
        self.generation.in_time()
        if type(query) in self._among:
            return self._among[type(query)](query, rows)
        return self.mask(query).take(rows)

    def estimate(self, query: q.Query) -> int:
        """How many documents match at most, roughly."""
        if isinstance(query, q.Term):
            return len(self._holding(query))
        if isinstance(query, (q.Phrase, q.Sequence, q.And)):
            return min(map(self.estimate, terms_of(query)), default=self.generation.document_count)
        if isinstance(query, (q.AndNot, q.AndMaybe, q.Require)):
            return self.estimate(query.a)
        if type(query) in (q.Or, q.DisjunctionMax):
            return sum(map(self.estimate, query.subqueries))
        return self.generation.document_count

    def _holding(self, term: q.Term) -> Array:
        return self.generation.postings(term.fieldname, term.text).documents

    def _holding_among(self, term: q.Term, rows: Array) -> Mask:
        postings = self.generation.postings(term.fieldname, term.text)
        if not len(postings.documents):
            return np.zeros(len(rows), np.bool_)
        if len(rows) * RARER < len(postings.documents):
            return places(postings, rows)[1]
        if len(postings.documents) > COMMON * len(self.live):
            return self._shared(term).take(rows)
        documents = postings.documents.astype(np.intp)
        self._marked[documents] = True
        found = self._marked.take(rows)
        self._marked[documents] = False
        return found

    def _shared(self, query: q.Query) -> Mask:
        """mask(), kept for common terms, so nothing to write into."""
        if not isinstance(query, q.Term):
            return self.mask(query)
        key = query.fieldname, query.text
        flags: Mask | None = self.kept.get(key)
        if flags is None:
            documents = self._holding(query)
            flags = self._flags(documents)
            if len(documents) > COMMON * len(flags):
                self.kept.put(key, flags, SMALL + len(flags))
        return flags

    def _flags(self, rows: Array) -> Mask:
        mask = np.zeros_like(self.live)
        mask[rows.astype(np.intp)] = True
        return mask

    def _rows_of_all(self, query: q.And) -> Array:
        if not query.subqueries:
            return np.flatnonzero(self.live)
        first, *others = sorted(query.subqueries, key=self.estimate)
        return self._narrowed(self.rows(first), others)

    def _narrowed(self, rows: Array, queries: Iterable[q.Query]) -> Array:
        for query in queries:
            rows = rows[self.among(query, rows)]
        return rows

    def _all_among(self, query: q.And, rows: Array) -> Mask:
        flags = np.ones(len(rows), np.bool_)
        for each in query.subqueries:
            flags &= self.among(each, rows)
        return flags

    def _any_among(self, query: q.Or | q.DisjunctionMax, rows: Array) -> Mask:
        """Each query is asked only of the documents that none before it matches."""
        flags = np.zeros(len(rows), np.bool_)
        left = np.arange(len(rows))
        for each in query.subqueries:
            matched = self.among(each, rows.take(left))
            flags[left[matched]] = True
            left = left[~matched]
        return flags

    def _any(self, queries: Iterable[q.Query]) -> Mask:
        """Where terms stand side by side is looked for where nothing else matches."""
        mask = np.zeros_like(self.live)
        found = list(_alternatives(queries))
        for each in found:
            if _has_phrase(each):
                continue
            if self.estimate(each) < COMMON * len(mask):
                mask[self.rows(each).astype(np.intp)] = True
            else:
                mask |= self._shared(each)
        for each in filter(_has_phrase, found):
            mask[self._beyond(each, mask).astype(np.intp)] = True
        return mask

    def _beyond(self, query: q.Query, but: Mask) -> Array:
        """The rows that match, of those without a flag; some that have one may be among them."""
        if type(query) is not q.And:
            return self._side_by_side(query, but)
        first, *others = sorted(query.subqueries, key=self.estimate)
        rows = self.rows(first)
        return self._narrowed(rows[~but.take(rows)], others)

    def _most(self, query: MostOf) -> Mask:
        within = self.mask(query.within)
        weights, gained = np.zeros((2, len(within)), np.float32)
        living = np.count_nonzero(self.live)
        for each in query.subqueries:
            matched = self._shared(each)
            weight = np.float32(np.log1p(living / (np.count_nonzero(matched) + 1)))
            weights += np.multiply(matched, weight, out=gained)
        weights *= within
        least = query.share * weights.max(initial=0) * ROUNDING
        return np.greater_equal(weights, max(least, np.finfo(np.float32).tiny))

    def _beginning(self, query: q.Prefix) -> Mask:
        """Postings of terms in a row lie in a row, so that a prefix costs what a term does."""
        mask = np.zeros_like(self.live)
        for documents in self.generation.with_prefix(query.fieldname, query.text):
            mask[documents] = True
        return np.logical_and(mask, self.live)

    def _between(self, query: q.NumericRange) -> Mask:
        """Of a sort column; what has no value lies in no range."""
        column = self.generation.sorts(query.fieldname)
        mask: Mask = self.live & (column != MISSING)
        if query.start is not None:
            mask &= column > query.start if query.startexcl else column >= query.start
        if query.end is not None:
            mask &= column < query.end if query.endexcl else column <= query.end
        return mask

    def _side_by_side(self, query: q.Phrase | q.Sequence, but: Mask | None = None) -> Array:
        """Those with a flag in `but` may be left out, and are where positions have to be read."""
        terms = terms_of(query)
        pairs = self._pairs(terms) if query.slop == 1 and len(terms) > 1 else []
        rows = self._rows_of_all(q.And(pairs or terms))
        if pairs and len(terms) == 2:
            return rows
        if but is not None:
            rows = rows[~but.take(rows)]
        return self.adjacency.among(terms, query.slop, rows)

    def _side_by_side_among(self, query: q.Phrase | q.Sequence, rows: Array) -> Mask:
        holding = self._narrowed(rows, terms_of(query))
        found = self.adjacency.among(terms_of(query), query.slop, holding)
        flags = np.zeros(len(rows), np.bool_)
        flags[np.searchsorted(rows, found)] = True
        return flags

    def _pairs(self, terms: Sequence[q.Term]) -> list[q.Term]:
        """Each two neighbours as one term of a field of pairs; none where there is no such."""
        field = self.generation.pairs_of.get(terms[0].fieldname)
        texts = [term.text for term in terms]
        if not field or any(term.fieldname != terms[0].fieldname for term in terms):
            return []
        if any(" " in text for text in texts):
            return []
        return [q.Term(field, f"{one} {other}") for one, other in pairwise(texts)]


def _alternatives(queries: Iterable[q.Query]) -> Iterator[q.Query]:
    """These, or what they are alternatives of."""
    for each in queries:
        if type(each) in (q.Or, q.DisjunctionMax):
            yield from _alternatives(each.subqueries)
        else:
            yield each


def _has_phrase(query: q.Query) -> bool:
    """Whether positions must be read for it."""
    parts = query.subqueries if type(query) is q.And else [query]
    return any(isinstance(each, (q.Phrase, q.Sequence)) for each in parts)


def terms_of(query: q.Query) -> Sequence[q.Query]:
    """What an And, Sequence or Phrase is made of."""
    if isinstance(query, q.Phrase):
        return [q.Term(query.fieldname, word) for word in query.words]
    found: Sequence[q.Query] = query.subqueries
    return found
