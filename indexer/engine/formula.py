"""Formula: what a term adds to a document's score (BM25; Robertson and Zaragoza 2009)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import log, log1p
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.field_writer import LENGTHS

CODES = np.arange(1 << 16)
"""Every code of a posting: how often the term stands there, up to 255, in the high byte, and the
length of the field, rounded, in the low byte. That is all that BM25 needs to know."""


def lucene_idf(documents: int, holding: int) -> float:
    """Lucene's: never below 0, and near it for what stands everywhere.

    >>> round(lucene_idf(100, 100), 3), round(lucene_idf(100, 1), 3)
    (0.005, 4.21)
    """
    return log1p((documents - holding + 0.5) / (holding + 0.5))


def whoosh_idf(documents: int, holding: int) -> float:
    """Stock Whoosh's, about 1 for what stands everywhere.

    >>> round(whoosh_idf(100, 99), 3), round(whoosh_idf(100, 1), 3)
    (1.0, 4.912)
    """
    return log(max(documents, 1) / (holding + 1)) + 1


@dataclass(frozen=True, slots=True)
class Formula:
    """BM25 with these constants. `k1_of` are those of fields that differ.

    `k1` says how much a term gains by standing in a text again and again, `b` how much a long text
    weighs less.
    """

    k1: float = 1.2
    b: float = 0.75
    idf: Callable[[int, int], float] = lucene_idf
    k1_of: Mapping[str, float] = field(default_factory=dict)

    def gain(
        self, name: str, average: float, frequencies: NDArray[Any], lengths: NDArray[Any]
    ) -> NDArray[np.float64]:
        """What standing so often in fields of such lengths is worth, before idf; average > 0."""
        k1 = self.k1_of.get(name, self.k1)
        gains: NDArray[np.float64] = (
            frequencies * (k1 + 1) / (frequencies + k1 * (1 - self.b + self.b * lengths / average))
        )
        return gains

    def table(self, name: str, average: float) -> NDArray[np.float64]:
        """The gain of every code; that of the largest frequency of codes is too low."""
        return self.gain(name, average, CODES >> 8, LENGTHS[CODES & 0xFF])


def codes_of(frequencies: NDArray[np.uint8], lengths: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """The codes of postings with these frequencies and lengths, both as a byte (see
    field_writer.py)."""
    return frequencies.astype(np.uint16) << np.uint16(8) | lengths
