"""Phrases: which words stand together again and again? Learned from the index alone.

A phrase is a word of several syllables; or two to six syllables that stand side by side in some
titles, are no part of a longer row that is nearly as frequent, and neither begin nor end with a
word that only joins others.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.generation import Generation
from indexer.normalize import fold, written
from indexer.schema import TITLE, WORDS

LEARNED = 100_000
"""Articles whose titles are read, those that were indexed last."""

LONGEST = 6
"""Syllables of a phrase."""

OFTEN = 3
"""Titles that a phrase must stand in."""

PART_OF = 0.6
"""A phrase is part of a longer one that has this share of its titles."""

KEPT = 40_000
"""Phrases that are kept, the most frequent ones."""

JOINING = frozenset(
    (
        *("a", "ai", "bị", "bởi", "cho", "chỉ", "các", "còn", "có", "cùng", "cũng", "của"),
        *("do", "dù", "để", "đã", "đang", "được", "giữa", "hay", "hoặc", "hơn", "khi", "không"),
        *("là", "lại", "lên", "mà", "mới", "một", "nay", "nhiều", "như", "nhưng", "những"),
        *("này", "nên", "nếu", "ở", "qua", "ra", "rất", "sau", "sẽ", "so", "tại", "theo"),
        *("thì", "trên", "trong", "tới", "từ", "và", "vào", "vẫn", "về", "vì", "với", "vừa"),
        *("đến"),
    )
)
"""Syllables that no phrase begins or ends with."""

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Phrases:
    """In the order of their folded texts; counts say in how many articles or titles each stands."""

    folded: Sequence[str]
    texts: Sequence[str]
    counts: NDArray[np.int64]

    def beginning(self, folded: str) -> Iterator[str]:
        """The phrases whose folded text begins so, most frequent first."""
        first = bisect_left(self.folded, folded)
        last = bisect_left(self.folded, f"{folded}\uffff", first)
        for place in np.argsort(-self.counts[first:last], kind="stable").tolist():
            yield self.texts[first + place]


@dataclass(frozen=True, slots=True)
class _Grams:
    """Syllables in a row that stand in titles often enough: `codes` of those that begin `at` some
    places; by code the first place and how many there are."""

    at: Array
    codes: Array
    firsts: Array
    counts: Array


def phrases(generation: Generation) -> Phrases:
    """The phrases of a generation. Takes about a second for LEARNED titles."""
    known = {text: count for count, text in _rows(generation)}
    for word, count in generation.frequencies(WORDS):
        if "_" in word and count >= OFTEN:
            text = word.replace("_", " ")
            known[text] = max(count, known.get(text, 0))
    best = nlargest(KEPT, known.items(), key=lambda item: item[1])
    ordered = sorted((fold(text), text, count) for text, count in best)
    return Phrases(
        [folded for folded, _, _ in ordered],
        [text for _, text, _ in ordered],
        np.array([count for _, _, count in ordered], np.int64),
    )


def _rows(generation: Generation) -> Iterator[tuple[int, str]]:
    """Rows of syllables in titles that are whole, with their counts."""
    terms, numbers, places = _titles(generation)
    followed = np.append(np.diff(places) == 1, False)
    shorter = _often(np.arange(len(numbers)), numbers)
    for length in range(1, LONGEST + 1):
        longer, share = _longer(shorter, followed)
        if length > 1:
            for code in np.flatnonzero(share < PART_OF).tolist():
                start = int(shorter.firsts[code])
                syllables = [terms[number] for number in numbers[start : start + length]]
                if not JOINING & {syllables[0], syllables[-1]}:
                    yield int(shorter.counts[code]), " ".join(map(written, syllables))
        shorter = longer


def _often(at: Array, kinds: Array) -> _Grams:
    """Those that are often enough of some of these kinds at these places."""
    _, codes, counts = np.unique(kinds, return_inverse=True, return_counts=True)
    often = counts[codes] >= OFTEN
    _, firsts, codes, counts = np.unique(
        codes[often], return_index=True, return_inverse=True, return_counts=True
    )
    return _Grams(at[often], codes, at[often][firsts], counts)


def _longer(shorter: _Grams, followed: NDArray[np.bool_]) -> tuple[_Grams, NDArray[np.float64]]:
    """Those with one syllable more, and for each of the shorter ones which share of its places
    lies in the most frequent of them."""
    code_at = np.full(len(followed) + 1, -1, np.int64)
    code_at[shorter.at] = shorter.codes
    at = np.flatnonzero((code_at[:-1] >= 0) & (code_at[1:] >= 0) & followed)
    longer = _often(at, code_at[at] << 32 | code_at[at + 1])
    most = np.zeros(len(shorter.counts))
    for part in (code_at[longer.at], code_at[longer.at + 1]):
        np.maximum.at(most, part, longer.counts[longer.codes])
    return longer, most / shorter.counts


def _titles(generation: Generation) -> tuple[list[str], Array, NDArray[np.int64]]:
    """Terms that stand in some titles; then for each of their places, in order, the number of the
    term and where it stands, so that neighbours follow each other without a gap."""
    terms: list[str] = []
    numbers, places = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    oldest = generation.document_count - LEARNED
    for term, count in list(generation.frequencies(TITLE)):
        if count >= OFTEN:
            documents = generation.postings(TITLE, term).documents
            owners, positions = generation.positions(TITLE, term, documents)
            at = documents.astype(np.int64)[owners] << 16 | positions.astype(np.int64)
            recent = at[at >= oldest << 16]
            numbers.append(np.full(len(recent), len(terms), np.int64))
            places.append(recent)
            terms.append(term.partition(" ")[2])
    where = np.concatenate(places)
    order = np.argsort(where)
    return terms, np.concatenate(numbers)[order], where[order]
