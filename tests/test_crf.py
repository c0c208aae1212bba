"""CRFsuite's weights and labels, with every path tried as oracle."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.crf import Pair, likeliest, read_model

weights = st.tuples(st.integers(-9, 9), st.integers(-9, 9)).map(lambda pair: (*map(float, pair),))


def score(labels: tuple[int, ...], scores: list[Pair], transitions: tuple[Pair, Pair]) -> float:
    states = sum(each[label] for each, label in zip(scores, labels, strict=True))
    return states + sum(transitions[one][two] for one, two in pairwise(labels))


@given(st.lists(weights, max_size=8), st.tuples(weights, weights))
def test_no_labels_are_likelier(scores: list[Pair], transitions: tuple[Pair, Pair]) -> None:
    best = max(score(path, scores, transitions) for path in product((0, 1), repeat=len(scores)))
    assert score(tuple(likeliest(scores, transitions)), scores, transitions) == best


def test_of_equals_the_first_label_wins() -> None:
    assert likeliest([(1.0, 1.0)] * 3, ((0.0, 0.0), (0.0, 0.0))) == [0, 0, 0]


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(ValueError, match="not a CRFsuite model"):
        read_model(bytes(48))
