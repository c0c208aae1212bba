"""pyvi's words as keys, and pyvi itself as oracle."""

from __future__ import annotations

import unicodedata
from itertools import chain
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyvi.ViTokenizer import ViTokenizer, tokenize

from indexer import crf, pyvi_model, token_table
from indexer import segment as module
from indexer.segment import BATCH, segment, spans, words, words_of_each
from indexer.tokens import tokens

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
    # neither a point nor a sign within a word, whatever pyvi joins
    ("giải K. League", ["giải", "k_league"]),
    ("Hà 🙂 Nội", ["hà", "nội"]),
]

PLACES = [
    # text, its words as they stand there
    ("Uỷ ban  nhân dân (mới)", ["Uỷ ban", "nhân dân", "mới"]),
    (
        "TP. Hà\u200b\u00a0Nội: 2.317,8 tỷ\nđồng",
        ["TP", "Hà\u200b\u00a0Nội", "2.317,8", "tỷ", "đồng"],
    ),
    ("phu\u031bo\u031b\u0300ng Ⅷ.", ["phu\u031bo\u031b\u0300ng", "Ⅷ"]),
    ("a.b@c.vn _x_ 1%", ["a.b@c.vn", "x", "1"]),
    ("giải K. League.", ["giải", "K. League"]),
    ("\u0301 – 🙂 \ud800", []),
]

QUIRKS = [
    "Tp. Hà Nội, TP.HCM, ThS. Mr. xTp. Đ.",  # abbreviations only at the start of a token
    "a ==> b -> c >> d ... e ==-> .... =>",
    "http://vi.du/a?b=c x://y :// 1_2://x đ://",
    "a.b@c.vn .x@y.z đa.b@c.d AB.c@d.e A.@b.c@d.e a@b a@b. a@@b.c @a.b x@y.z@w.v",
    " a.b , c@d.e f@g",
    "1.2.3, 1_2_3ab 12ab_3 ab_1.2 1. 2, 3.4. ٣.٤ ² 1²",
    "a_b _ __ _a chi_tiết - _",
    "Hà Nội ; hà Nội . HÀ NỘI ủy ban nhân dân",
    "\x00 a\x00b http://\x00 \x1c\x85\u3000 \u200b 🙂 שלום",
    "lúa đông-xuân, chủ nghĩa Marx-Lenin",  # entries of pyvi's list that no tokens can be
    "Hà\nNội\n\nỦy\nban",
    "ΟΔΟΣ ΟΔΟΣ. İstanbul ǅ",
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected
    assert words(unicodedata.normalize("NFD", text)) == expected


@pytest.mark.parametrize(("text", "expected"), PLACES)
def test_words_come_with_their_places(text: str, expected: list[str]) -> None:
    found = spans(text)
    assert [text[word.start : word.end] for word in found] == expected
    assert [word.key for word in found] == words(text)


def check(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert tokens(composed) == ViTokenizer.sylabelize(text)[1]
    assert segment([composed]).split() == tokenize(text).split()


@pytest.mark.parametrize("text", QUIRKS)
def test_quirks_are_those_of_pyvi(text: str) -> None:
    check(text)


pieces = st.sampled_from([*chain.from_iterable(map(str.split, QUIRKS)), *".@-_=> \n:/", "nhân dân"])
typed = st.text("aAđĐ1.@-+_=>:/ \n,%")


@given(st.lists(pieces | st.characters(exclude_categories=["Cs"])).map(" ".join))
def test_segments_as_pyvi_does(text: str) -> None:
    check(text)


@given(st.lists(pieces).map("".join) | typed)
def test_finds_the_tokens_that_pyvi_finds(text: str) -> None:
    check(text)


@given(st.lists(st.sampled_from(["Hà Nội", "Hà", "Nội họp", "", "ủy ban nhân", "dân"])))
def test_lines_do_not_touch(lines: list[str]) -> None:
    assert segment(lines).split() == [token for line in lines for token in segment([line]).split()]


@given(st.lists(st.lists(pieces).map(" ".join), max_size=6), st.sampled_from([3, 20, BATCH]))
def test_many_texts_are_segmented_as_each_is(texts: list[str], size: int) -> None:
    with patch("indexer.segment.BATCH", size):
        numbered = [*words_of_each(texts)]
        found = [[each.numbering.keys[n] for n in each.numbers.tolist()] for each in numbered]
        assert found == [*map(words_of_whole, texts)]


def words_of_whole(text: str) -> list[str]:
    """All its lines at once."""
    found = module._segmenter().found(text.split("\n"), as_written=False)
    joined = "".join(each.joined(each.table.keyed) for each in found)
    return joined.replace(" _", " ").split()


@given(st.text(st.characters()))
def test_takes_any_text(text: str) -> None:
    found = words(text)
    assert all(any(map(str.isalnum, word)) for word in found)
    assert "\n".join(found).encode().decode().split() == found


def letters(key: str) -> str:
    return "".join(filter(str.isalnum, key))


@given(
    st.lists(pieces | st.text(st.characters()) | st.sampled_from("\u200b\u0301Ⅷ\n")).map("".join)
)
@example("HàA.@b.c@d.e")
def test_what_stands_at_a_place_is_the_word(text: str) -> None:
    found = spans(text)
    assert [word.key for word in found] == words(text)
    borders = [place for word in found for place in (word.start, word.end)]
    assert borders == sorted(borders)
    for word in found:  # alone it may be taken apart, as "@b.c" after "a." is
        there = words(text[word.start : word.end])
        assert letters("".join(there)) == letters(word.key)


@pytest.mark.parametrize("text", QUIRKS)
def test_sums_in_pyvis_order_say_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crf, "CLOSE", 1e3)
    check(text)


def test_forgets_tokens_and_stays_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = segment(QUIRKS)
    monkeypatch.setattr(token_table, "MOST_CHARACTERS", 1)
    assert segment(QUIRKS) == segment(QUIRKS) == expected


def test_long_lines_come_in_pieces() -> None:
    found = "_".join(words("tổ dân phố " * BATCH)).split("_")
    assert found == ["tổ", "dân", "phố"] * BATCH


def test_a_word_longer_than_a_batch_has_places_too() -> None:
    text = "oàuỷiạ" * BATCH
    assert [word.start for word in spans(text)] == list(range(0, len(text), BATCH))


LONG = ["a", "A.", "1.", ".", "(", "a.", "a@", "@", "a.b@", "://", "\u0301"]


@pytest.mark.parametrize("part", LONG)
def test_a_text_without_a_space_takes_bounded_time(part: str) -> None:
    assert all(words(part * (200_000 // len(part))))


def test_another_pyvi_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyvi_model, "WORD_LIST", ("models/words.txt", "0" * 64))
    with pytest.raises(ValueError, match=r"words\.txt"):
        pyvi_model.pyvi_model.__wrapped__()
