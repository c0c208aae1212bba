"""Reporting: the one span that a whole article accounts for, of all those it names."""

from __future__ import annotations

from datetime import date

from indexer.periods import Period, periods_of


def reporting_period(title: str, text: str, published: date | None = None) -> Period | None:
    """The span whose results, plan or budget the article accounts for; None where for none."""
    named = [each for each in periods_of(title, published) if each.kind != "event"]
    return named[0] if named else None
