"""Publication: when the documents of a generation were published."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from crawler.article import VIETNAM
from indexer.days import midnight
from indexer.engine.generation import Array, Generation, Mask
from indexer.engine.sorting import MISSING
from indexer.results import Timeline
from indexer.schema import PUBLISHED
from indexer.timeline import timeline

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
    def days(self) -> NDArray[np.int32]:
        """The day, from DAY_0, of each document that has a date."""
        return ((self.moments - midnight(DAY_0)) // 86_400).astype(np.int32)

    def within(self, since: date | None, until: date | None) -> Mask:
        """Which documents were published in these days, both included."""
        mask = ~self.undated
        if since:
            mask &= self.moments >= midnight(since)
        if until and until < date.max:
            mask &= self.moments < midnight(until + timedelta(days=1))
        return mask

    def dated(self, rows: Array) -> Array:
        """Those of the documents that have a date."""
        return rows[~self.undated[rows]]

    def timeline(self, dated: Array, since: date | None, until: date | None) -> Timeline:
        """When these documents were published, all of which have a date."""
        return timeline(self.days[dated], since, until)

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
        days = self.days[self.generation.live & ~self.undated]
        if not len(days):
            return None
        return DAY_0 + timedelta(int(days.min())), DAY_0 + timedelta(int(days.max()))
