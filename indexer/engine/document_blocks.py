"""Blocks: documents in two bytes each, however many there are (after Elias and Fano, 1974).

A block is 65,536 documents. Of a document's number only the lower 16 bits are written; since the
documents of a term ascend, the upper ones follow from where the documents of each block end. That
is told by flags, a bit each: 0 for a document, 1 behind the last one of a block. So a term has a
flag for each document and one for each block, and where its flags begin need not be written.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 1 << 16
"""Documents to a block."""

Array = NDArray[Any]


def blocks_of(documents: int) -> int:
    """How many blocks so many documents fill; where it is one, no flags are needed."""
    return max(-(-documents // BLOCK), 1)


def lower(documents: Array) -> NDArray[np.uint16]:
    """What is written of the numbers of documents."""
    return (documents % np.uint32(BLOCK)).astype(np.uint16)


def flags_of(counts: Array, documents: Array, blocks: int) -> NDArray[np.bool_]:
    """The flags of terms that have so many documents each.

    >>> flags_of(np.array([2, 1]), np.array([7, 70_000, 8]), 2).astype(int)
    array([0, 1, 0, 1, 0, 1, 1])
    """
    flags = np.ones(len(documents) + blocks * len(counts), np.bool_)
    at = (np.arange(len(counts)) * blocks).repeat(counts)
    at += np.arange(len(documents))
    at += documents // np.uint32(BLOCK)
    flags[at] = False
    return flags


def numbered(lower: NDArray[np.uint16], flags: NDArray[np.bool_], blocks: int) -> Array:
    """The documents of terms, which have these flags."""
    ends = flags.nonzero()[0]
    counts = ends.copy()
    counts[1:] -= ends[:-1] + 1
    block = np.arange(len(ends), dtype=np.uint32) % np.uint32(blocks)
    documents: NDArray[np.uint32] = (block * np.uint32(BLOCK)).repeat(counts)
    documents += lower
    return documents
