"""Pages are looked at about as often as they change, within the bounds of their kind."""

from __future__ import annotations

import random
from datetime import timedelta
from statistics import geometric_mean

import pytest

from crawler.revisit import FIRST, LONGEST, SHORTEST, Kind, interval

SIX_HOURS = timedelta(hours=6)
DAY = 86400.0
YEAR = 365 * DAY


def year(kind: Kind, every: float, chance: random.Random) -> list[tuple[float, float]]:
    """(when, interval from then on) of each look in a year at a page that changes at random, on
    average once in `every` seconds."""
    looks: list[tuple[float, float]] = []
    now, change, before = 0.0, chance.expovariate(1 / every), None
    while now < YEAR:
        changed = change <= now
        while change <= now:
            change += chance.expovariate(1 / every)
        before = interval(kind, before, changed, SIX_HOURS)
        looks.append((now, before))
        now += before
    return looks


@pytest.mark.parametrize(
    ("kind", "days"),
    [("listing", 0.5), ("listing", 2), ("listing", 7), ("article", 3), ("article", 14)],
)
def test_in_a_year_the_interval_comes_within_double_of_the_true_one(
    kind: Kind, days: float
) -> None:
    """And spends no more looks than a crawler that knew the rate from the start would, doubled."""
    for seed in range(20):
        looks = year(kind, days * DAY, random.Random(seed))
        late = [length for when, length in looks if when > YEAR / 2]
        assert days * DAY / 2 <= geometric_mean(late) <= days * DAY * 2
        assert len(looks) <= 2 * YEAR / (days * DAY) + 30


def test_a_page_that_changes_monthly_or_never_is_looked_at_ever_less() -> None:
    monthly = [year("article", 30 * DAY, random.Random(seed))[-1][1] for seed in range(20)]
    assert 15 * DAY <= geometric_mean(monthly) <= 60 * DAY
    never = [length for _, length in year("article", 100 * YEAR, random.Random(1))]
    assert never == sorted(never)
    assert len(never) <= 15


@pytest.mark.parametrize("kind", FIRST)
def test_bounds(kind: Kind) -> None:
    """However often it changes, or never does."""
    for changed, bound in ((True, SHORTEST[kind] * SIX_HOURS), (False, LONGEST[kind])):
        length = None
        for _ in range(99):
            length = interval(kind, length, changed, SIX_HOURS)
        assert length == max(bound, SHORTEST[kind] * SIX_HOURS).total_seconds()


def test_listings_are_looked_at_more_often_than_articles() -> None:
    for bounds in (FIRST, SHORTEST, LONGEST):
        assert bounds["listing"] < bounds["article"]
    assert FIRST["start"] < FIRST["listing"]
