"""pyvi's words as keys."""

from __future__ import annotations

import unicodedata

import pytest
from pyvi.ViTokenizer import tokenize

from indexer.segment import LONGEST_PIECE, words

SENTENCES = [
    # either tone placement gives the same words
    ("Uỷ ban nhân dân", ["ủy_ban", "nhân_dân"]),
    # pyvi knows a name by its capitals
    ("phường Mỹ Đình", ["phường", "mĩ_đình"]),
    # numbers stay whole, punctuation goes, so does the point of an abbreviation
    ("TP. Hà Nội đạt 144% (2.317,8 tỷ).", ["tp", "hà_nội", "đạt", "144", "2.317,8", "tỉ"]),
    # lines are segmented one by one
    ("Hà\nNội", ["hà", "nội"]),
    ("", []),
    (" … — ", []),
    ("\ud800 \x00 _ . 🙂", []),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected
    assert words(unicodedata.normalize("NFD", text)) == expected


def test_words_are_those_of_pyvi() -> None:
    text = "Tuổi trẻ phường ra quân tổng vệ sinh môi trường cuối tuần"
    assert words(text) == tokenize(text).lower().split()


def test_long_texts_come_in_pieces_cut_at_spaces() -> None:
    found = "_".join(words("tổ dân phố " * LONGEST_PIECE)).split("_")
    assert found == ["tổ", "dân", "phố"] * LONGEST_PIECE


def test_a_text_without_a_space_takes_bounded_time() -> None:
    assert len("".join(words("a" * 100_000))) == 100_000
