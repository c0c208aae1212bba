"""Queries that Whoosh lacks."""

from __future__ import annotations

from whoosh.query import Or, Query


class MostOf(Or):  # type: ignore[misc]
    """Matches documents within `within` that have most of what these queries ask for.

    A query weighs ln(1 + N / (n + 1)) where n of N documents match it, as rare words say more. A
    document has enough with `share` of the weight that the best one within has.
    """

    def __init__(self, queries: list[Query], within: Query, share: float) -> None:
        super().__init__(queries)
        self.within = within
        self.share = share
