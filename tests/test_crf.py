"""CRFsuite's weights and labels, with every path tried as oracle."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.crf import Pair, labels, likeliest, read_model

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


lines = st.lists(st.lists(weights, min_size=1, max_size=8), min_size=1)
finite = st.floats(-9, 9)
any_weights = weights | st.tuples(finite, finite)


@given(lines | st.lists(st.lists(any_weights, max_size=8)), st.tuples(any_weights, any_weights))
def test_lines_at_once_are_as_one_by_one(
    given_lines: list[list[Pair]], transitions: tuple[Pair, Pair]
) -> None:
    scores = [pair for line in given_lines for pair in [*line, (0.0, 0.0)]]
    ends = [is_end for line in given_lines for is_end in [*[False] * len(line), True]]
    one_by_one = [label for line in given_lines for label in [*likeliest(line, transitions), 0]]
    found = labels(np.array(scores).reshape(-1, 2), np.array(ends, np.bool_), transitions)
    assert found.tolist() == one_by_one
