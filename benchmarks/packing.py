"""What packing would cost: numbers of documents as gaps of a byte, the usual way to compress them.

Larger gaps are kept apart. The engine maps the numbers as they are instead.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from statistics import geometric_mean, median
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from queries import Asked
from table import Row, figure

from indexer.engine.generation import Generation

LARGE = 255
"""The byte that says that a gap is kept apart."""
CHUNK = 10_000_000
"""Postings looked through at a time."""
ROUNDS = 5


class Packed(NamedTuple):
    """Ascending numbers as gaps, and where which are too large for a byte."""

    gaps: NDArray[np.uint8]
    places: NDArray[np.intp]
    large: NDArray[np.uint32]


def packed(numbers: NDArray[Any]) -> Packed:
    gaps = np.diff(numbers.astype(np.uint32), prepend=np.uint32(0))
    places = np.flatnonzero(gaps >= LARGE)
    return Packed(np.minimum(gaps, LARGE).astype(np.uint8), places, gaps[places])


def unpacked(held: Packed) -> NDArray[np.uint32]:
    """The inverse of packed().

    >>> unpacked(packed(np.array([3, 4, 900]))).tolist()
    [3, 4, 900]
    """
    gaps = held.gaps.astype(np.uint32)
    gaps[held.places] = held.large
    return np.cumsum(gaps, out=gaps)


def packing(
    name: str, generation: Generation, asked: Sequence[Asked], usual: Sequence[float]
) -> Iterator[Row]:
    """What would be saved of the field `text`, and what of a query's `usual` ms be added."""
    (segment,) = generation.segments
    documents = segment.arrays.get("documents", "text")
    yield figure(f"{name}: saved by packing numbers of documents, MB", _saved(documents) / 1e6)
    added = [_unpacking(generation, query) / ms for query, ms in zip(asked, usual, strict=True)]
    yield figure(f"{name}: added by unpacking, times a query's time, mean", geometric_mean(added))


def _saved(documents: NDArray[Any]) -> int:
    """Bytes; where a new term begins, its first number is larger than a gap or taken for one."""
    saved = 0
    for start in range(0, len(documents), CHUNK):
        gaps = np.diff(documents[start : start + CHUNK])
        large = np.count_nonzero(gaps >= LARGE)
        saved += len(gaps) * (documents.itemsize - 1) - large * np.dtype(np.uint32).itemsize
    return int(saved)


def _unpacking(generation: Generation, query: Asked) -> float:
    """ms to unpack the documents of a query's words."""
    held = [packed(generation.postings("text", word).documents) for word in query.words]
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for each in held:
            unpacked(each)
        taken.append(1000 * (time.perf_counter() - started))
    return median(taken)
