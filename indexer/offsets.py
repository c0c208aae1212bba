"""Offsets: where the syllables of a text stand, packed to be kept beside it.

So a passage is cut and marked without looking through the text again. A length is a nibble, since
hardly a syllable or a gap is longer, and Huffman's code makes a third of that.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FULL = 15
"""The nibble that says that a length goes on in the next one, behind so many characters."""

RAW = -15
"""What zlib takes for a stream without a head and a checksum; the segment's file has one."""


class Offsets(NamedTuple):
    """Syllable n is text[starts[n]:ends[n]]."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def packed(lengths: NDArray[np.int64]) -> str:
    """What normalize.written_and_lengths() says of a text, in half a character a syllable.

    >>> unpacked(packed(np.array([0, 4, 1, 160]))).ends
    array([  4, 165])
    """
    bounds = (lengths // FULL + 1).cumsum()
    nibbles = np.full(int(bounds.max(initial=0)) + 1 & ~1, FULL, np.uint8)
    nibbles[bounds - 1] = lengths % FULL
    halves = nibbles[::2] << 4 | nibbles[1::2]
    huffman = zlib.compressobj(wbits=RAW, strategy=zlib.Z_HUFFMAN_ONLY)
    return b64encode(huffman.compress(halves.tobytes()) + huffman.flush()).decode()


def unpacked(text: str) -> Offsets:
    """What packed() packed."""
    halves = np.frombuffer(zlib.decompress(b64decode(text), RAW), np.uint8)
    nibbles = np.column_stack((halves >> 4, halves & 15)).ravel()
    bounds = nibbles.cumsum(dtype=np.int64)[nibbles < FULL]
    return Offsets(bounds[::2], bounds[1::2])


def offsets_of(spans: Sequence[tuple[int, int]]) -> Offsets:
    """Offsets of syllables by their [start, end)."""
    starts, ends = np.array(spans, np.int64).reshape(-1, 2).T
    return Offsets(starts, ends)
