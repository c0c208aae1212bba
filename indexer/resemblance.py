"""Resemblance: is this text a copy of that one? Pure.

Two texts in one template are told from copies by where they differ: an edit falls on any word,
while the next report of a series has other numbers and names and the same words between them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from indexer.letters import CAPITAL, DIGIT, END, SIGN, SMALL, letters_of

SHORTEST = 20
"""Words. Shorter texts ("Lịch tiếp công dân") are alike by chance."""

PHRASE = 4
"""Words of which a key is made."""

KEYS = 16
"""Keys of a text. Of copies with up to a fifth of the words changed, 99.8 % share two of them."""

WEIGHT = 4
"""How many times likelier a phrase with a number or a name becomes a key than any other."""

RUN = 3
"""Words in a row that must be the same for each of them to count as kept."""

OF_SHORTER, OF_LONGER = 0.62, 0.44
"""Shares of two texts that must be kept in each other. Reports of one event seldom reach both."""

DEVIATIONS = 3.0
"""Standard deviations by which numbers and names may differ more often than other words do."""

SLACK = 0.05
"""The share of numbers and names, besides one, that may differ anyhow: a correction."""

CASES = SMALL | CAPITAL

_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A text as numbers: a code for each word (case and accents do not count), whether it is a
    number or a name, and a hash for each RUN of them."""

    codes: NDArray[np.uint64]
    telling: NDArray[np.bool_]
    runs: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.codes)


@lru_cache(1000)
def words_of(text: str) -> Words:
    """The words of a text. A capital at the beginning of a sentence makes no name."""
    found = letters_of(text)
    is_number = (found.all & (SIGN | DIGIT) == SIGN | DIGIT) & (found.all & CASES != SMALL)
    is_name = (found.all & SIGN == 0) & (found.first & CAPITAL > 0) & (found.before & END == 0)
    telling = is_number | is_name
    telling[:1] = False
    return Words(found.codes, telling, _hashes(found.codes, RUN))


def sketch_of(words: Words) -> NDArray[np.int64]:
    """The keys of a text, in no order; none for one that is too short to be compared.

    They are its phrases of the smallest hashes, so two texts that share most of their phrases
    share most of their keys (Broder 1997, "On the resemblance and containment of documents").
    """
    if len(words) < SHORTEST:
        return np.zeros(0, np.int64)
    hashes, first = np.unique(_hashes(words.codes, PHRASE), return_index=True)
    telling = np.logical_or.reduce([words.telling[first + place] for place in range(PHRASE)])
    rank = np.where(telling, hashes // np.uint64(WEIGHT), hashes)
    return hashes[np.argsort(rank)[:KEYS]].astype(np.int64)


def is_copy(one: Words, other: Words) -> bool:
    """Whether two texts are nearly the same: up to a fifth of the words changed, a part left out.

    >>> text = "Sáng ngày 5/3/2025, Ủy ban nhân dân phường Sao Mai (bài mẫu) tổ chức họp tổ dân phố"
    >>> is_copy(words_of(text), words_of(text.replace("họp", "hội nghị")))
    True
    >>> is_copy(words_of(text), words_of("Tối ngày 9/4/2024, phường Cẩm Đông tổ chức múa lân"))
    False
    """
    kept, kept_of_other = _kept(one, other), _kept(other, one)
    shorter, longer = (kept, kept_of_other) if len(one) < len(other) else (kept_of_other, kept)
    if not len(shorter) or shorter.mean() < OF_SHORTER or longer.mean() < OF_LONGER:
        return False
    return _edited(one, kept) or _edited(other, kept_of_other)


def _kept(words: Words, other: Words) -> NDArray[np.bool_]:
    """Which words stand in the other text too, in a run of which they are part."""
    kept = np.zeros(len(words), np.bool_)
    starts = np.flatnonzero(_are_in(words.runs, np.sort(other.runs)))
    for place in range(RUN):
        kept[starts + place] = True
    return kept


def _are_in(numbers: NDArray[np.uint64], ordered: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """What np.isin() gives, in a quarter of the time for a few hundred."""
    if not len(ordered):
        return np.zeros(len(numbers), np.bool_)
    found: NDArray[np.bool_] = ordered.take(ordered.searchsorted(numbers), mode="clip") == numbers
    return found


def _edited(words: Words, kept: NDArray[np.bool_]) -> bool:
    """Whether numbers and names differ no more often than the other words do."""
    count = int(words.telling.sum())
    share = float(kept[~words.telling].mean()) if count < len(words) else 1.0
    missing = count * share - float(kept[words.telling].sum())
    deviation = math.sqrt(count * share * (1 - share))
    return missing <= 1 + SLACK * count + DEVIATIONS * deviation


def _hashes(codes: NDArray[np.uint64], length: int) -> NDArray[np.uint64]:
    """A hash for every `length` neighbours, mixed as in MurmurHash3 (Appleby 2011)."""
    count = max(0, len(codes) - length + 1)
    mixed = np.zeros(count, np.uint64)
    for place in range(length):
        mixed = mixed * _ODD + codes[place : place + count]
    for factor in (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)):
        mixed = (mixed ^ (mixed >> np.uint64(33))) * factor
    return mixed ^ (mixed >> np.uint64(33))
