"""Numbering: keys by number, so that a text is looked up once and then is an array.

A number holds as long as its numbering does, which is for some thousands of texts of one process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint32]


class _Numbers(dict[str, int]):
    """What was met → its number, in the order it was met; safe in threads."""

    def __init__(self, key: Callable[[str], str], keys: list[str]) -> None:
        self.key = key
        self.keys_of = keys
        self.lock = Lock()

    def __missing__(self, met: str) -> int:
        with self.lock:
            number = self.setdefault(met, len(self.keys_of))
            if number == len(self.keys_of):
                self.keys_of.append(self.key(met))
        return number


class Numbering:
    """Numbers what it meets: `keys[number]` is its key, which several may have."""

    def __init__(self, key: Callable[[str], str] = str) -> None:
        self.keys: list[str] = []
        self._numbers = _Numbers(key, self.keys)
        self._among: dict[frozenset[str], bytearray] = {}

    def __len__(self) -> int:
        return len(self.keys)

    def numbers(self, met: Sequence[str]) -> Numbers:
        """Those of what is met, one after another.

        >>> numbering = Numbering(str.lower)
        >>> numbering.numbers(["Lời", "lời", "nói", "Lời"]), numbering.keys
        (array([0, 1, 2, 0], dtype=uint32), ['lời', 'lời', 'nói'])
        """
        return np.fromiter(map(self._numbers.__getitem__, met), np.uint32, len(met))

    def are_among(self, numbers: Numbers, keys: frozenset[str]) -> NDArray[np.bool_]:
        """Of which of the numbers the key is one of these."""
        flags = self._among.setdefault(keys, bytearray())
        flags.extend(key in keys for key in self.keys[len(flags) :])
        return np.frombuffer(flags, np.bool_).take(numbers)


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """Keys by their numbers."""

    numbering: Numbering
    numbers: Numbers

    def __len__(self) -> int:
        return len(self.numbers)
