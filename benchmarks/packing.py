"""What packing costs: of a posting, the engine keeps two bytes of the document's number, one of the
frequency and little more than a bit that says which block of documents it is in. Ready to be used
are whole numbers, and codes of frequency and length. They are made when a term is first asked for,
and kept as long as there is room.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from statistics import geometric_mean, median

import numpy as np
from queries import Asked
from table import Row, figure

from indexer.engine.arrays import narrowest
from indexer.engine.formula import codes_of
from indexer.engine.generation import Generation
from indexer.engine.mapped import MappedSegment

FIELD = "text"
ROUNDS = 5


def packing(
    name: str, generation: Generation, asked: Sequence[Asked], usual: Sequence[float]
) -> Iterator[Row]:
    """What is saved, and what of a query's `usual` ms is added where its words are new."""
    (segment,) = generation.segments
    yield figure(f"{name}: saved by packing postings, MB", _saved(segment) / 1e6)
    added = [_unpacking(segment, query) / ms for query, ms in zip(asked, usual, strict=True)]
    yield figure(f"{name}: unpacking postings, times a query's time, mean", geometric_mean(added))


def _saved(segment: MappedSegment) -> int:
    """Bytes."""
    packed = [segment.arrays.get(role, FIELD) for role in ("documents", "frequencies")]
    flags = segment.arrays.get("flags", FIELD).nbytes if segment.blocks > 1 else 0
    ready = narrowest(segment.documents).itemsize + np.dtype(np.uint16).itemsize
    return int(ready * len(packed[0]) - sum(each.nbytes for each in packed) - flags)


def _unpacking(segment: MappedSegment, query: Asked) -> float:
    """ms to make the documents and codes of a query's words."""
    lengths = segment.length_bytes(FIELD)
    numbers = [segment.dictionary(FIELD).find(word.encode()) for word in query.words]
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for number in numbers:
            documents, frequencies = segment.postings(FIELD, number)
            codes_of(frequencies, lengths.take(documents))
        taken.append(1000 * (time.perf_counter() - started))
    return median(taken)
