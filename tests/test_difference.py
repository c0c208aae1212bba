"""Word by word from one copy to the other."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.difference import LONGEST, Part, difference


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("Một hai", "Một hai", [("same", "Một hai")]),
        ("", "Một", [("new", "Một")]),
        ("Một", "", [("gone", "Một")]),
        ("Một hai ba", "Một ba", [("same", "Một "), ("gone", "hai "), ("same", "ba")]),
        (
            "Tổ 5 họp.",
            "Tổ 7 họp.",
            [("same", "Tổ "), ("gone", "5 "), ("new", "7 "), ("same", "họp.")],
        ),
        # a paragraph that is gone is gone whole
        (
            "Một.\nHai ba.\nBốn.",
            "Một.\nBốn.",
            [("same", "Một.\n"), ("gone", "Hai ba.\n"), ("same", "Bốn.")],
        ),
        # words are compared within paragraphs that differ
        (
            "Một.\nHai ba bốn.\nNăm.",
            "Một.\nHai tư bốn.\nNăm.",
            [("same", "Một.\nHai "), ("gone", "ba "), ("new", "tư "), ("same", "bốn.\nNăm.")],
        ),
    ],
)
def test_difference(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    assert [(part.kind, part.text) for part in difference(before, after)] == expected


def test_what_is_too_long_is_replaced_whole() -> None:
    before, after = "một " * (LONGEST + 1), "hai " * 3
    assert difference(before, after) == (Part("gone", before), Part("new", after))


def test_words_are_compared_only_so_many_in_all() -> None:
    """However many paragraphs differ: the time must not grow with their number."""
    some = "một hai " * (LONGEST // 4)
    before, after = f"{some}ba\nbốn\n{some}ba\n{some}ba", f"{some}năm\nbốn\n{some}sáu\n{some}tám"
    kinds = [(part.kind, len(part.text.split())) for part in difference(before, after)]
    compared = LONGEST // 2
    assert kinds == [
        *(("same", compared), ("gone", 1), ("new", 1)),
        *(("same", 1), ("gone", 2 * compared + 2), ("new", 2 * compared + 2)),
    ]


WORDS = st.lists(st.sampled_from(["một ", "hai ", "ba\n", "  ", "\n", "bốn"]), max_size=30)


@given(WORDS, WORDS)
def test_both_texts_can_be_put_together_again(one: list[str], other: list[str]) -> None:
    before, after = "".join(one), "".join(other)
    parts = difference(before, after)
    assert "".join(part.text for part in parts if part.kind != "new") == before
    assert "".join(part.text for part in parts if part.kind != "gone") == after
    assert all(part.text for part in parts)
    assert all(one.kind != other.kind for one, other in pairwise(parts))
