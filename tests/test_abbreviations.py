"""Short forms and what they stand for, both ways."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.abbreviations import ABBREVIATIONS, Abbreviation, alternatives
from indexer.normalize import fold, syllables

QUERIES = [
    # short → long and long → short
    ("UBND phường", ["ủy ban nhân dân"]),
    ("Uỷ ban nhân dân phường", ["UBND"]),
    ("tái định cư", ["TĐC"]),
    ("xử phạt VPHC", ["vi phạm hành chính"]),
    # several
    ("HĐND và UBND", ["hội đồng nhân dân", "ủy ban nhân dân"]),
    ("BCĐ CĐS", ["ban chỉ đạo", "chuyển đổi số"]),
    # without accents
    ("hdnd phuong", ["hội đồng nhân dân"]),
    ("hoi dong nhan dan", ["HĐND", "ND"]),  # each is told, the plan takes the longest
    ("lap lai ttdt", ["trật tự đô thị"]),
    ("lap lai trat tu do thi", ["TTĐT"]),
    # a short form is taken without its Đ in an accented query too; a long one is not
    ("HDND phường", ["hội đồng nhân dân"]),
    ("lap lai trat tự đô thi", []),
    # a word that has an accent is no short form
    ("cả phường", []),
    ("bè phường", []),
    # one of several signs, however they are joined
    ("ngành văn hóa, VH-XH", ["văn hóa xã hội"]),
    ("GD&ĐT", ["giáo dục và đào tạo"]),
    ("GD-ĐT", ["giáo dục và đào tạo"]),
    ("sở GDĐT", ["giáo dục và đào tạo"]),
    ("phát triển KT-XH", ["kinh tế xã hội"]),
    ("TN&MT", ["tài nguyên và môi trường"]),
    ("TP.HCM", ["thành phố hồ chí minh", "hồ chí minh"]),
    # several short forms of one long form
    ("khoa học và công nghệ", ["KH&CN", "KHCN"]),
    # ambiguous ones only beside a cue, before or after
    ("KH", []),
    ("KH mua hàng", []),
    ("ban hành KH", ["kế hoạch"]),
    ("BCH đảng bộ", ["ban chấp hành"]),
    ("BCH quân sự", ["ban chỉ huy", "QS"]),
    ("quân sự và BCH", []),
    ("ban chỉ huy quân sự", ["BCHQS", "BCH", "QS"]),
    ("PCT UBND", ["phó chủ tịch", "ủy ban nhân dân"]),
    ("CT UBND phường", ["chủ tịch", "ủy ban nhân dân"]),
    ("chỉ thị", []),
    ("CT số 17", ["chỉ thị"]),
    ("TP Hà Nội", ["thành phố"]),
    ("TP mới", []),
    ("TT y tế", ["trung tâm"]),
    ("TT HĐND", ["thường trực", "hội đồng nhân dân"]),
    ("HS tiểu học", ["học sinh"]),
    ("nộp HS", ["hồ sơ"]),
    ("NQ HĐND", ["nghị quyết", "hội đồng nhân dân"]),
    ("ĐH đảng bộ", ["đại hội"]),
    ("trường ĐH", ["đại học"]),
    ("QH chi tiết", ["quy hoạch"]),
    ("đại biểu QH", ["quốc hội"]),
    ("BTC hội thi", ["ban tổ chức"]),
    ("thông tư BTC", ["bộ tài chính"]),
    ("hội PN", ["phụ nữ"]),
    ("TB liệt sĩ", ["thương binh"]),
    ("TB kết luận", ["thông báo"]),
    # a cue without accents, where the query has none
    ("ban hanh kh", ["kế hoạch"]),
    # part of a long form
    ("ủy ban nhân", []),
    ("", []),
]


def said(query: str) -> list[str]:
    keys = [token.key for token in syllables(query)]
    return [found.text for found in alternatives(keys)]


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_alternatives(query: str, expected: list[str]) -> None:
    assert said(query) == expected


@pytest.mark.parametrize("entry", ABBREVIATIONS, ids=lambda entry: f"{entry.short}={entry.long}")
def test_every_entry_is_understood_both_ways(entry: Abbreviation) -> None:
    for cue in entry.cues or ("",):
        assert entry.long in said(f"{cue} {entry.short}")
        assert entry.long in said(f"{entry.short} {cue}")
        assert entry.short in said(f"{cue} {entry.long}")
        assert entry.long in said(f"{cue} {fold(entry.short)}")
        assert entry.short in said(fold(f"{entry.long} {cue}"))


@pytest.mark.parametrize(
    "entry", [entry for entry in ABBREVIATIONS if entry.cues], ids=lambda entry: entry.short
)
def test_an_ambiguous_entry_says_nothing_without_its_cue(entry: Abbreviation) -> None:
    for query in (entry.short, f"{entry.short} zz", f"{entry.cues[0]} zz {entry.short}"):
        assert entry.long not in said(query)
    assert entry.short not in said(f"zz {entry.long}")


def test_the_table_has_each_entry_once() -> None:
    entries = [(entry.short, entry.long) for entry in ABBREVIATIONS]
    assert len(set(entries)) == len(entries) >= 250


def test_a_plain_entry_has_no_rival() -> None:
    plain = [entry.short for entry in ABBREVIATIONS if not entry.cues]
    every = [entry.short for entry in ABBREVIATIONS]
    assert all(every.count(short) == 1 for short in plain)


def test_the_meanings_of_one_short_form_have_cues_of_their_own() -> None:
    for entry in ABBREVIATIONS:
        rivals = [each for each in ABBREVIATIONS if each.short == entry.short and each != entry]
        assert not set(entry.cues) & set(chain.from_iterable(each.cues for each in rivals))


SYLLABLE = re.compile(
    r"(b|ch?|d|gh?|gi|h|kh?|l|m|n|nh|ngh?|ph?|qu|r|s|th?|tr|v|x)?"
    r"([aeiou]{1,3}y?(ch?|m|n|nh|ng|p|t)?|y)"
)


def test_no_short_form_is_a_word_without_its_accents() -> None:
    for entry in ABBREVIATIONS:
        keys = [fold(token.key) for token in syllables(entry.short)]
        assert len(keys) > 1 or not SYLLABLE.fullmatch(keys[0]), entry.short


WORDS = ["ubnd", "ủy", "ban", "nhân", "dân", "kh", "số", "đảng"]


@given(st.lists(st.sampled_from(WORDS) | st.text(min_size=1)))
def test_alternatives_lie_inside_the_query(keys: list[str]) -> None:
    for found in alternatives(keys):
        assert 0 <= found.start < found.end <= len(keys)
        assert found.keys
        assert found.keys != tuple(keys[found.start : found.end])
