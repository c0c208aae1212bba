"""Facet values: counts of a facet as what readers tick, with the names people know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from indexer.document import TYPES
from indexer.engine.generation import Generation
from indexer.normalize import fold
from indexer.results import FacetValue
from indexer.topics import TOPICS
from indexer.wards import Gazetteer

LABELS_KEPT = 8192
"""Labels of values that stay in memory."""


class FacetValues:
    """Of one generation. `sources` has the names of portals."""

    def __init__(
        self, generation: Generation, gazetteer: Gazetteer, sources: Mapping[str, str]
    ) -> None:
        self.generation = generation
        self.gazetteer = gazetteer
        self.labels = {"topics": TOPICS, "types": TYPES, "sources": sources}
        self._named: Callable[[str, str], tuple[str, str]] = lru_cache(LABELS_KEPT)(
            lambda name, value: (label := self.label(name, value), fold(label))
        )

    def of(
        self, name: str, counts: NDArray[np.int64], ticked: Sequence[str]
    ) -> tuple[FacetValue, ...]:
        """Values with their counts, the most frequent first; ticked ones even at none."""
        shown = self.generation.facet(name).named(counts)
        shown |= {value: shown.get(value, 0) for value in ticked}
        if name == "wards":
            for slug in self.former.intersection(shown).difference(ticked):
                del shown[slug]
        named = [(value, count, *self._named(name, value)) for value, count in shown.items()]
        named.sort(key=lambda each: (-each[1], each[3], each[0]))
        return tuple(
            FacetValue(value, label, count, value in ticked) for value, count, label, _ in named
        )

    def label(self, name: str, value: str) -> str:
        """What people call the value of a facet; the value itself where it is unknown."""
        if name == "wards":
            unit = self.gazetteer.unit(value)
            return unit.label if unit else value
        if name == "provinces":
            province = self.gazetteer.province(value)
            return province.short if province else value
        return self.labels[name].get(value, value)

    @cached_property
    def former(self) -> frozenset[str]:
        """Units that are no more. They are listed only where they are ticked: their articles stand
        under the units of today."""
        units = {slug: self.gazetteer.unit(slug) for slug in self.generation.facet("wards").values}
        return frozenset(slug for slug, unit in units.items() if not unit or not unit.current)
