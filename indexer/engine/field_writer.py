"""Field writer: the postings of a field as they lie in a segment's files, run after run of terms.

A posting is a document and a byte: how often the term stands there, up to 255. Beside them a byte
for each document says how long the field is there, rounded as Whoosh rounds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length

from indexer.engine.arrays import ArraysWriter, narrowest
from indexer.engine.document_blocks import blocks_of, flags_of, lower
from indexer.engine.fields import Kept

FREQUENT = 255
"""The largest frequency that a byte holds; from it on, frequencies are kept apart."""

LENGTHS = np.array([byte_to_length(byte) for byte in range(256)], np.uint32)
"""The length that each byte stands for (Whoosh's length_to_byte() takes the next above)."""

Array = NDArray[Any]

_NOTHING = np.empty(0, np.uint32)


@dataclass(frozen=True, slots=True)
class Postings:
    """The postings of consecutive terms, term by term, each term's in the order of documents.

    `counts` and `position_counts` say how many are each term's; `large` are the places of the
    postings whose frequency no byte holds, `large_frequencies` those frequencies. Where positions
    are not kept there are none.
    """

    counts: Array
    documents: Array
    frequencies: NDArray[np.uint8]
    large: Array
    large_frequencies: Array
    position_counts: Array
    positions: Array


class FieldWriter:
    """Writes one field; `lengths` says how many keys it has in each document."""

    def __init__(self, writer: ArraysWriter, kept: Kept, lengths: Array) -> None:
        self.writer = writer
        self.kept = kept
        self.counts: list[Array] = []
        self.position_counts: list[Array] = []
        self.large: list[Array] = []
        self.large_frequencies: list[Array] = []
        self.written = 0
        self.blocks = blocks_of(len(lengths))
        self.flags = np.empty(0, np.bool_)
        writer.append("documents", kept.name, np.empty(0, np.uint16))
        writer.append("frequencies", kept.name, np.empty(0, np.uint8))
        longest = narrowest(int(lengths.max(initial=0)))
        if kept.positions:
            writer.append("positions", kept.name, np.empty(0, longest))
        self._write("lengths", lengths, longest)
        self._write("length_bytes", length_bytes(lengths), np.dtype(np.uint8))

    def append(self, postings: Postings) -> None:
        """The postings of the terms that come next."""
        name = self.kept.name
        self.writer.append("documents", name, lower(postings.documents))
        if self.blocks > 1:
            self._append_flags(postings)
        self.writer.append("frequencies", name, postings.frequencies)
        if self.kept.positions:
            self.writer.append("positions", name, postings.positions)
        self.counts.append(postings.counts)
        self.position_counts.append(postings.position_counts)
        self.large.append(postings.large + self.written)
        self.large_frequencies.append(postings.large_frequencies)
        self.written += len(postings.documents)

    def _append_flags(self, postings: Postings) -> None:
        """Write the flags of blocks as far as they fill bytes."""
        counts = postings.counts[postings.counts > 0]
        flags = np.append(self.flags, flags_of(counts, postings.documents, self.blocks))
        full = len(flags) & ~7
        self.writer.append("flags", self.kept.name, np.packbits(flags[:full]))
        self.flags = flags[full:]

    def close(self) -> NDArray[np.bool_]:
        """Write what is known at the end; gives which terms have postings. The others are
        nowhere."""
        counts = _joined(self.counts)
        held = counts > 0
        if self.blocks > 1:
            self.writer.append("flags", self.kept.name, np.packbits(self.flags))
        self._write("posting_ends", np.cumsum(counts[held]), narrowest(self.written))
        self._write("large", _joined(self.large), narrowest(self.written))
        self._write("large_frequencies", _joined(self.large_frequencies), np.dtype(np.uint32))
        if self.kept.positions:
            ends = np.cumsum(_joined(self.position_counts)[held])
            self._write("position_ends", ends, narrowest(int(ends.max(initial=0))))
        return held

    def _write(self, role: str, items: Array, dtype: np.dtype[Any]) -> None:
        self.writer.write(role, self.kept.name, items.astype(dtype))


def length_bytes(lengths: Array) -> NDArray[np.uint8]:
    """The byte of each length.

    >>> LENGTHS[length_bytes(np.array([0, 10, 500]))]
    array([  0,  10, 508], dtype=uint32)
    """
    return np.minimum(np.searchsorted(LENGTHS, lengths), 255).astype(np.uint8)


def _joined(arrays: Sequence[Array]) -> Array:
    return np.concatenate([_NOTHING, *arrays])
