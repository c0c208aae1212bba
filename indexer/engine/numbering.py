"""Numbering: keys by number, so that a text is looked up once and then is an array.

A number holds as long as its numbering does, which is for some thousands of texts of one process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
        self._among: dict[frozenset[str], NDArray[np.bool_]] = {}

    def __len__(self) -> int:
        return len(self.keys)

    def numbers(self, met: Iterable[str]) -> Numbers:
        """
        >>> numbering = Numbering(str.lower)
        >>> numbering.numbers(["Lời", "lời", "nói", "Lời"]), numbering.keys
        (array([0, 1, 2, 0], dtype=uint32), ['lời', 'lời', 'nói'])
        """
        return np.fromiter(map(self._numbers.__getitem__, met), np.uint32)

    def among(self, keys: frozenset[str]) -> NDArray[np.bool_]:
        """By number: whether the key is one of these."""
        known = self._among.get(keys, np.empty(0, np.bool_))
        if new := [each in keys for each in self.keys[len(known) :]]:
            known = self._among[keys] = np.append(known, new)
        return known


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """Keys by their numbers."""

    numbering: Numbering
    numbers: Numbers

    def __len__(self) -> int:
        return len(self.numbers)
