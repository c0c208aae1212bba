"""Terms side by side, where places and pieces of them end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from whoosh.query import Term

from indexer.engine import adjacency
from indexer.engine.adjacency import Adjacency
from indexer.engine.generation import Generation
from tests.corpora import write_segment

TEXTS = [
    ["a", "b"],
    ["b", "a"],
    ["b"] * 9 + ["a", "b"],  # a text longer than a piece
    ["a", "x", "b"],
    ["x", "x", "a"],  # what begins the next text is no neighbour
    ["b", "x", "a", "x", "x", "b"],
    ["a", "a", "b", "b"],
]


@pytest.mark.parametrize("piece", [1, 4, 7, 1 << 21])
@pytest.mark.parametrize(
    ("words", "slop", "expected"),
    [
        ("ab", 1, [0, 2, 6]),
        ("ab", 2, [0, 2, 3, 6]),  # one word between them
        ("ab", 3, [0, 2, 3, 5, 6]),
        ("aab", 1, [6]),
        ("abb", 1, [6]),
        ("aa", 1, [6]),  # a word does not stand behind itself
        ("bb", 1, [2, 6]),
        ("bab", 1, [2]),
        ("bab", 3, [2, 5]),
        ("axb", 1, [3]),
        ("xaxxb", 1, [5]),
    ],
)
def test_neighbours(
    tmp_path: Path, piece: int, words: str, slop: int, expected: Sequence[int]
) -> None:
    generation = Generation(tmp_path, [write_segment(tmp_path, TEXTS, 0)])
    rows = [row for row, text in enumerate(TEXTS) if set(words) <= set(text)]
    terms = [Term("text", word) for word in words]
    with patch.object(adjacency, "PIECE", piece):
        found = Adjacency(generation).among(terms, slop, np.array(rows))
    assert found.tolist() == expected


def test_later_questions_do_not_see_the_flags_of_earlier_ones(tmp_path: Path) -> None:
    texts = [["a", "b", "x"], ["x", "a", "b"]]
    generation = Generation(tmp_path, [write_segment(tmp_path, texts, 0)])
    near, rows = Adjacency(generation), np.arange(2)
    for words, expected in (("ab", [0, 1]), ("bx", [0]), ("xa", [1]), ("ax", []), ("ab", [0, 1])):
        assert near.among([Term("text", word) for word in words], 1, rows).tolist() == expected
