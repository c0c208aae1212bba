"""What a query may have been meant to say, told by a few articles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.search import Searcher, open_searcher
from indexer.spelling import Speller


@pytest.fixture(scope="module")
def searcher(small_site: dict[str, Any]) -> Searcher:
    return open_searcher(small_site["INDEX"], small_site["STORE"])


@pytest.fixture(scope="module")
def speller(searcher: Searcher) -> Speller:
    return Speller(searcher.generation)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ngaan sachs", "ngân sách"),  # Telex
        ("nga6n sa1ch", "ngân sách"),  # VNI
        ("dự toán ngaan sách", "dự toán ngân sách"),
        ("ngân sach", "ngân sách"),  # a missing tone
        ("ngân scáh", "ngân sách"),  # swapped
        ("ngân sácj", "ngân sách"),  # another letter
        ("ngn sách", "ngân sách"),  # one letter less
        ("ngan scah", "ngan sach"),  # without accents it stays without
        ("ra quân thu gmo", "ra quân thu gom"),
        ("phuong:Bồ ngâ sách -rác", "phuong:Bồ ngân sách -rác"),  # the rest as it was
        ("“thu gmo” RÁC", '"thu gom" RÁC'),
        ("tieude:ngaan", "tieude:ngân"),
        ("giờ làm việc", None),  # right
        ("ngan sach", None),  # right without accents
        ("thu xyzzy", None),  # nothing near it
        ("ngân sácj " * 6, None),  # a sentence is not looked at
        ("phuong:ngâ", None),  # a filter is not spelled
        ("-ngâ", None),
        ("154-KH/ĐU 2026", None),
        ("", None),
    ],
)
def test_what_was_meant(speller: Speller, typed: str, meant: str | None) -> None:
    corrected = speller.corrected(typed)
    assert (corrected and corrected.text) == meant


def test_the_changed_words_are_told(speller: Speller) -> None:
    corrected = speller.corrected("công khai ngaan sachs")
    assert corrected is not None
    assert [corrected.text[start:end] for start, end in corrected.spans] == ["ngân", "sách"]


@given(st.text() | st.text('aăâdđeênghiostrw1269 "“”-:()OR'))
def test_any_text_may_be_typed(speller: Speller, text: str) -> None:
    corrected = speller.corrected(text)
    assert corrected is None or all(corrected.text[slice(*span)] for span in corrected.spans)
