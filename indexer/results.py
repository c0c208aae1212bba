"""Results: what a search found. Query in, Results out is the whole contract of the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime


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


@dataclass(frozen=True, slots=True)
class Results:
    """`facets` has the keys of Query's facets (wards, provinces, topics, sources, types).

    `undated` counts articles without a date that the query finds but for its days; `partial` says
    that articles are among them that lack some of the words, `cut` that the end of a long query was
    left out. `pages` can be asked for: of very many articles, those of the first.
    """

    hits: tuple[Hit, ...]
    total: int
    pages: int
    facets: Mapping[str, tuple[FacetValue, ...]]
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
