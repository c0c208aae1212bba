"""The index is held against the store: what is missing, other than it was, or no longer there."""

from __future__ import annotations

import pytest

from crawler.store import open_store
from indexer.generations import IndexDamaged, mark_damaged
from indexer.verify import Drift, drift
from tests.small_site import FETCHED
from tests.test_build import Place, place

__all__ = ["place"]


def drifted(place: Place, *statements: str) -> Drift:
    """What is found once somebody has changed the rows behind the back of the index."""
    with open_store(place.store) as store:
        for statement in statements:
            store.connection.execute(statement)
        return drift(store, place.index)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE articles SET sha256 = '0123456789abcdef' WHERE id IN (3, 1)", "with another text"),
        ("DELETE FROM articles WHERE id IN (1, 3)", "that the store has no more"),
        ("UPDATE articles SET withdrawn_at = '2026-01-01'  WHERE id IN (1, 3)", "that the store"),
        ("UPDATE articles SET indexed = change", "missing"),
    ],
)
def test_what_drifted_is_told(statement: str, told: str, place: Place) -> None:
    place.put([0, 1, 2, 3])
    place.build()
    if told == "missing":
        place.put([8, 9])
    [(what, ids)] = drifted(place, statement).told.items()
    assert what.startswith(told)
    assert len(ids) == 2
    assert set(ids) <= ({5, 6} if told == "missing" else {1, 3})


def test_what_waits_to_be_indexed_is_not_told(place: Place) -> None:
    """Articles that are new, edited, withdrawn or forgotten since; and those of no mark yet."""
    place.put(range(6))
    place.build()
    place.put([6])
    place.put([0], word="ngân")
    with open_store(place.store) as store, store.transaction():
        store.withdraw(2, FETCHED)
    forget = ["DELETE FROM articles WHERE id = 3", "INSERT INTO deletions VALUES (3)"]
    assert drifted(place, *forget) == Drift("000001", 6, {})
    assert drifted(place, "UPDATE articles SET indexed = 0").told == {}
    place.build()
    assert drifted(place) == Drift("000002", 5, {})


def test_an_empty_index_holds_what_an_empty_store_holds(place: Place) -> None:
    place.put([])
    place.build()
    assert drifted(place) == Drift("000001", 0, {})


def test_what_is_damaged_is_not_compared(place: Place) -> None:
    place.put([0])
    place.build()
    mark_damaged(place.folder, "hỏng")
    with pytest.raises(IndexDamaged, match="hỏng"):
        drifted(place)
