"""Periods: the days and spans of time that a text speaks of, apart from when it was published."""

from __future__ import annotations

import calendar
import re
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Literal, get_args

from indexer.normalize import normalize
from indexer.period_forms import (
    COMPARED,
    COUNTED,
    DAYS,
    EVENT,
    MONTH,
    NUMBERS,
    PART_OF_PERIOD,
    PART_OF_YEAR,
    QUARTER,
    QUARTERS,
    SAME_TIME,
    SCHOOL_YEAR,
    SPAN,
    WEEK,
    Form,
    Pair,
)
from indexer.years import (
    BY_PUBLICATION,
    NAMED_YEAR,
    STATED,
    Dated,
    valid_day,
    year_of_day,
    year_of_span,
)

Kind = Literal["event", "report", "compared", "term"]


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days that a text speaks of: of an event, of what is reported on, of what that is
    compared with ("cùng kỳ năm trước"), or a term of office.

    `words` is the text it was read from ("9 tháng đầu năm 2022"); `certainty` runs from 0 to 1
    (under 0.5: the year was inferred from the text around it).
    """

    kind: Kind
    since: date
    until: date
    words: str
    certainty: float


Found = tuple[int, Period]
"""Where in the text a period stands, and the period."""

BEFORE = 30
"""Characters before a period that tell what it is to the text."""


def periods_of(text: str, published: date | None = None) -> tuple[Period, ...]:
    """The periods that `text` names, each once: events, reports, what they are compared with,
    terms.

    A year that is not written is the one next to `published`, else one that the text names.

    >>> [found] = periods_of("Sáng 11/5, hội nghị bàn nhiệm vụ.", date(2022, 5, 12))
    >>> found.kind, str(found.since), found.certainty
    ('event', '2022-05-11', 0.8)
    >>> [(each.kind, str(each.until)) for each in periods_of("Quý II/2025 tăng so với quý I/2025")]
    [('report', '2025-06-30'), ('compared', '2025-03-31')]
    """
    return periods_in(normalize(text), published)


def periods_in(normal: str, published: date | None = None) -> tuple[Period, ...]:
    """periods_of() a text that is normalised already."""
    lower = normal.lower()
    numbers = [match.start() for match in _NUMBER.finditer(normal)]
    of_forms = [reader(form.matches(normal, numbers), published) for form, reader in _FORMS]
    others = [reader(normal, published) for reader, signs in _READERS if _has_any(lower, signs)]
    read = list(chain.from_iterable([*of_forms, *others]))
    read = [(start, _told_apart(normal, start, period)) for start, period in _outermost(read)]
    reports = [each for each in read if each[1].kind == "report"]
    if _has_any(lower, _SAME_TIME_SIGNS):
        read.extend(_same_times(normal, published, reports))
    found: dict[tuple[str, date, date], Period] = {}
    for _, period in read:
        found.setdefault((period.kind, period.since, period.until), period)
    kinds = get_args(Kind)
    return tuple(sorted(found.values(), key=lambda period: kinds.index(period.kind)))


def _has_any(text: str, signs: Iterable[str]) -> bool:
    return any(sign in text for sign in signs)


def _outermost(read: Iterable[Found]) -> Iterator[Found]:
    """In the order of the text, without the year within "quý II năm 2025" and its like."""
    end = 0
    for start, period in sorted(read, key=lambda each: (each[0], -len(each[1].words))):
        if start >= end:
            yield start, period
            end = start + len(period.words)


def _told_apart(text: str, start: int, period: Period) -> Period:
    """The period, as one that others are compared with where the words before it say so."""
    compared = period.kind == "report" and COMPARED.search(text, max(0, start - BEFORE), start)
    return replace(period, kind="compared") if compared else period


def _same_times(
    text: str, published: date | None, reports: Sequence[Found]
) -> Iterator[tuple[int, Period]]:
    """ "cùng kỳ năm trước": the span reported on last before, a year or more ago."""
    places = [start for start, _ in reports]
    for match in SAME_TIME.finditer(text):
        earlier = bisect(places, match.start())
        base = reports[earlier - 1][1] if earlier else None
        now = base.since.year if base else published.year if published else None
        year = int(match["year"]) if match["year"] else now and now - 1
        if year:
            months = (base.since.month, base.until.month) if base else (1, 12)
            certainty = STATED if match["year"] else base.certainty if base else BY_PUBLICATION
            yield (
                match.start(),
                replace(_months_of_year(match, (year, certainty), *months), kind="compared"),
            )


def _written(match: re.Match[str]) -> Dated | None:
    return (int(match["year"]), STATED) if match["year"] else None


def _day_of(match: re.Match[str], published: date | None) -> tuple[date, float] | None:
    """The day, month and year of a match, the year completed where it is not written."""
    day, month = int(match["day"]), int(match["month"])
    dated = _written(match) or year_of_day(match, published, day, month)
    when = valid_day(dated[0], month, day) if dated else None
    return (when, dated[1]) if dated and when else None


def _events(pairs: Iterable[Pair], published: date | None) -> Iterator[Found]:
    for head, match in pairs:
        if dated := _day_of(match, published):
            yield head.start(), Period("event", dated[0], dated[0], _both(head, match), dated[1])


def _several_days(pairs: Iterable[Pair], published: date | None) -> Iterator[Found]:
    """ "từ ngày 10 đến 15/6": of an event, unless the words before it speak of figures."""
    for head, match in pairs:
        if dated := _day_of(match, published):
            until, certainty = dated
            month = int(match["first_month"] or until.month)
            year = int(match["first_year"] or until.year - (month > until.month))
            since = valid_day(year, month, int(match["first"]))
            if since and since < until:
                start = head.start()
                counted = COUNTED.search(head.string, max(0, start - BEFORE), start)
                kind: Kind = "report" if counted else "event"
                yield start, Period(kind, since, until, _both(head, match), certainty)


def _part_years(text: str, published: date | None) -> Iterator[Found]:
    """ "9 tháng đầu năm" is January to September, "3 tháng cuối năm" October to December.

    Where one of a text has its year ("06 tháng đầu năm 2022"), the others like it mean the same.
    """
    matches = [(match, *_months_of(match)) for match in PART_OF_YEAR.finditer(text)]
    written = {
        (first, last): (int(year), STATED)
        for match, first, last in matches
        if (year := match["year"] or match["of"])
    }
    for match, first, last in matches:
        own = match["year"] or match["of"]
        dated = (int(own), STATED) if own else written.get((first, last))
        dated = dated or year_of_span(match, published)
        if dated and 1 <= first <= last <= 12:
            yield match.start(), _months_of_year(match, dated, first, last)


def _months_of(match: re.Match[str]) -> tuple[int, int]:
    count = (
        (match["count"] or match["months"] or "").upper().lower()
    )  # re takes ı and ſ for i and s
    months = 6 if match["half"] else NUMBERS.get(count) or int(count)
    return (13 - months, 12) if (match["end"] or "").lower() == "cuối" else (1, months)


def _quarters(text: str, published: date | None) -> Iterator[Found]:
    for match in QUARTER.finditer(text):
        last = 3 * QUARTERS[(match["quarter"] or match["bare"]).lower()]
        if dated := _written(match) or year_of_span(match, published):
            yield match.start(), _months_of_year(match, dated, last - 2, last)


def _months(text: str, published: date | None) -> Iterator[Found]:
    for match in MONTH.finditer(text):
        month = int(match["month"])
        dated = _written(match) or year_of_day(match, published, 15, month)
        if dated and 1 <= month <= 12:
            yield match.start(), _months_of_year(match, dated, month, month)


def _weeks(text: str, published: date | None) -> Iterator[Found]:
    """The days 15 to 21 are the third week of a month; weeks of a year are those of ISO 8601."""
    for match in WEEK.finditer(text):
        if match["iso"]:
            year, week = int(match["iso"]), int(match["of_year"])
            if 1 <= week <= date(year, 12, 28).isocalendar().week:
                since, until = (date.fromisocalendar(year, week, day) for day in (1, 7))
                yield match.start(), Period("report", since, until, match[0], STATED)
            continue
        month, last = int(match["month"]), 7 * int(match["week"])
        dated = _written(match) or year_of_day(match, published, last - 6, month)
        if dated and (first := valid_day(dated[0], month, last - 6)):
            end = valid_day(dated[0], month, last) or _end(dated[0], month)
            yield match.start(), Period("report", first, end, match[0], dated[1])


def _whole_years(text: str, published: date | None) -> Iterator[Found]:
    for match in NAMED_YEAR.finditer(text):
        if not PART_OF_PERIOD.search(text, max(0, match.start() - 7), match.start()):
            yield match.start(), _months_of_year(match, (int(match["year"]), STATED), 1, 12)


def _school_years(pairs: Iterable[Pair], published: date | None) -> Iterator[Found]:
    """From September to May (Education Law 2019; each year's plan of the Ministry)."""
    for head, match in pairs:
        first, year = int(match["first"]), int(match["year"])
        if year == first + 1:
            since, until = date(first, 9, 1), date(year, 5, 31)
            yield head.start(), Period("report", since, until, _both(head, match), STATED)


def _spans(pairs: Iterable[Pair], published: date | None) -> Iterator[Found]:
    for head, match in pairs:
        since, until = date(int(match["first"]), 1, 1), date(int(match["year"]), 12, 31)
        if since <= until:
            kind: Kind = "term" if head["kind"][0] in "nN" else "report"
            yield head.start(), Period(kind, since, until, _both(head, match), STATED)


def _both(head: re.Match[str], match: re.Match[str]) -> str:
    return head.string[head.start() : match.end()]


_NUMBER = re.compile("[0-9]+")
_FORMS: Sequence[tuple[Form, Callable[[Iterable[Pair], date | None], Iterator[Found]]]] = (
    (EVENT, _events),
    (DAYS, _several_days),
    (SCHOOL_YEAR, _school_years),
    (SPAN, _spans),
)
_READERS: Sequence[tuple[Callable[[str, date | None], Iterator[Found]], Sequence[str]]] = (
    (_part_years, (" đầu năm", " cuối năm", " tháng năm ", " tháng/", " tháng của ")),
    (_quarters, ("quý", "quí")),
    (_weeks, ("tuần",)),
    (_months, ("tháng",)),
    (_whole_years, ("năm 19", "năm 20")),
)
"""What reads periods of one form, and of what a text in lower case must have one for that."""
_SAME_TIME_SIGNS = ("cùng k", "so với năm")


def _months_of_year(match: re.Match[str], dated: Dated, first: int, last: int) -> Period:
    year, certainty = dated
    return Period("report", date(year, first, 1), _end(year, last), match[0], certainty)


def _end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
