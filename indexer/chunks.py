"""Chunks: what stands between two spaces or lines, and what is known of it from before.

Of ten chunks of the news, nine and a half were seen not long ago: what depends on a chunk alone is
found once, and a text is put together of what is remembered of its chunks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

MOST = 65_536
"""Chunks that are remembered; at more, all are forgotten."""

LONGEST = 100
"""Characters of a chunk that is remembered."""

T = TypeVar("T")


class Memory(dict[str, T]):
    """What a function gives for a chunk, by the chunk."""

    def __init__(self, function: Callable[[str], T]) -> None:
        self.function = function

    def __missing__(self, chunk: str) -> T:
        value = self.function(chunk)
        if len(chunk) <= LONGEST:
            if len(self) >= MOST:
                self.clear()
            self[chunk] = value
        return value


def chunks_of(text: str) -> list[str]:
    """At least one; their lengths and one between two make the length of the text.

    >>> chunks_of("phường  Sao Mai\\nhọp")
    ['phường', '', 'Sao', 'Mai', 'họp']
    """
    return text.replace("\n", " ").split(" ")
