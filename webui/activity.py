"""Activity: how many articles of a ward or topic are there, and how many of each month?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from crawler.article import VIETNAM
from indexer.query import Query
from indexer.results import Results, Timeline, TooSlow
from webui.params import changed
from webui.reading import reading

MONTHS = 12


def twelve_months(last: date) -> tuple[date, date]:
    """The first and the last day of the twelve months that end with that day's month.

    >>> twelve_months(date(2026, 3, 5))
    (datetime.date(2025, 4, 1), datetime.date(2026, 3, 31))
    """
    after = (last.replace(day=28) + timedelta(days=4)).replace(day=1)
    return after.replace(year=after.year - 1), after - timedelta(days=1)


def counted(query: Query) -> Results:
    """What a search finds, with all counts. Raises TooSlow where there was no time for them."""
    results = reading().search(query)
    if not results.counted:
        raise TooSlow("no time was left to count")
    return results


def newest(results: Results) -> date:
    """The day of the newest article, of a search in that order; today where it has none, or one of
    the future by mistake."""
    today = datetime.now(VIETNAM).date()
    days = [hit.published.date() for hit in results.hits[:1] if hit.published]
    return min([*days, today])


def activity(query: Query, last: date) -> Timeline:
    """What was published in the twelve months to that day, by months."""
    since, until = twelve_months(last)
    found = counted(changed(query, since=since, until=until)).timeline
    return Timeline(found.unit, tuple(bar for bar in found.bars if bar.chosen))
