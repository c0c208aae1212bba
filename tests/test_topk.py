"""What float32 selects holds what float64 would choose."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.engine.topk import best, leaders


@given(st.integers(0, 2**32), st.integers(0, 4_000), st.integers(1, 20), st.integers(0, 30))
@settings(max_examples=60)
@example(seed=1, size=4_000, terms=12, limit=10)
def test_the_best_are_among_the_leaders(seed: int, size: int, terms: int, limit: int) -> None:
    """Few weights, added up in many orders: sums that differ by little or not at all."""
    choose = np.random.default_rng(seed)
    weights = choose.random(3) * (choose.random(3) < 0.8)
    parts = weights[choose.integers(0, 3, (terms, size))]
    exact = parts.sum(axis=0)
    scores = np.zeros(size, np.float32)
    for part in parts:
        scores += part.astype(np.float32)
    near = leaders(scores, limit)
    wanted = best(exact, np.arange(size), limit)
    wanted = wanted[exact[wanted] > 0]
    assert set(wanted.tolist()) <= set(near.tolist())


def test_equals_come_in_the_order_of_documents() -> None:
    scores, documents = np.array([1.0, 2.0, 1.0, 2.0]), np.array([9, 8, 7, 6])
    assert documents[best(scores, documents, 3)].tolist() == [6, 8, 7]
