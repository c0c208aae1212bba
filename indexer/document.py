"""Document: an article as understood, ready to be indexed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from crawler.article import Article


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days that a text speaks of: the day of an event, or what is reported on.

    `words` is the text it was read from ("9 tháng đầu năm 2022"); `certainty` runs from 0 to 1.
    """

    kind: Literal["event", "report", "term"]
    since: date
    until: date
    words: str
    certainty: float


@dataclass(frozen=True, slots=True)
class Document:
    """`id` is the store's row number. Wards, provinces and topics are slugs.

    `wards` and `provinces` are the units of today (several, where a unit of the time was split);
    `wards_then` are the units by the names of the time the article was written.
    """

    id: int
    article: Article
    wards: tuple[str, ...]
    wards_then: tuple[str, ...]
    provinces: tuple[str, ...]
    topics: tuple[str, ...]
    type: str
    numbers: tuple[str, ...]
    periods: tuple[Period, ...]
    family: int
