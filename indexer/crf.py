"""CRFsuite models: their weights, and the likeliest labels.

A linear-chain conditional random field (Lafferty et al. 2001) with two labels. The layout of the
file is that of CRFsuite 0.12 (lib/crf/src/crf1d_model.c and lib/cqdb): a header, features of 20
bytes, and databases of the names of labels and attributes.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAGIC = b"lCRF"
_HEADER = struct.Struct("<4sI4s9I")
_NAMES = struct.Struct("<4s5I")
_FEATURE = np.dtype([("kind", "<u4"), ("source", "<u4"), ("label", "<u4"), ("weight", "<f8")])

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Model:
    """`weights[attribute][label]` and `transitions[before][after]`; labels by number."""

    labels: tuple[str, ...]
    weights: dict[str, Pair]
    transitions: tuple[Pair, Pair]


def read_model(blob: bytes) -> Model:
    """The model of a CRFsuite file. Raises ValueError if it is none, or has not two labels."""
    magic, _, _, _, _, count, _, features_at, labels_at, attributes_at, _, _ = _HEADER.unpack_from(
        blob
    )
    if magic != MAGIC or count != 2:
        raise ValueError("not a CRFsuite model of two labels")
    size = struct.unpack_from("<I", blob, features_at + 8)[0]
    features = np.frombuffer(blob, _FEATURE, size, features_at + 12)
    of_labels = features["kind"] == 1
    names = _names(blob, attributes_at)
    weights = _table(features[~of_labels], len(names)).tolist()
    first, second = _table(features[of_labels], 2).tolist()
    return Model(
        tuple(_names(blob, labels_at)),
        {name: (pair[0], pair[1]) for name, pair in zip(names, weights, strict=True)},
        ((first[0], first[1]), (second[0], second[1])),
    )


def _table(features: NDArray[np.void], rows: int) -> NDArray[np.float64]:
    """Weights by source and label, shape (rows, 2)."""
    table = np.zeros((rows, 2))
    table[features["source"], features["label"]] = features["weight"]
    return table


def _names(blob: bytes, start: int) -> list[str]:
    """The keys of a constant database in the order of their numbers.

    Each record is the number, the size of the key, and the key with a NUL at its end.
    """
    _, _, _, _, count, at = _NAMES.unpack_from(blob, start)
    names = []
    for offset in struct.unpack_from(f"<{count}I", blob, start + at):
        size = struct.unpack_from("<I", blob, start + offset + 4)[0]
        key = start + offset + 8
        names.append(blob[key : key + size - 1].decode())
    return names


CLOSE = 1e-6
"""Differences of sums below this might be rounding; then the sums are made as CRFsuite makes them.

Sums of a line are below 1e6, each rounded by 1e-10 at most.
"""


def between(transitions: tuple[Pair, Pair]) -> tuple[float, float, float]:
    """What the end of a line adds to the leads at its own place, at the next and at the last one.

    Then a batch of lines is one sequence: labels() takes the end for a second label that nothing
    can change, and what that would say of its neighbours is taken back.
    """
    (_, to_1), (to_0, stay_1) = transitions
    return -1e9, stay_1 - to_0, stay_1 - to_1


def labels(
    leads: NDArray[np.float64],
    ends: NDArray[np.bool_],
    transitions: tuple[Pair, Pair],
    scores: Callable[[int, int], list[Pair]],
) -> NDArray[np.bool_]:
    """Whether the second label is likelier at each place of a batch of lines, as likeliest() says.

    `leads` is how far the scores put the first label before the second, but for rounding, and at
    `ends`, which stand before, between and behind lines, what between() says; `scores(start, end)`
    gives those of one line. What came before a place changes its lead by one of two bounds or
    something between. Most leads leave no doubt then: only the others are gone through one by one.
    """
    (stay_0, to_1), (to_0, stay_1) = transitions
    after_0, after_1 = stay_0 - to_1, to_0 - stay_1
    limits = to_0 - stay_0, stay_1 - to_1  # a lead below is the second label before a 0, before a 1
    lowest = min(limits) - max(after_0, after_1) - CLOSE
    highest = max(limits) - min(after_0, after_1) + CLOSE
    found = leads < lowest
    doubtful = np.flatnonzero(~found & (leads < highest)).tolist()
    totals: dict[int, float] = {}
    for place, lead in zip(doubtful, leads[doubtful].tolist(), strict=True):
        before = totals.get(place - 1)
        if before is None:
            totals[place] = lead + (after_1 if found[place - 1] else after_0)
        else:
            totals[place] = lead + max(before + stay_0, to_0) - max(before + to_1, stay_1)
    for place in reversed(doubtful):
        found[place] = totals[place] < limits[int(found[place + 1])]
    near = [p for p, total in totals.items() if min(abs(total - each) for each in limits) < CLOSE]
    for start, end in _lines(near, ends):
        found[start:end] = likeliest(scores(start, end), transitions)
    return found


def _lines(places: list[int], ends: NDArray[np.bool_]) -> set[tuple[int, int]]:
    """Where the lines with these places start and end."""
    borders = np.flatnonzero(ends).tolist() if places else []
    numbers = {bisect_left(borders, place) for place in places}
    return {(borders[number - 1] + 1, borders[number]) for number in numbers}


def likeliest(scores: list[Pair], transitions: tuple[Pair, Pair]) -> list[int]:
    """The label at each place of a sequence, 0 or 1, by Viterbi's algorithm (Forney 1973).

    Sums and comparisons are those of CRFsuite, in its order: of equals the first label wins.

    >>> likeliest([(1.0, 0.0), (0.0, 0.5), (0.0, 0.0)], ((0.0, 0.0), (0.0, 1.0)))
    [0, 1, 1]
    """
    (stay_0, to_1), (to_0, stay_1) = transitions
    before_0, before_1 = [], []  # the best label before, for each label here
    first, second = 0.0, 0.0
    if scores:
        first, second = scores[0]
    for score_0, score_1 in scores[1:]:
        from_0, from_1 = first + stay_0, second + to_0
        into_0, into_1 = first + to_1, second + stay_1
        before_0.append(from_0 < from_1)
        before_1.append(into_0 < into_1)
        first = (from_1 if from_0 < from_1 else from_0) + score_0
        second = (into_1 if into_0 < into_1 else into_0) + score_1
    label = int(first < second)
    labels = [label]
    for before in zip(reversed(before_0), reversed(before_1), strict=True):
        label = int(before[label])
        labels.append(label)
    return labels[: len(scores)][::-1]
