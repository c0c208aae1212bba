"""Letters: the words of a text by arrays of its characters, in half the time of asking a regular
expression for the words and a dictionary for their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from indexer.normalize import fold

WORD, SIGN, DIGIT, SMALL, CAPITAL, END = (1 << place for place in range(6))
"""What a character is: part of a word, but no letter, a digit, small, capital; or a sentence ends
there."""

ENDS = ".!?…:;\n"

LONGEST = 1 << 17
"""Characters of a text that are read."""

KNOWN, WITH_CASE = 1 << 16, 0x2000
"""Characters below are known, others part of no word; below the second are all that have small
letters or accents."""

FACTOR = 0xD6E8FEB86659FD93
"""By whose powers the characters of a word are multiplied; odd, so that it has an inverse."""


@dataclass(frozen=True, slots=True, eq=False)
class Letters:
    """Word by word: a number, the same for words that differ in case and accents alone; what its
    first character is, all its characters together, and all of those before it."""

    codes: NDArray[np.uint64]
    first: NDArray[np.uint8]
    all: NDArray[np.uint8]
    before: NDArray[np.uint8]


def letters_of(text: str) -> Letters:
    """The words of a text, runs of letters, digits and "_".

    >>> found = letters_of("Sao Mai: SÁO!")
    >>> found.codes[0] == found.codes[2], found.before & END
    (np.True_, array([ 0,  0, 32], dtype=uint8))
    """
    characters = np.frombuffer(text[:LONGEST].encode("utf-32-le", "surrogatepass"), np.uint32)
    framed = np.zeros(len(characters) + 2, np.uint8)
    kinds = _kinds().take(characters, mode="clip", out=framed[1:-1])
    is_word = framed & WORD
    bounds = (is_word[1:] != is_word[:-1]).nonzero()[0]
    if not len(bounds):
        return Letters(np.empty(0, np.uint64), *np.empty((3, 0), np.uint8))
    numbers = _numbers().take(characters, mode="clip") * _powers(FACTOR)[: len(characters)]
    sums = np.zeros(len(characters) + 1, np.uint64)
    numbers.cumsum(out=sums[1:])
    starts, ends = bounds[::2], bounds[1::2]
    codes = (sums[ends] - sums[starts]) * _powers(pow(FACTOR, -1, 1 << 64))[starts]
    together = np.bitwise_or.reduceat(kinds, bounds[:-1])
    before = np.zeros(len(starts), np.uint8)
    before[1:] = together[1::2]
    return Letters(codes, kinds[starts], together[::2], before)


@cache
def _kinds() -> NDArray[np.uint8]:
    """What each known character is; the last is none."""
    characters = list(map(chr, range(KNOWN)))
    kinds = np.zeros(KNOWN, np.uint8)
    for kind, is_such in (
        (WORD, lambda each: each.isalnum() or each == "_"),
        (SIGN, lambda each: not each.isalpha()),
        (DIGIT, str.isdigit),
        (SMALL, str.islower),
        (CAPITAL, lambda each: each.isupper() or each.istitle()),
    ):
        kinds |= np.fromiter(map(is_such, characters), np.uint8, KNOWN) * np.uint8(kind)
    kinds[kinds & WORD == 0] = 0
    kinds[list(map(ord, ENDS))] = END
    return kinds


@cache
def _numbers() -> NDArray[np.uint64]:
    """A number for each known character, the same for those that differ in case and accents."""
    numbers = np.arange(KNOWN, dtype=np.uint64)
    numbers[:WITH_CASE] = [ord((fold(chr(code)) or "_")[0]) for code in range(WITH_CASE)]
    return numbers


@cache
def _powers(factor: int) -> NDArray[np.uint64]:
    """1, the factor, its square and so on, of each the last 64 bits."""
    factors = np.full(LONGEST, factor, np.uint64)
    factors[0] = 1
    return factors.cumprod()
