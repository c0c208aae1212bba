"""Spans of days that a text speaks of: the day of an event, what is reported on, a term of office.

None of them is the day of publication, which only the page can print (crawler/dates.py).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

PERIODS_KEPT = 12
"""Of one article; a long report names dozens, the first ones are its own."""


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days, both ends included. `words` is the text it was read from.

    `certainty` runs from 0 to 1; under 0.5 the year is inferred from other years in the text.
    """

    kind: Literal["event", "report", "term"]
    since: date
    until: date
    words: str
    certainty: float


TERM = re.compile(r"nhiệm kỳ\s+(?P<first>(?:19|20)\d\d)\s?[-–]\s?(?P<last>(?:19|20)\d\d)", re.I)
MONTHS = re.compile(
    r"(?P<count>\d{1,2})\s+tháng\s+(?P<end>đầu|cuối)\s+năm\s+(?P<year>20\d\d)", re.I
)
QUARTER = re.compile(
    r"quý\s+(?P<quarter>IV|III|II|I|[1-4])(?:\s*/\s*|\s+năm\s+)(?P<year>20\d\d)", re.I
)
EVENT = re.compile(
    r"(?:(?:sáng|chiều|trưa|tối|vào)\s+(?:ngày\s+)?|ngày\s+)"
    r"(?P<day>\d{1,2})[/-](?P<month>\d{1,2})(?:[/-](?P<year>(?:19|20)\d\d))?(?![\d/])",
    re.I,
)
YEAR = re.compile(r"năm\s+(20\d\d)", re.I)
QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}


def periods(text: str, published: date | None) -> tuple[Period, ...]:
    """The periods a text names, in the order of the text, at most PERIODS_KEPT.

    A day without a year takes it from the day of publication, else from the years the text speaks
    of, with little certainty.

    >>> [found] = periods("Sáng ngày 11/5, … năm 2021, phương hướng năm 2022.", None)
    >>> found.kind, found.since.isoformat(), found.certainty
    ('event', '2022-05-11', 0.4)
    >>> periods("Kết quả 9 tháng đầu năm 2022", None)[0].until.isoformat()
    '2022-09-30'
    """
    found = sorted(
        (*_terms(text), *_reports(text), *_events(text, published)), key=lambda each: each[0]
    )
    return tuple(dict.fromkeys(period for _, period in found))[:PERIODS_KEPT]


def _terms(text: str) -> Iterator[tuple[int, Period]]:
    for found in TERM.finditer(text):
        first, last = int(found["first"]), int(found["last"])
        if first < last:
            span = date(first, 1, 1), date(last, 12, 31)
            yield found.start(), Period("term", *span, found[0], 1.0)


def _reports(text: str) -> Iterator[tuple[int, Period]]:
    for found in MONTHS.finditer(text):
        count = int(found["count"])
        if 1 <= count <= 12:
            months = (1, count) if found["end"].lower() == "đầu" else (13 - count, 12)
            yield found.start(), _report(int(found["year"]), *months, found[0])
    for found in QUARTER.finditer(text):
        last = 3 * QUARTERS[found["quarter"].lower()]
        yield found.start(), _report(int(found["year"]), last - 2, last, found[0])


def _report(year: int, first: int, last: int, words: str) -> Period:
    until = date(year, last, monthrange(year, last)[1])
    return Period("report", date(year, first, 1), until, words, 1.0)


def _events(text: str, published: date | None) -> Iterator[tuple[int, Period]]:
    for found in EVENT.finditer(text):
        day, month = int(found["day"]), int(found["month"])
        guess = (int(found["year"]), 1.0) if found["year"] else _year(text, published, month)
        if guess and (when := _date(guess[0], month, day)):
            yield found.start(), Period("event", when, when, found[0], guess[1])


def _year(text: str, published: date | None, month: int) -> tuple[int, float] | None:
    """The year of a day printed without one, and how sure it is; None where nothing tells."""
    if published:  # news is of days just past: in January, December was last year
        return (published.year - (month > published.month + 1), 0.8)
    spoken_of = Counter(int(year) for year in YEAR.findall(text))
    return (max(spoken_of, key=lambda year: (spoken_of[year], year)), 0.4) if spoken_of else None


def _date(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if month <= 12 and 1 <= day <= _days(year, month) else None


def _days(year: int, month: int) -> int:
    return monthrange(year, month)[1] if 1 <= month <= 12 else 0
