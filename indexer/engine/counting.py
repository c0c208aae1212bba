"""Counting: how many of these documents have which value of which facet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from indexer.engine.generation import Array, Generation, Mask

Counts = Mapping[str, NDArray[np.int64]]
"""By facet, how many documents have each of its `values`."""


class Counting:
    """Of one generation."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.totals: Callable[[str], NDArray[np.int64]] = cache(self._totals)

    def of_rows(self, facets: Sequence[str], rows: Array) -> Counts:
        """Of these documents, none of them deleted."""
        if 2 * len(rows) > len(self.generation.live):
            flags = np.zeros_like(self.generation.live)
            flags[rows] = True
            return self.of_flags(facets, flags)[1]
        rows = rows.astype(np.intp, copy=False)
        return {name: self.generation.facet(name).of(rows) for name in facets}

    def of_flags(self, facets: Sequence[str], flags: Mask) -> tuple[int, Counts]:
        """How many documents have a flag, none of them deleted, and the counts of those.

        Of most documents those are counted that have none.
        """
        total = int(np.count_nonzero(flags))
        if not facets:
            return total, {}
        if 2 * total < len(flags):
            return total, self.of_rows(facets, flags.nonzero()[0])
        others = self.of_rows(facets, (flags < self.generation.live).nonzero()[0])
        return total, {name: self.totals(name) - others[name] for name in facets}

    def _totals(self, name: str) -> NDArray[np.int64]:
        return self.generation.facet(name).of(self.generation.live.nonzero()[0])
