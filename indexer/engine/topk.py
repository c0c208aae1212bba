"""Top k: the best of many scores, without putting all in order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNKS = 64
"""Scores are looked through in so many rows, one below the other; the best of every column is found
first, and no score below the k-th best of those is among the k best."""

MARGIN = np.float32(1 - 1e-5)
"""Sums in float32 are as near as that to those in float64 (9.4e-6 at worst where measured)."""


def leaders(scores: NDArray[np.float32], limit: int) -> NDArray[np.intp]:
    """Places of the best scores above 0, at least `limit` of them, and of all within MARGIN."""
    least = _least(scores, limit) * MARGIN
    return np.flatnonzero(scores >= least if least > 0 else scores > 0)


def _least(scores: NDArray[np.float32], limit: int) -> np.float32:
    """A score that at least `limit` reach; 0 where there are not so many."""
    if not 0 < limit < len(scores):
        return np.float32(0)
    columns = len(scores) // CHUNKS
    if columns >= 4 * limit:
        scores = scores[: columns * CHUNKS].reshape(CHUNKS, columns).max(axis=0)
    return np.float32(np.partition(scores, len(scores) - limit)[len(scores) - limit])


def best(keys: NDArray[Any], documents: NDArray[Any], limit: int) -> NDArray[np.intp]:
    """Places of the `limit` largest keys, largest first; of equals the lower document first."""
    return np.lexsort((documents, -keys))[:limit]
