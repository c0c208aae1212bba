"""CRFsuite's weights and labels, with every path tried as oracle."""

from __future__ import annotations

import math
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.crf import Pair, between, labels, likeliest, read_model

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
    end = (math.nan, math.nan)
    scores = [end, *(pair for line in given_lines for pair in [*line, end])]
    ends = np.array([pair is end for pair in scores])
    leads = np.array([first - second for first, second in scores])
    at_end, at_next, at_last = between(transitions)
    leads[ends] = at_end
    leads[1:][ends[:-1]] += at_next
    leads[:-1][ends[1:]] += at_last
    found = labels(leads, ends, transitions, lambda start, stop: scores[start:stop])
    assert found[~ends].tolist() == [
        bool(label) for line in given_lines for label in likeliest(line, transitions)
    ]
