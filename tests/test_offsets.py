"""Offsets of syllables: packed and unpacked they are where the tokeniser found them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.normalize import keys_and_lengths, syllables
from indexer.offsets import packed, unpacked

PIECES = ("rác", "Uỷ", "ra\u0301c", "Ⅱ", "a\u200bb", "\u0301", "\n", " ", "154-KH/TU", "🙂", "_")
TEXTS = st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(TEXTS)
def test_keys_and_lengths_are_those_of_the_syllables(text: str) -> None:
    tokens = syllables(text)
    keys, lengths = keys_and_lengths(text)
    assert keys == [token.key for token in tokens]
    offsets = unpacked(packed(lengths))
    assert offsets is not None
    assert offsets.starts.tolist() == [token.start for token in tokens]
    assert offsets.ends.tolist() == [token.end for token in tokens]


@pytest.mark.parametrize("text", ["a" * 70_000, "-" * 70_000 + "rác"])
def test_a_length_that_cannot_be_packed_is_packed_as_nothing(text: str) -> None:
    assert packed(keys_and_lengths(text)[1]) == ""
    assert unpacked("") is None
