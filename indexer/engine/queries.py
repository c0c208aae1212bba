"""Queries that Whoosh lacks."""

from __future__ import annotations

from collections.abc import Sequence

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


class Having(Query):  # type: ignore[misc]
    """Matches documents that have one of these values of a facet."""

    def __init__(self, facet: str, values: Sequence[str]) -> None:
        self.facet = facet
        self.values = tuple(values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Having) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.facet, self.values))

    def __repr__(self) -> str:
        return f"Having({self.facet!r}, {self.values!r})"
