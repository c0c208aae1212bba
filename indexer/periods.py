"""Periods: the days and spans of time that a text speaks of, apart from when it was published."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from indexer.normalize import normalize


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days that a text speaks of: the day of an event, or what is reported on.

    `words` is the text it was read from ("9 tháng đầu năm 2022"); `certainty` runs from 0 to 1
    (under 0.5: the year was inferred from the text around it).
    """

    kind: Literal["event", "report", "term"]
    since: date
    until: date
    words: str
    certainty: float


STATED, BY_PUBLICATION, BY_CONTEXT = 1.0, 0.8, 0.4
"""Certainty of a year that is written, that the date of publication gives, that the text gives."""

NUMBERS = {"ba": 3, "sáu": 6, "chín": 9}
QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}

_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_WRITTEN_YEAR = rf"(?:\s*(?:năm|/|-)\s*{_YEAR})"
_EVENT = re.compile(
    r"""
    (?: (?:\b[Ss]áng|\b[Tt]rưa|\b[Cc]hiều|\b[Tt]ối|\b[Hh]ôm\ nay)
        (?:\ nay)? [,\s(]* (?:ngày\s+)?
      | \bNgày\s+ )                                # at the head of a sentence only: a document's
    (?P<day>\d{1,2})                               # date is written "ngày 13/10/2021"
    (?: \s*[/.-]\s* | \s+tháng\s+ ) (?P<month>\d{1,2}) (?!\d)
    (?: \s*(?:năm|[/.-])\s* (?P<year>(?:19|20)\d\d)\b | (?!\s*[/.-]\s*\d) )
    """,
    re.VERBOSE,
)
_MONTHS = re.compile(
    rf"\b(?P<count>\d{{1,2}}|{'|'.join(NUMBERS)}) tháng (?P<end>đầu|cuối) năm\b(?:\s+{_YEAR})?",
    re.IGNORECASE,
)
_QUARTER = re.compile(rf"\bquý\s+(?P<quarter>I{{1,3}}|IV|[1-4])\b{_WRITTEN_YEAR}", re.IGNORECASE)
_MONTH = re.compile(rf"(?<!\d )\btháng\s+(?P<month>\d{{1,2}}){_WRITTEN_YEAR}", re.IGNORECASE)
_NAMED_YEAR = re.compile(rf"(?<!đến )\bnăm {_YEAR}(?!\s*[-/]\s*\d)", re.IGNORECASE)
_PART_OF_PERIOD = re.compile(r"(đầu|cuối|\d|\b[IV]+) $")
"""What stands before a year that belongs to a day, month, quarter or part of the year."""
_SPAN = re.compile(
    rf"\b(?P<kind>nhiệm kỳ|nhiệm kì|giai đoạn)\s+(?P<first>20\d\d)\s*-\s*{_YEAR}", re.IGNORECASE
)


def periods_of(text: str, published: date | None = None) -> tuple[Period, ...]:
    """The periods that `text` names, each once: events, then spans reported on, then terms.

    A year that is not written is the one next to `published`, else one that the text names.

    >>> [found] = periods_of("Sáng 11/5, hội nghị bàn nhiệm vụ.", date(2022, 5, 12))
    >>> found.kind, str(found.since), found.certainty
    ('event', '2022-05-11', 0.8)
    """
    normal = normalize(text)
    found: dict[tuple[str, date, date], Period] = {}
    for reader in (_events, _part_years, _quarters, _months, _whole_years, _spans):
        for period in reader(normal, published):
            found.setdefault((period.kind, period.since, period.until), period)
    return tuple(sorted(found.values(), key=lambda period: _KINDS.index(period.kind)))


_KINDS = ("event", "report", "term")

REACH = 600
"""Characters after an incomplete date in which a year may complete it."""

FIRST_NEWS = 2005
"""No portal of a ward had news before; an earlier year is history, not when a meeting was."""

LATE_IN_THE_YEAR = 11
"""The month from which a meeting on this year and the next is held in the first of the two."""


def _year_of_day(
    match: re.Match[str], published: date | None, day: int, month: int
) -> tuple[int, float] | None:
    """The year of a day, and how sure that is: that nearest to publication, else from the text."""
    if published:
        years = (published.year + offset for offset in (-1, 0, 1))
        days = [each for year in years if (each := _valid(year, month, day))]
        nearest = min(days, key=lambda each: abs(each - published), default=None)
        return (nearest.year, BY_PUBLICATION) if nearest else None
    years_named = _years_after(match)
    if not years_named:
        return None
    latest = max(years_named)
    ahead = month >= LATE_IN_THE_YEAR and latest - 1 in years_named
    return latest - ahead, BY_CONTEXT


def _year_of_span(match: re.Match[str], published: date | None) -> tuple[int, float] | None:
    """The year of "9 tháng đầu năm": the next one that the text names, else of publication."""
    if years := _years_after(match):
        return years[0], BY_CONTEXT
    return (published.year, BY_PUBLICATION) if published else None


def _years_after(match: re.Match[str]) -> list[int]:
    following = _NAMED_YEAR.finditer(match.string, match.start(), match.end() + REACH)
    return [year for each in following if (year := int(each["year"])) >= FIRST_NEWS]


def _valid(year: int, month: int, day: int) -> date | None:
    """The day, or None where the calendar has none."""
    if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
        return date(year, month, day)
    return None


def _written(match: re.Match[str]) -> tuple[int, float] | None:
    return (int(match["year"]), STATED) if match["year"] else None


def _events(text: str, published: date | None) -> Iterator[Period]:
    for match in _EVENT.finditer(text):
        day, month = int(match["day"]), int(match["month"])
        dated = _written(match) or _year_of_day(match, published, day, month)
        when = dated and _valid(dated[0], month, day)
        if dated and when:
            yield Period("event", when, when, match[0], dated[1])


def _part_years(text: str, published: date | None) -> Iterator[Period]:
    """ "9 tháng đầu năm" is January to September, "3 tháng cuối năm" October to December.

    Where one of a text has its year ("06 tháng đầu năm 2022"), the others like it mean the same.
    """
    matches = [(match, *_months_of(match)) for match in _MONTHS.finditer(text)]
    written = {(first, last): dated for match, first, last in matches if (dated := _written(match))}
    for match, first, last in matches:
        dated = written.get((first, last)) or _year_of_span(match, published)
        if dated and 1 <= first <= last <= 12:
            yield _report(match, _written(match) or dated, first, last)


def _months_of(match: re.Match[str]) -> tuple[int, int]:
    count = NUMBERS.get(match["count"].lower()) or int(match["count"])
    return (1, count) if match["end"].lower() == "đầu" else (13 - count, 12)


def _quarters(text: str, published: date | None) -> Iterator[Period]:
    for match in _QUARTER.finditer(text):
        last = 3 * QUARTERS[match["quarter"].lower()]
        yield _report(match, (int(match["year"]), STATED), last - 2, last)


def _months(text: str, published: date | None) -> Iterator[Period]:
    for match in _MONTH.finditer(text):
        if 1 <= int(match["month"]) <= 12:
            month = int(match["month"])
            yield _report(match, (int(match["year"]), STATED), month, month)


def _whole_years(text: str, published: date | None) -> Iterator[Period]:
    for match in _NAMED_YEAR.finditer(text):
        if not _PART_OF_PERIOD.search(text, max(0, match.start() - 5), match.start()):
            yield _report(match, (int(match["year"]), STATED), 1, 12)


def _spans(text: str, published: date | None) -> Iterator[Period]:
    for match in _SPAN.finditer(text):
        since, until = date(int(match["first"]), 1, 1), date(int(match["year"]), 12, 31)
        if since <= until:
            kind: Literal["report", "term"] = "report" if match["kind"][0] in "gG" else "term"
            yield Period(kind, since, until, match[0], STATED)


def _report(match: re.Match[str], dated: tuple[int, float], first: int, last: int) -> Period:
    year, certainty = dated
    until = date(year, last, calendar.monthrange(year, last)[1])
    return Period("report", date(year, first, 1), until, match[0], certainty)
