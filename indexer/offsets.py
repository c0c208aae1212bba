"""Offsets: where the syllables of a text stand, packed to be kept beside it.

So a passage is cut and marked without looking through the text again.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LENGTH = np.dtype("<u2")
"""How a length is packed; a text with a longer word or gap is packed as nothing."""


class Offsets(NamedTuple):
    """Syllable n is text[starts[n]:ends[n]]."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def packed(lengths: Sequence[int]) -> str:
    """What normalize.keys_and_lengths() says of a text, in some 1.1 characters a syllable.

    >>> unpacked(packed([0, 4, 1, 6])).starts
    array([0, 5])
    """
    try:
        numbers = np.fromiter(lengths, LENGTH, len(lengths))
    except OverflowError:
        return ""
    return b64encode(zlib.compress(numbers.tobytes(), 1)).decode()


def unpacked(text: str) -> Offsets | None:
    """What packed() packed; None where that was nothing."""
    if not text:
        return None
    lengths = np.frombuffer(zlib.decompress(b64decode(text)), LENGTH)
    bounds = np.cumsum(lengths, dtype=np.int64)
    return Offsets(bounds[::2], bounds[1::2])


def offsets_of(spans: Sequence[tuple[int, int]]) -> Offsets:
    """Offsets of syllables by their [start, end)."""
    starts, ends = np.array(spans, np.int64).reshape(-1, 2).T
    return Offsets(starts, ends)
