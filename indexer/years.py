"""Years: which one is meant where a text writes a day or a month without it."""

from __future__ import annotations

import calendar
import re
from datetime import date

STATED, BY_PUBLICATION, BY_CONTEXT = 1.0, 0.8, 0.4
"""Certainty of a year that is written, that the date of publication gives, that the text gives."""

Dated = tuple[int, float]
"""A year and how certain it is."""

NAMED_YEAR = re.compile(
    r"[Nn][Ăă][Mm] (?<=\b.{4})(?<![Đđ][Ếế][Nn] .{4})(?P<year>(?:19|20)\d\d)\b(?!\s*[-/]\s*\d)"
)

REACH = 600
"""Characters after an incomplete date in which a year may complete it."""

FIRST_NEWS = 2005
"""No portal of a ward had news before; an earlier year is history, not when a meeting was."""

LATE_IN_THE_YEAR = 11
"""The month from which a meeting on this year and the next is held in the first of the two."""


def year_of_day(match: re.Match[str], published: date | None, day: int, month: int) -> Dated | None:
    """The year of a day, and how sure that is: that nearest to publication, else from the text."""
    if published:
        years = (published.year + offset for offset in (-1, 0, 1))
        days = [each for year in years if (each := valid_day(year, month, day))]
        nearest = min(days, key=lambda each: abs(each - published), default=None)
        return (nearest.year, BY_PUBLICATION) if nearest else None
    years_named = _years_after(match)
    if not years_named:
        return None
    latest = max(years_named)
    ahead = month >= LATE_IN_THE_YEAR and latest - 1 in years_named
    return latest - ahead, BY_CONTEXT


def year_of_span(match: re.Match[str], published: date | None) -> Dated | None:
    """The year of "9 tháng đầu năm": the next one that the text names, else of publication."""
    if years := _years_after(match):
        return years[0], BY_CONTEXT
    return (published.year, BY_PUBLICATION) if published else None


def _years_after(match: re.Match[str]) -> list[int]:
    following = NAMED_YEAR.finditer(match.string, match.start(), match.end() + REACH)
    return [year for each in following if (year := int(each["year"])) >= FIRST_NEWS]


def valid_day(year: int, month: int, day: int) -> date | None:
    """The day, or None where the calendar has none."""
    if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]:
        return date(year, month, day)
    return None
