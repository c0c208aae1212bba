"""Facets counted by sets of values, against counting value by value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.engine.facets import FacetBuilder, FacetColumn, joined

VALUES = st.lists(st.lists(st.sampled_from("xyz"), unique=True), max_size=8)


def column(documents: Sequence[Sequence[str]]) -> FacetColumn:
    builder = FacetBuilder()
    for values in documents:
        builder.sets.append(builder.number(values))
    return builder.column()


@given(st.lists(VALUES, max_size=3), st.sets(st.integers(0, 23)), st.sets(st.sampled_from("xyz")))
def test_counts_and_holders(
    segments: list[list[list[str]]], chosen: set[int], wanted: set[str]
) -> None:
    documents = [values for segment in segments for values in segment]
    rows = [row for row in sorted(chosen) if row < len(documents)]
    whole = joined([column(segment) for segment in segments])
    counted = Counter(value for row in rows for value in documents[row])
    assert whole.named(whole.of(np.array(rows, np.intp))) == counted
    assert whole.holders(wanted).tolist() == [bool(wanted & set(each)) for each in documents]


def test_a_value_for_each_document_is_counted_as_its_set() -> None:
    """Sets that are the values themselves, and the same with one that has none."""
    single = [["x"], ["y"], ["x"], ["z"]]
    for documents in (single, [*single, []], [[], *single]):
        rows = np.arange(len(documents))
        whole = column(documents)
        assert whole.named(whole.of(rows)) == {"x": 2, "y": 1, "z": 1}


def test_values_that_no_set_has_any_more_are_counted_as_none() -> None:
    """Of a merge that left documents out."""
    numbers, ends = np.array([0, 1, 0]), np.array([1, 3])
    whole = FacetColumn(("gone", "x", "y"), numbers, ends, np.array([1, 1, 2]))
    assert whole.of(np.arange(3)).tolist() == [0, 3, 1]
