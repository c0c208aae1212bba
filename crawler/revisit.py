"""Revisit: how long until a page is looked at again, from how often it was found changed. Pure.

Each look that finds a change makes the interval shorter, each that does not makes it longer. The
steps balance where 63 % of the looks find a change, and for changes that come at random that is
where the interval is the mean time between them (1 - 1/e). They are small, since a larger step is
quicker there but then strays further (Nutch's 0.4 and 0.2: beyond double in one look of eleven).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

Kind = Literal["start", "listing", "article", "feed", "sitemap", "attachment"]

LONGER = 1.2
SHORTER = 0.9

FIRST: Mapping[Kind, int] = {
    "start": 1,
    "feed": 1,
    "sitemap": 4,
    "listing": 4,
    "article": 28,
    "attachment": 112,
}
"""In its portal's intervals, when a page is looked at for the second time (6 h: daily, weekly)."""

SHORTEST: Mapping[Kind, int] = {
    "start": 1,
    "feed": 1,
    "sitemap": 1,
    "listing": 1,
    "article": 4,
    "attachment": 28,
}
LONGEST: Mapping[Kind, timedelta] = {
    "start": timedelta(0),  # as often as the portal's entry says, never less
    "feed": timedelta(0),
    "sitemap": timedelta(days=7),
    "listing": timedelta(days=30),
    "article": timedelta(days=180),
    "attachment": timedelta(days=365),
}

RETRY = timedelta(hours=1)
LONGEST_RETRY = timedelta(days=7)
"""What failed is tried again after RETRY, doubled for each failure before, up to LONGEST_RETRY."""


def interval(kind: Kind, before: float | None, changed: bool, portal: timedelta) -> float:
    """Seconds until the next look at a page of a portal that is looked at every `portal`.

    `before` is the interval that just passed, in seconds; None after the first look.

    >>> six_hours, day = timedelta(hours=6), 86400.0
    >>> interval("article", None, True, six_hours) / day
    7.0
    >>> interval("article", 10 * day, False, six_hours) / day
    12.0
    >>> interval("article", 1.05 * day, True, six_hours) / day, "the shortest"
    (1.0, 'the shortest')
    """
    shortest = SHORTEST[kind] * portal.total_seconds()
    longest = max(LONGEST[kind].total_seconds(), shortest)
    if before is None:
        after = FIRST[kind] * portal.total_seconds()
    else:
        after = before * (SHORTER if changed else LONGER)
    return min(max(after, shortest), longest)


def back_off(failures: int) -> timedelta:
    """How long to wait after that many failures in a row.

    >>> str(back_off(1)), str(back_off(3)), str(back_off(99))
    ('1:00:00', '4:00:00', '7 days, 0:00:00')
    """
    return min(RETRY * (1 << min(failures - 1, 20)), LONGEST_RETRY)
