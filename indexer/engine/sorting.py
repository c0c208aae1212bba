"""Sorting: the first documents by a sort column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.engine.generation import Array, Generation

MISSING = int(np.iinfo(np.int64).min)
"""What a sort column holds of a document that has no value there; it comes last."""


def first_by(
    generation: Generation, name: str, rows: Array, limit: int, descending: bool
) -> NDArray[np.intp]:
    """The first of these documents by a column; of equals the lower of the store's numbers."""
    values = generation.sorts(name)[rows]
    keys = -values if descending else values
    keys = np.where(values == MISSING, np.iinfo(np.int64).max, keys)
    if limit < len(rows):
        least = np.partition(keys, limit - 1)[limit - 1] if limit else MISSING
        near = np.flatnonzero(keys <= least)
        rows, keys = rows[near], keys[near]
    order = np.lexsort((generation.numbers[rows], keys))[:limit]
    return np.asarray(rows[order], np.intp)
