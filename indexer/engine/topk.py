"""Top k: the best of many scores, without putting all in order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNKS = 64
"""Scores are looked through in so many rows at most, one below the other: the best of every column
is found first, and no score below the k-th best of those is among the k best."""

COLUMNS = 4
"""So many times as many columns as scores are wanted, at least."""

MARGIN = np.float32(1 - 1e-5)
"""Sums in float32 are as near as that to those in float64 (9.4e-6 at worst where measured)."""


def leaders(scores: NDArray[np.float32], limit: int) -> NDArray[np.intp]:
    """Places of the best scores above 0, at least `limit` of them, and of all within MARGIN."""
    enough = 0 < limit < len(scores)
    least = reached(scores, limit) * MARGIN if enough else np.float32(0)
    return (scores >= least if least > 0 else scores > 0).nonzero()[0]


def reached(scores: NDArray[Any], limit: int) -> Any:
    """A score that at least `limit` reach, of more than so many, and few more do."""
    chunks = min(CHUNKS, len(scores) // (COLUMNS * limit))
    if chunks > 1:
        columns = len(scores) // chunks
        highest = scores[: columns * chunks].reshape(chunks, columns).max(axis=0)
    else:
        highest = scores.copy()
    highest.partition(len(highest) - limit)
    return highest[len(highest) - limit]


def best(keys: NDArray[Any], documents: NDArray[Any], limit: int) -> NDArray[np.intp]:
    """Places of the `limit` largest keys, largest first; of equals the lower document first."""
    return np.lexsort((documents, -keys))[:limit]


def lowest(keys: NDArray[Any], limit: int) -> NDArray[np.intp]:
    """Places of the `limit` smallest keys, in no order."""
    if limit >= len(keys):
        return np.arange(len(keys))
    return np.argpartition(keys, limit)[:limit]
