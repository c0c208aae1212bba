"""CRFsuite models: their weights, and the likeliest labels.

A linear-chain conditional random field (Lafferty et al. 2001) with two labels. The layout of the
file is that of CRFsuite 0.12 (lib/crf/src/crf1d_model.c and lib/cqdb): a header, features of 20
bytes, and databases of the names of labels and attributes.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
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


def labels(
    scores: NDArray[np.float64], ends: NDArray[np.bool_], transitions: tuple[Pair, Pair]
) -> NDArray[np.int64]:
    """likeliest() of each line of a batch, `scores` of shape (n, 2); 0 at the `ends` of lines.

    How far the first label leads at a place is what the scores there say, and between two bounds
    what came before. Most scores leave no doubt within these bounds: only the others are gone
    through one by one.
    """
    (stay_0, to_1), (to_0, stay_1) = transitions
    starts = np.concatenate(([True], ends[:-1]))
    low, high = sorted((to_0 - stay_0, stay_1 - to_1))  # a lead beyond is 0 or 1 whatever follows
    bounds = to_0 - stay_1, stay_0 - to_1
    here = scores[:, 0] - scores[:, 1]
    least = np.where(starts, here, here + min(bounds))
    most = np.where(starts, here, here + max(bounds))
    found = (most < 0).astype(np.int64)
    limits = min(low, 0.0) - CLOSE, max(high, 0.0) + CLOSE
    doubtful = np.flatnonzero(~ends & (least < limits[1]) & (most > limits[0])).tolist()
    leads = _leads(here, starts, found, doubtful, transitions)
    for place in reversed(doubtful):
        last = place + 1 == len(ends) or ends[place + 1]
        limit = 0.0 if last else (stay_1 - to_1 if found[place + 1] else to_0 - stay_0)
        found[place] = leads[place] < limit
    found[ends] = 0
    near = [place for place in doubtful if _is_near(leads[place], low, high)]
    for start, end in _lines(near, ends):
        found[start:end] = likeliest(scores[start:end].tolist(), transitions)
    return found


def _leads(
    here: NDArray[np.float64],
    starts: NDArray[np.bool_],
    found: NDArray[np.int64],
    doubtful: list[int],
    transitions: tuple[Pair, Pair],
) -> dict[int, float]:
    """How far the first label leads at each doubtful place; before it, `found` has no doubt."""
    (stay_0, to_1), (to_0, stay_1) = transitions
    leads: dict[int, float] = {}
    for place in doubtful:
        lead = float(here[place])
        before = leads.get(place - 1)
        if before is not None and not starts[place]:
            lead += max(before + stay_0, to_0) - max(before + to_1, stay_1)
        elif not starts[place]:
            lead += to_0 - stay_1 if found[place - 1] else stay_0 - to_1
        leads[place] = lead
    return leads


def _is_near(lead: float, *limits: float) -> bool:
    return any(abs(lead - limit) < CLOSE for limit in (0.0, *limits))


def _lines(places: list[int], ends: NDArray[np.bool_]) -> set[tuple[int, int]]:
    """Where the lines with these places start and end."""
    borders = [-1, *np.flatnonzero(ends).tolist(), len(ends)]
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
