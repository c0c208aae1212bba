"""Results: what a search found. Query in, Results out is the whole contract of the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


class TooSlow(Exception):
    """A query could not be answered in the time a reader is given. Raised by search()."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found. `title` and `snippet` are plain text; marks are [start, end) in them.

    `file` is the name of the attachment that the snippet is of, "" where it is of the article's own
    text; `copies` is how many other articles have nearly that text.
    """

    id: int
    url: str
    title: str
    title_marks: tuple[tuple[int, int], ...]
    snippet: str
    snippet_marks: tuple[tuple[int, int], ...]
    portal: str
    published: datetime | None
    has_time: bool
    wards: tuple[str, ...]
    wards_then: tuple[str, ...]
    topics: tuple[str, ...]
    score: float = 0.0
    file: str = ""
    copies: int = 0


@dataclass(frozen=True, slots=True)
class FacetValue:
    """`count` is the total of the search that this value alone in its facet would give."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class Widening:
    """One thing the engine searched beside what was typed: `typed` → also `meant`."""

    kind: str
    typed: str
    meant: tuple[str, ...]


TimeUnit = Literal["day", "week", "month", "year", "decade"]


@dataclass(frozen=True, slots=True)
class Bar:
    """How many articles were published from one day to another, both inclusive.

    `chosen` says that these days are within those asked for.
    """

    since: date
    until: date
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """When the articles found were published, days asked for left aside: bars of a unit of time, in
    the order of time; those at the ends of the days asked for may be shorter.

    Each count is the total of the search with the days of its bar.
    """

    unit: TimeUnit
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """`facets` has the keys of Query's facets (wards, provinces, topics, sources, types).

    `undated` counts articles without a date that the query finds but for its days; `partial` says
    that articles are among them that lack some of the words, `cut` that the end of a long query was
    left out. `pages` can be asked for: of very many articles, those of the first. `counted` is
    false where no time was left for facets and timeline, which are empty then.
    """

    hits: tuple[Hit, ...]
    total: int
    pages: int
    facets: Mapping[str, tuple[FacetValue, ...]]
    timeline: Timeline
    counted: bool
    undated: int
    widenings: tuple[Widening, ...]
    partial: bool
    cut: bool
    generation: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The first articles of a search of `total`; `hits` are read as they are taken, once."""

    total: int
    hits: Iterator[Hit]
