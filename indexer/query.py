"""Query: what a reader asks, as a value; and parse(text), our own small grammar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

Sort = Literal["relevance", "newest", "oldest"]
SORTS: tuple[Sort, ...] = get_args(Sort)
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Query:
    """One search. Values of a facet are slugs: OR inside a facet, AND across.

    `since` and `until` are inclusive days in +07:00; `page` counts from 1; `literal` switches off
    every widening (accents, abbreviations, old ward names). An empty `sort` means relevance where
    there are words, else newest.
    """

    text: str = ""
    wards: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    sort: Sort | None = None
    page: int = 1
    literal: bool = False
