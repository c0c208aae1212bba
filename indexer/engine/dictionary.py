"""Dictionary: the terms of a field in order of their UTF-8, numbered from 0, as two arrays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.engine.arrays import ArraysWriter, narrowest


class Dictionary:
    """Terms as bytes of UTF-8 one after another, `ends` saying where each ends."""

    def __init__(self, text: NDArray[np.uint8], ends: NDArray[Any]) -> None:
        self.text = text.data
        self.ends = ends

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, number: int) -> bytes:
        start = int(self.ends[number - 1]) if number else 0
        return bytes(self.text[start : int(self.ends[number])])

    def __iter__(self) -> Iterator[bytes]:
        ends = self.ends.tolist()
        return map(bytes(self.text).__getitem__, map(slice, [0, *ends], ends))

    def find(self, term: bytes) -> int:
        """The number of a term; -1 where it is none of the field's."""
        number = bisect_left(self, term)
        return number if number < len(self) and self[number] == term else -1

    def with_prefix(self, prefix: bytes) -> range:
        """The numbers of the terms that begin so."""
        start = bisect_left(self, prefix)
        beyond = prefix.rstrip(b"\xff")
        if not beyond:
            return range(start, len(self))
        return range(start, bisect_left(self, beyond[:-1] + bytes([beyond[-1] + 1])))


def write_terms(writer: ArraysWriter, name: str, terms: Sequence[bytes]) -> None:
    """Write the Dictionary of these terms, which are in order."""
    ends = np.cumsum(np.fromiter(map(len, terms), np.int64, len(terms)))
    writer.write("terms", name, np.frombuffer(b"".join(terms), np.uint8))
    writer.write("term_ends", name, ends.astype(narrowest(int(ends[-1]) if len(ends) else 0)))
