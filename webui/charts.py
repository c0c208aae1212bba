"""Charts: counts as bars of an SVG, which the browser stretches to the room there is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.query import Query
from indexer.results import Bar, Timeline
from webui.params import changed

STEP = 10
"""Width of a bar with the gap beside it, in units of the drawing."""

GAP = 2
HEIGHT = 100
"""Height of the highest bar there can be."""

LEAST = 3
"""Height of any bar that is not of nothing, so that one article can be seen beside a thousand."""


@dataclass(frozen=True, slots=True)
class Column:
    """A rectangle of the drawing; y runs downwards."""

    x: int
    y: float
    width: int
    height: float


@dataclass(frozen=True, slots=True)
class Period:
    """A bar of a timeline, where it is drawn, and the search of its days."""

    bar: Bar
    column: Column
    query: Query


def columns(counts: Sequence[int], top: int = 0) -> list[Column]:
    """One column a count, side by side, as high as its share of `top`, or of the highest count.

    The drawing is STEP times their number wide and HEIGHT high. With one `top` several drawings
    can be compared.

    >>> [(column.x, column.y, column.height) for column in columns([5, 0, 10])]
    [(1, 50.0, 50.0), (11, 100, 0), (21, 0.0, 100.0)]
    """
    top = top or max(counts, default=0)
    heights = [max(round(HEIGHT * count / top, 1), LEAST) if count else 0 for count in counts]
    return [
        Column(STEP * place + GAP // 2, round(HEIGHT - height, 1), STEP - GAP, height)
        for place, height in enumerate(heights)
    ]


def periods(query: Query, timeline: Timeline, top: int = 0) -> list[Period]:
    """The bars of a search's timeline, drawn side by side as columns() does; none where there is
    no article."""
    counts = [bar.count for bar in timeline.bars]
    if not any(counts):
        return []
    return [
        Period(bar, column, changed(query, since=bar.since, until=bar.until))
        for bar, column in zip(timeline.bars, columns(counts, top), strict=True)
    ]
