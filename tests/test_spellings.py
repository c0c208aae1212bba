"""The spellings of an unaccented key, against folding every term there is."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.engine.dictionary import Dictionary
from indexer.engine.generation import Generation
from indexer.normalize import fold
from indexer.spellings import FEW, Spellings, spelled
from tests.corpora import write_segment

LETTERS = "ab\u0300adăâáàảãạđeêuưứyỳnñ0"
"""Among them a combining mark alone."""
TERMS = st.text(LETTERS, min_size=1, max_size=4).map(
    lambda text: unicodedata.normalize("NFC", text)
)


def as_dictionary(terms: set[str]) -> Dictionary:
    ordered = sorted(term.encode() for term in terms)
    ends = np.cumsum([len(term) for term in ordered], dtype=np.int64)
    return Dictionary(np.frombuffer(b"".join(ordered), np.uint8), ends)


@given(st.sets(TERMS), TERMS)
def test_finds_every_term_that_folds_so(terms: set[str], term: str) -> None:
    folded = fold(term)
    found = sorted(each.decode() for each in spelled(as_dictionary(terms), folded))
    assert found == sorted(each for each in terms if fold(each) == folded)


def test_finds_them_letter_by_letter() -> None:
    """More terms than are compared one by one, under every prefix of those that are sought."""
    starts = ("", "đ", "đư", "đứ", "đức")
    others = {f"{start}{letter}{n}" for start in starts for letter in "aâđ" for n in range(FEW)}
    wanted = {"đuc", "đưc", "đúc", "đức", "duc", "đứ\u0300c"}
    found = {each.decode() for each in spelled(as_dictionary(others | wanted), "duc")}
    assert found == wanted


def test_those_in_most_documents_come_first(tmp_path: Path) -> None:
    texts = [["thu", "thú"], ["thú"], ["thủ"], ["thử", "thủ"], ["thú", "thu"], ["tho"]]
    segments = [write_segment(tmp_path, some, 0) for some in (texts[:4], texts[4:])]
    generation = Generation(tmp_path, segments)
    count = Counter(term for text in texts for term in set(text) if fold(term) == "thu")
    spellings = Spellings(generation, ["text"])
    assert spellings.of("thu") == sorted(count, key=lambda term: (-count[term], term))
    assert spellings.of("nowhere") == []
