"""When articles were published, in bars: the unit, the edges, and that no article is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.results import Timeline, TimeUnit
from indexer.timeline import DAY_0, MOST_BARS, Days, timeline


def drawn(days: Sequence[date], since: date | None = None, until: date | None = None) -> Timeline:
    numbers = np.array([day.toordinal() - DAY_0 for day in days], np.int64)
    first = int(numbers.min(initial=0))
    return timeline(Days(first, np.bincount(numbers - first)), since, until)


def spans(found: Timeline) -> list[tuple[str, str, bool]]:
    return [(f"{bar.since}", f"{bar.until}", bar.chosen) for bar in found.bars]


UNITS: list[tuple[date, date, TimeUnit]] = [
    # the finest unit with at most 24 bars from the first article to the last
    (date(2025, 3, 5), date(2025, 3, 5), "day"),
    (date(2025, 3, 5), date(2025, 3, 28), "day"),  # 24 days
    (date(2025, 3, 5), date(2025, 3, 29), "week"),
    (date(2025, 1, 6), date(2025, 6, 22), "week"),  # 24 weeks from Monday to Sunday
    (date(2025, 1, 5), date(2025, 6, 22), "month"),  # the Sunday before is of a 25th
    (date(2024, 1, 31), date(2025, 12, 1), "month"),
    (date(2023, 12, 31), date(2025, 12, 1), "year"),
    (date(2002, 1, 1), date(2025, 1, 1), "year"),
    (date(2001, 1, 1), date(2025, 1, 1), "decade"),
    (date(1990, 1, 1), date(2100, 12, 31), "decade"),  # all that is believed of a page
]


@pytest.mark.parametrize(("first", "last", "unit"), UNITS)
def test_the_unit_is_the_finest_with_few_bars(first: date, last: date, unit: TimeUnit) -> None:
    found = drawn([first, last])
    assert found.unit == unit
    assert len(found.bars) <= MOST_BARS
    assert all(bar.chosen for bar in found.bars)
    assert found.bars[0].since <= first <= found.bars[0].until
    assert found.bars[-1].since <= last <= found.bars[-1].until


FINER: list[tuple[TimeUnit, TimeUnit]] = [
    ("decade", "year"),
    ("year", "month"),
    ("month", "week"),
    ("week", "day"),
    ("day", "day"),
]


@pytest.mark.parametrize(("unit", "finer"), FINER)
@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2025, 3, 31), date(2026, 1, 1)])
def test_a_bar_is_followed_by_bars_of_the_next_finer_unit(
    unit: TimeUnit, finer: TimeUnit, day: date
) -> None:
    reach = {"day": 1, "week": 100, "month": 600, "year": 8000, "decade": 40_000}[unit]
    whole = drawn([day, day - timedelta(days=reach)])
    assert whole.unit == unit
    (bar,) = [each for each in whole.bars if each.since <= day <= each.until]
    closer = drawn([day], bar.since, bar.until)
    chosen = [each for each in closer.bars if each.chosen]
    assert closer.unit == finer
    assert (chosen[0].since, chosen[-1].until) == (bar.since, bar.until)
    assert sum(each.count for each in chosen) == 1


def test_bars_end_with_the_days_asked_for_and_others_stand_around() -> None:
    found = drawn([], date(2025, 2, 10), date(2025, 8, 20))
    assert spans(found)[:8] == [
        ("2024-08-01", "2024-08-31", False),
        ("2024-09-01", "2024-09-30", False),
        ("2024-10-01", "2024-10-31", False),
        ("2024-11-01", "2024-11-30", False),
        ("2024-12-01", "2024-12-31", False),
        ("2025-01-01", "2025-01-31", False),
        ("2025-02-01", "2025-02-09", False),
        ("2025-02-10", "2025-02-28", True),
    ]
    assert spans(found)[13:15] == [
        ("2025-08-01", "2025-08-20", True),
        ("2025-08-21", "2025-08-31", False),
    ]
    assert [each.chosen for each in found.bars] == [False] * 7 + [True] * 7 + [False] * 7


DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
CLOSE = st.dates(date(2025, 1, 1), date(2025, 3, 1))
BOUNDS = st.none() | DAYS | CLOSE


@given(st.lists(DAYS | CLOSE, max_size=30), BOUNDS, BOUNDS)
def test_every_day_lies_in_its_bar(
    days: list[date], since: date | None, until: date | None
) -> None:
    """Brute force: the bars follow each other, and each counts the days that lie in it."""
    if since and until and since > until:
        since, until = until, since
    bars = drawn(days, since, until).bars
    assert len(bars) <= MOST_BARS
    for bar, following in pairwise(bars):
        assert bar.until + timedelta(days=1) == following.since
    for bar in bars:
        assert bar.count == sum(bar.since <= day <= bar.until for day in days)
        assert bar.chosen == (
            (since is None or since <= bar.since) and (until is None or bar.until <= until)
        )
    wanted = [d for d in days if (not since or since <= d) and (not until or d <= until)]
    assert sum(bar.count for bar in bars if bar.chosen) == len(wanted)


@pytest.mark.parametrize(
    ("since", "until"), [(date.min, date.min), (date.max, date.max), (date.min, date.max)]
)
def test_the_ends_of_all_time_are_days(since: date, until: date) -> None:
    bars = [bar for bar in drawn([date(2025, 1, 1)], since, until).bars if bar.chosen]
    assert (bars[0].since, bars[-1].until) == (since, until)


@pytest.mark.parametrize(
    ("days", "since", "until"),
    [
        ([], None, None),
        ([], date(2025, 1, 1), None),
        ([], None, date(2025, 1, 1)),
        ([date(2025, 1, 1)], date(2026, 1, 1), None),  # all lie before
        ([date(2025, 1, 1)], None, date(2024, 1, 1)),  # all lie behind
    ],
)
def test_no_bars_where_no_day_is_in_question(
    days: list[date], since: date | None, until: date | None
) -> None:
    assert drawn(days, since, until).bars == ()
