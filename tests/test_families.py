"""Equal texts are one family, wherever they stand."""

from __future__ import annotations

from dataclasses import replace

from indexer.families import SHORTEST, family_of
from tests.test_store import ARTICLE

TEXT = " ".join(f"chữ{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")


def test_copies_share_a_family_on_any_portal() -> None:
    article = replace(ARTICLE, body=(TEXT,))
    copy = replace(article, portal="khac", identity="khac", url="http://khac.vn/1", byline="X")
    assert family_of(article) == family_of(copy)


def test_case_accents_numbers_and_punctuation_do_not_count() -> None:
    article = replace(ARTICLE, title="Uỷ ban họp lần 3", body=(TEXT,))
    copy = replace(article, title="ỦY BAN họp, lần 4!", body=(TEXT.upper() + ".",))
    assert family_of(article) == family_of(copy)


def test_another_word_is_another_family() -> None:
    article = replace(ARTICLE, body=(TEXT,))
    assert family_of(article) != family_of(replace(article, body=(TEXT + " thêm",)))


def test_short_texts_are_families_of_their_own() -> None:
    article = replace(ARTICLE, title="Lịch tiếp dân", lead="", body=("x " * (SHORTEST - 5),))
    assert family_of(article) != family_of(replace(article, identity="another"))


def test_a_family_is_63_bits() -> None:
    assert 0 <= family_of(ARTICLE) < 2**63
