"""Days: which ones a reader means by 15/3/2026, 3/2026 or 2026, and where they begin."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, time

from crawler.article import VIETNAM

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Years that can be asked for; no later one is believed of a page either."""

_DATE = re.compile(
    r"""
    (?: (?: (?P<day>\d{1,2}) [/.-])? (?P<month>\d{1,2}) [/.-])? (?P<year>\d{4})  # 15/3/2026
    | (?P<iso_year>\d{4}) - (?P<iso_month>\d{1,2}) (?: - (?P<iso_day>\d{1,2}))?  # 2026-03-15
    """,
    re.VERBOSE | re.ASCII,
)

_ONLY_DIGITS = re.compile(r"^(\d{2})(\d{2})(\d{4})$", re.ASCII)
"""15032026, as number keyboards without a slash make readers type it."""


def read_day(text: str, last: bool = False) -> date | None:
    """A day as readers type it, day before month; None where it is none.

    A month or a year means its first day, or with `last` its last.

    >>> read_day("15/3/2026"), read_day("2026-03-15"), read_day("31/2/2026")
    (datetime.date(2026, 3, 15), datetime.date(2026, 3, 15), None)
    >>> read_day("2/2024", last=True), read_day("2026", last=True)
    (datetime.date(2024, 2, 29), datetime.date(2026, 12, 31))
    """
    digits = _ONLY_DIGITS.sub(r"\1/\2/\3", text.replace(" ", ""))
    match = _DATE.fullmatch(digits)
    if match is None:
        return None
    year = int(match["year"] or match["iso_year"])
    month_text, day_text = match["month"] or match["iso_month"], match["day"] or match["iso_day"]
    month = int(month_text) if month_text else (12 if last else 1)
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        return None
    length = calendar.monthrange(year, month)[1]
    day = int(day_text) if day_text else (length if last else 1)
    return date(year, month, day) if 1 <= day <= length else None


def midnight(day: date) -> int:
    """The beginning of a day in Vietnam, in seconds since 1970."""
    return int(datetime.combine(day, time(), VIETNAM).timestamp())
