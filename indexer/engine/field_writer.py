"""Field writer: the postings of a field as they lie in a segment's files, run after run of terms.

A posting is a document and a code: how often the term stands there, up to 255, in the high byte,
and in the low byte the length of the field there, rounded as Whoosh rounds it. Codes are what BM25
needs of a posting, and few enough for a table of all scores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.arrays import ArraysWriter, narrowest
from indexer.engine.fields import Kept

FREQUENT = 255
"""The largest frequency that a code holds; from it on, frequencies are kept apart."""

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Postings:
    """The postings of consecutive terms, term by term, each term's in the order of documents.

    `counts` and `position_counts` say how many are each term's; `large` are the places of the
    postings whose frequency no code holds, `large_frequencies` those frequencies. Where positions
    are not kept, `positions` and `position_counts` are empty.
    """

    counts: Array
    documents: Array
    codes: NDArray[np.uint16]
    large: Array
    large_frequencies: Array
    position_counts: Array
    positions: Array


class FieldWriter:
    """Writes one field; `lengths` says how many keys it has in each document."""

    def __init__(self, writer: ArraysWriter, kept: Kept, lengths: Array) -> None:
        self.writer = writer
        self.kept = kept
        self.document_type = narrowest(len(lengths))
        self.position_type = narrowest(int(lengths.max(initial=0)))
        self.written = 0
        self.counts: list[Array] = []
        self.position_counts: list[Array] = []
        self.large: list[Array] = []
        self.large_frequencies: list[Array] = []
        writer.append("lengths", kept.name, lengths.astype(np.uint32))

    def append(self, postings: Postings) -> None:
        """The postings of the terms that come next."""
        name = self.kept.name
        self.writer.append("documents", name, postings.documents.astype(self.document_type))
        self.writer.append("codes", name, postings.codes)
        if self.kept.positions:
            self.writer.append("positions", name, postings.positions.astype(self.position_type))
            self.position_counts.append(postings.position_counts)
        self.counts.append(postings.counts)
        self.large.append(postings.large + self.written)
        self.large_frequencies.append(postings.large_frequencies)
        self.written += len(postings.documents)

    def close(self) -> NDArray[np.bool_]:
        """Write what is known at the end; gives which terms have postings. The others are
        nowhere."""
        name = self.kept.name
        counts = np.concatenate(self.counts)
        held = counts > 0
        large = np.concatenate(self.large)
        self.writer.append("posting_ends", name, _ends(counts[held]))
        self.writer.append("large", name, large.astype(narrowest(self.written)))
        frequencies = np.concatenate(self.large_frequencies)
        self.writer.append("large_frequencies", name, frequencies.astype(np.uint32))
        if self.kept.positions:
            places = np.concatenate(self.position_counts)
            self.writer.append("position_ends", name, _ends(places[held]))
        return held


def _ends(counts: Array) -> Array:
    """Where each term's end, in the narrowest type."""
    return np.cumsum(counts).astype(narrowest(int(counts.sum())))
