"""Sorting: the first documents by a sort column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.engine.generation import Array, Generation
from indexer.engine.topk import reached

MISSING = int(np.iinfo(np.int64).min)
"""What a sort column holds of a document that has no value there; it comes last."""


def first_by(
    generation: Generation, name: str, rows: Array, limit: int, descending: bool
) -> NDArray[np.intp]:
    """The first of these documents by a column; of equals the lower of the store's numbers."""
    values = generation.sorts(name).take(rows)
    keys = values if descending else -values  # MISSING is the lowest, and its own negative
    if limit < len(rows):
        near = (keys >= reached(keys, max(limit, 1))).nonzero()[0]
        rows, keys = rows.take(near), keys.take(near)
    order = np.lexsort((generation.numbers.take(rows), ~keys))[:limit]
    return rows.take(order).astype(np.intp)
