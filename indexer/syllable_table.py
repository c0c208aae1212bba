"""Syllable table: the syllables of a text by number, where they stand and what is between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from indexer.normalize import aligned, keys_and_lengths, keys_and_lengths_in


@dataclass(frozen=True, slots=True)
class SyllableTable:
    """keys[i] is the key of text[bounds[2 * i] : bounds[2 * i + 1]]."""

    text: str
    keys: Sequence[str]
    bounds: Sequence[int]

    def __len__(self) -> int:
        return len(self.keys)

    def capitals(self) -> list[int]:
        """The numbers of those that begin with no small letter."""
        starts = enumerate(self.bounds[::2])
        return [number for number, start in starts if not self.text[start].islower()]

    def is_lower(self, number: int) -> bool:
        """Whether the syllable begins with a small letter."""
        return self.text[self.bounds[2 * number]].islower()

    def gap(self, number: int) -> str:
        """What stands between this syllable and the next, without spaces; a line's end at last.

        >>> table = syllable_table("Phường (mới)")
        >>> table.gap(0), table.gap(1)
        ('(', '\\n')
        """
        if number + 1 >= len(self.keys):
            return "\n"
        between = self.text[self.bounds[2 * number + 1] : self.bounds[2 * number + 2]]
        return "\n" if "\n" in between else between.strip()


def syllable_table(text: str) -> SyllableTable:
    """The syllables of a text, where they stand in it as given."""
    keys, lengths = keys_and_lengths(text)
    return SyllableTable(text, keys, lengths.cumsum().tolist())


@lru_cache(1)
def normal_table(text: str) -> tuple[SyllableTable, NDArray[np.int64]]:
    """The syllables of a text, where they stand in it as normalised; and where they stand in it as
    given, as normalize.keys_and_lengths() says.

    The last one is remembered, for an article is understood and then indexed.
    """
    normal, places = aligned(text)
    keys, lengths = keys_and_lengths_in(normal)
    table = SyllableTable(normal, keys, lengths.cumsum().tolist())
    return table, keys_and_lengths(text)[1] if places else lengths
