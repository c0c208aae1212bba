"""Timeline: how many articles were published when, in no more bars than can be looked at.

Days are numbers from 1970-01-01, as in NumPy. Who asks for some days sees them in bars of the
finest unit that needs few, with more bars on either side that show what lies around.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.results import Bar, Timeline, TimeUnit

MOST_BARS = 24
"""Bars of a timeline, those on either side among them: of decades enough for 240 years."""

DAY_0 = date(1970, 1, 1).toordinal()

Array = NDArray[Any]


def _number(days: Array, unit: str) -> Array:
    return days.astype("M8[D]").astype(f"M8[{unit}]").astype(np.int64)


def _first_day(numbers: Array, unit: str) -> Array:
    return numbers.astype(f"M8[{unit}]").astype("M8[D]").astype(np.int64)


UNITS: Mapping[TimeUnit, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "day": (lambda days: days, lambda numbers: numbers),
    "week": (lambda days: (days + 3) // 7, lambda weeks: weeks * 7 - 3),  # from Monday
    "month": (lambda days: _number(days, "M"), lambda months: _first_day(months, "M")),
    "year": (lambda days: _number(days, "Y"), lambda years: _first_day(years, "Y")),
    "decade": (lambda days: _number(days, "Y") // 10, lambda each: _first_day(each * 10, "Y")),
}
"""Unit → the number of the unit that a day lies in, and the first day of the unit of a number.
From fine to coarse."""


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """How many articles were published on each day from the first on; others have no date."""

    first: int
    counts: Array
    undated: int = 0


def timeline(days: Days, since: date | None = None, until: date | None = None) -> Timeline:
    """The bars of articles published on these days, in the order of time.

    Those within `since` and `until` are `chosen`, and end with them. Others stand before a `since`
    and after an `until`, on either side at most as many. No bars where no day is in question.
    """
    window = _window(days, since, until)
    if window is None:
        return Timeline("day", ())
    unit, low, high = _unit(*window)
    wanted = high - low + 1
    margin = max(min(wanted, (MOST_BARS - wanted) // 2), 0)
    starts = UNITS[unit][1](np.arange(low - margin, high + 2 + margin))
    begin = window[0] if since else int(starts[margin])
    end = window[1] + 1 if until else int(starts[margin + wanted])
    edges = np.union1d(starts, [begin, end])
    first, last = np.searchsorted(edges, [begin, end]).tolist()
    edges = edges[max(first - (margin if since else 0), 0) : last + (margin if until else 0) + 1]
    counts = np.diff(_before(days, edges))
    bars = (
        Bar(_date(start), _date(after - 1), count, begin <= start < end)
        for (start, after), count in zip(pairwise(edges.tolist()), counts.tolist(), strict=True)
    )
    return Timeline(unit, tuple(bars))


def _before(days: Days, edges: Array) -> Array:
    """How many articles lie before each edge."""
    until = np.append(0, days.counts.cumsum())
    return until.take(edges - days.first, mode="clip")


def _window(days: Days, since: date | None, until: date | None) -> tuple[int, int] | None:
    """The first and the last day in question: those asked for, else those there are."""
    held = np.flatnonzero(days.counts) + days.first
    if not len(held) and not (since and until):
        return None
    first = since.toordinal() - DAY_0 if since else int(held[0])
    last = until.toordinal() - DAY_0 if until else int(held[-1])
    return (first, last) if first <= last else None


def _unit(first: int, last: int) -> tuple[TimeUnit, int, int]:
    """The finest unit that needs few bars from the first day to the last, and the numbers of the
    first of them and of the last."""
    ends = np.array([first, last])
    numbers = {unit: number(ends).tolist() for unit, (number, _) in UNITS.items()}
    few = [unit for unit, (low, high) in numbers.items() if high - low < MOST_BARS]
    unit = few[0] if few else "decade"
    return unit, *numbers[unit]


def _date(day: int) -> date:
    """The day of a number, or the nearest that a date can be."""
    return date.fromordinal(min(max(day + DAY_0, 1), date.max.toordinal()))
