"""Which documents match a query and how well, by looking at every document: slow, and plain."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from whoosh import query as q
from whoosh.util.numeric import byte_to_length, length_to_byte

from indexer.engine.formula import Formula
from indexer.engine.queries import MostOf
from indexer.engine.sorting import MISSING


@dataclass(frozen=True, slots=True)
class Sample:
    """A document: its words, the values of a facet, and what it is sorted by."""

    text: Sequence[str]
    wards: Sequence[str] = ()
    day: int = MISSING


class BruteForce:
    """Over documents of which only `live` are found; the statistics count all."""

    def __init__(
        self, documents: Sequence[Sample], live: Collection[int], formula: Formula
    ) -> None:
        self.documents = documents
        self.live = live
        self.formula = formula
        self.held = {
            "text": [Counter(each.text) for each in documents],
            "pairs": [Counter(map(" ".join, pairwise(each.text))) for each in documents],
        }
        self.lengths = {name: [each.total() for each in held] for name, held in self.held.items()}

    def scores(self, query: q.Query) -> dict[int, float]:
        """The score of every document that matches."""
        scored = {row: self.score(query, row) for row in self.live}
        return {row: score for row, score in scored.items() if score is not None}

    def score(self, query: q.Query, row: int) -> float | None:
        """The score of a document, None where it does not match."""
        plain = self._score(query, row)
        return None if plain is None else plain * (1 if query == q.NullQuery else query.boost)

    def _score(self, query: q.Query, row: int) -> float | None:
        scores = [self.score(each, row) for each in getattr(query, "subqueries", ())]
        found = [each for each in scores if each is not None]
        match query:
            case q.Term():
                return self._bm25(query.fieldname, query.text, row)
            case q.Phrase() | q.Sequence():
                parts = [self.score(term, row) for term in _terms(query)]
                return sum(map(float, filter(None, parts))) if self._near(query, row) else None
            case MostOf():
                return sum(found) if row in self._most(query) else None
            case q.And():
                return sum(found) if len(found) == len(scores) else None
            case q.DisjunctionMax():
                rest = query.tiebreak * (sum(found) - max(found, default=0))
                return max(found) + rest if found else None
            case q.Or():
                return sum(found) if found else None
            case q.AndNot():
                return scores[0] if scores[1] is None else None
            case q.Require():
                return scores[0] if scores[1] is not None else None
            case q.AndMaybe():
                return None if scores[0] is None else scores[0] + (scores[1] or 0)
            case q.Not():
                return 0 if self.score(query.query, row) is None else None
            case q.Every():
                return 1
            case q.Prefix():
                return 1 if any(key.startswith(query.text) for key in self._words(row)) else None
            case q.NumericRange():
                return 1 if _within(self.documents[row].day, query) else None
        assert query == q.NullQuery
        return None

    def _words(self, row: int) -> Sequence[str]:
        return self.documents[row].text

    def _near(self, query: q.Query, row: int) -> bool:
        terms, text = _terms(query), self._words(row)
        reached = {at for at, key in enumerate(text) if key == terms[0].text}
        for term in terms[1:]:
            behind = {at + step for at in reached for step in range(1, query.slop + 1)}
            reached = {at for at in behind if at < len(text) and text[at] == term.text}
        return bool(reached)

    def _most(self, query: MostOf) -> set[int]:
        weight = {row: 0.0 for row in self.live if self.score(query.within, row) is not None}
        for each in query.subqueries:
            found = [row for row in self.live if self.score(each, row) is not None]
            for row in set(found) & set(weight):
                weight[row] += math.log1p(len(self.live) / (len(found) + 1))
        least = query.share * max(weight.values(), default=0) - 1e-9
        return {row for row, has in weight.items() if has > 0 and has >= least}

    def _bm25(self, field: str, text: str, row: int) -> float | None:
        frequency = self.held[field][row][text]
        if not frequency:
            return None
        length = byte_to_length(length_to_byte(self.lengths[field][row]))
        average = sum(self.lengths[field]) / len(self.documents)
        k1 = self.formula.k1_of.get(field, self.formula.k1)
        shortness = k1 * (1 - self.formula.b + self.formula.b * length / average)
        holding = sum(text in each for each in self.held[field])
        idf = self.formula.idf(len(self.documents), holding)
        return idf * frequency * (k1 + 1) / (frequency + shortness)


def _terms(query: q.Query) -> list[q.Term]:
    if isinstance(query, q.Phrase):
        return [q.Term(query.fieldname, word) for word in query.words]
    return list(query.subqueries)


def _within(day: int, query: q.NumericRange) -> bool:
    after = query.start is None or day > query.start or (day == query.start and not query.startexcl)
    before = query.end is None or day < query.end or (day == query.end and not query.endexcl)
    return day != MISSING and after and before
