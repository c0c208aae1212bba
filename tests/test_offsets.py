"""Offsets of syllables: packed and unpacked they are where the tokeniser found them."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.normalize import key, syllables, written_and_lengths
from indexer.offsets import packed, unpacked

PIECES = ("rác", "Uỷ", "ra\u0301c", "Ⅱ", "a\u200bb", "\u0301", "\n", " ", "154-KH/TU", "🙂", "_")
TEXTS = st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(TEXTS)
@example("a" * 70_000)
@example("-" * 70_000 + "rác")
def test_offsets_are_those_of_the_syllables(text: str) -> None:
    tokens = syllables(text)
    written, lengths = written_and_lengths(text)
    assert [*map(key, written)] == [token.key for token in tokens]
    offsets = unpacked(packed(lengths))
    assert offsets.starts.tolist() == [token.start for token in tokens]
    assert offsets.ends.tolist() == [token.end for token in tokens]


@given(st.lists(st.integers(1, 100) | st.sampled_from([14, 15, 16, 29, 30, 31, 1 << 20])))
def test_lengths_of_any_size_come_back(lengths: list[int]) -> None:
    offsets = unpacked(packed(np.array(lengths, np.int64)))
    bounds = [*accumulate(lengths)]
    assert offsets.starts.tolist() == bounds[::2]
    assert offsets.ends.tolist() == bounds[1::2]
