"""Evaluates Whoosh query objects on arrays: which documents match, and with which score.

Stock Whoosh's matchers err for some combinations (AndNot, AndMaybe, And+Not under a limit; see
docs/whoosh.md), so matching and scoring are two plain walks over the query tree here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from whoosh.query import And, Every, Not, NullQuery, Or, Query, Sequence, Term

from indexer.engine.postings import PostingsReader
from indexer.schema import PAIRS, WORDS

# Constants of BM25, chosen with the weights in plan.py by benchmarks/relevance.py; see there.
K1 = 1.2
"""How much a syllable gains by standing in a text again and again; less is less."""
K1_OF = {WORDS: 0.5, PAIRS: 0.5}
"""Words and neighbours gain little: two of them side by side once is what a text is about."""
B = 0.85
"""How much a long text weighs less."""

Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]


class MostOf(Or):  # type: ignore[misc]
    """Matches documents within `within` that have most of what these queries ask for.

    A query weighs ln(1 + N / (n + 1)) where n of N documents match it, as rare words say more. A
    document has enough with `share` of the weight that the best one within has.
    """

    def __init__(self, queries: list[Query], within: Query, share: float) -> None:
        super().__init__(queries)
        self.within = within
        self.share = share


class Scorer:
    """Answers over one generation."""

    def __init__(self, postings: PostingsReader) -> None:
        self.postings = postings
        self.live = postings.live
        self.count = int(np.count_nonzero(postings.live))

    def matches(self, query: Query) -> Mask:
        """Which documents the query matches; one flag a document. TypeError for other queries."""
        if isinstance(query, Term):
            return self._mask(self.postings.of(query.fieldname, query.text).documents)
        if isinstance(query, And):
            masks = [self.matches(each) for each in query.subqueries]
            return np.logical_and.reduce(masks) if masks else self.live.copy()
        if isinstance(query, MostOf):
            return self._most(query)
        if isinstance(query, Or):
            return self._any(query)
        if isinstance(query, Not):
            return self.live & ~self.matches(query.query)
        if isinstance(query, Sequence):
            return self._adjacent(query.subqueries)
        if isinstance(query, Every):
            return self.live.copy()
        if isinstance(query, type(NullQuery)):
            return np.zeros_like(self.live)
        raise TypeError(f"the engine does not know {type(query).__name__}")

    def scores(self, query: Query) -> Scores:
        """The sum of BM25 over the terms of the query, boosts multiplied; 0 without any."""
        scores = np.zeros(self.postings.document_count)
        for leaf in query.leaves():
            self._add(scores, leaf)
        return scores

    def _mask(self, documents: NDArray[np.int64]) -> Mask:
        mask = np.zeros_like(self.live)
        mask[documents] = True
        return mask

    def _any(self, query: Or) -> Mask:
        mask = np.zeros_like(self.live)
        for each in query.subqueries:
            mask |= self.matches(each)
        return mask

    def _most(self, query: MostOf) -> Mask:
        within = self.matches(query.within)
        weights = np.zeros(len(within))
        for each in query.subqueries:
            matched = self.matches(each)
            weights += matched * np.log1p(self.count / (matched.sum() + 1))
        least = query.share * weights[within].max(initial=0)
        enough: Mask = within & (weights > 0) & (weights >= least)
        return enough

    def _adjacent(self, terms: list[Term]) -> Mask:
        """Documents that hold the terms side by side, in order."""
        candidates = self.matches(And(terms))
        if not candidates.any():
            return candidates
        positions = [self.postings.positions(term.fieldname, term.text) for term in terms]
        for document in map(int, np.flatnonzero(candidates)):
            self.postings.in_time()
            starts = set(positions[0][document])
            for offset, places in enumerate(positions[1:], 1):
                starts.intersection_update(place - offset for place in places[document])
            candidates[document] = bool(starts)
        return candidates

    def _add(self, scores: Scores, term: Term) -> None:
        """BM25 over one field (Robertson and Zaragoza 2009; idf as Lucene has it).

        Whoosh's own idf never falls below 1, so that "là" and "gì" outweigh what a question is
        about; with this one success@1 on xquad_vi is 0.006 higher.
        """
        found = self.postings.of(term.fieldname, term.text)
        if not len(found.documents):
            return
        lengths = self.postings.lengths(term.fieldname)
        average = self.postings.average_length(term.fieldname)
        holding = len(found.documents)
        idf = np.log1p((self.count - holding + 0.5) / (holding + 0.5))
        k1 = K1_OF.get(term.fieldname, K1)
        shortness = k1 * ((1 - B) + B * lengths[found.documents] / average)
        frequencies = found.frequencies
        scores[found.documents] += (
            term.boost * idf * frequencies * (k1 + 1) / (frequencies + shortness)
        )
