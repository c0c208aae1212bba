"""Publication: when the documents of a generation were published."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from crawler.article import VIETNAM
from indexer.days import midnight
from indexer.engine.arrays import narrowest
from indexer.engine.generation import Array, Generation, Mask
from indexer.engine.sorting import MISSING
from indexer.schema import PUBLISHED
from indexer.timeline import Days

DAY_0 = date(1970, 1, 1)


class Publication:
    """Of one generation. Moments are seconds since 1970, days those of Vietnam."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation

    @property
    def moments(self) -> NDArray[np.int64]:
        """When each document was published; MISSING where nobody knows."""
        return self.generation.sorts(PUBLISHED)

    @cached_property
    def undated(self) -> Mask:
        """Which documents have no date."""
        mask: Mask = self.moments == MISSING
        return mask

    @cached_property
    def _days(self) -> tuple[int, Array]:
        """The first day there is, from DAY_0, and of each document the day counted from the one
        before, 0 where it has no date."""
        dated = np.flatnonzero(~self.undated)
        days = (self.moments.take(dated) - midnight(DAY_0)) // 86_400
        first, last = (int(days.min()), int(days.max())) if len(days) else (0, 0)
        numbers = np.zeros(len(self.moments), narrowest(last - first + 1))
        numbers[dated] = days - first + 1
        return first, numbers

    def within(self, since: date | None, until: date | None) -> Mask:
        """Which documents were published in these days, both included."""
        mask = ~self.undated
        if since:
            mask &= self.moments >= midnight(since)
        if until and until < date.max:
            mask &= self.moments < midnight(until + timedelta(days=1))
        return mask

    def days(self, rows: Array) -> Days:
        """On which days these documents were published."""
        first, numbers = self._days
        undated, *_ = counts = np.bincount(numbers.take(rows), minlength=2)
        return Days(first, counts[1:], int(undated))

    def newest(self, facet: str) -> dict[str, datetime]:
        """When the newest article was published, by value of a facet; none for one that has only
        undated ones."""
        rows = np.flatnonzero(self.generation.live & ~self.undated)
        column = self.generation.facet(facet)
        greatest = column.greatest(rows, self.moments.take(rows)).tolist()
        return {
            value: datetime.fromtimestamp(moment, VIETNAM)
            for value, moment in zip(column.values, greatest, strict=True)
            if moment != MISSING
        }

    @cached_property
    def first_and_last_day(self) -> tuple[date, date] | None:
        """Between which days the articles were published; None where no day is known."""
        days = self.days(np.flatnonzero(self.generation.live))
        held = np.flatnonzero(days.counts) + days.first
        if not len(held):
            return None
        return DAY_0 + timedelta(int(held[0])), DAY_0 + timedelta(int(held[-1]))
