"""The grammar of queries: a table, and that no text is too strange for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query import LONGEST_QUERY, MOST_SYLLABLES, Parsed, parse


def written(parsed: Parsed) -> str:
    """A query as (field:keys|or) groups, exclusions after a minus."""
    groups = [
        "|".join(f"{part.field}:{'_'.join(part.keys)}".lstrip(":") for part in group)
        for group in parsed.groups
    ]
    return " ".join([*groups, *(f"-{'_'.join(part.keys)}" for part in parsed.excluded)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ngân sách", "ngân sách"),
        ("Uỷ BAN", "ủy ban"),  # keys are normalised
        ('"thu chi" ngân', "thu_chi ngân"),
        ("“thu chi”", "thu_chi"),  # curly quotes are quotes
        ("«thu chi»", "thu_chi"),
        ('"thu chi', "thu_chi"),  # left open: closes at the end
        ('"" rác', "rác"),
        ("rác -thải", "rác -thải"),
        ('rác -"bãi thải"', "rác -bãi_thải"),
        ("rác - thải", "rác thải"),  # a dash on its own is punctuation
        ("–rác", "-rác"),  # a long dash is a dash
        ("thu-chi", "thu_chi"),  # inside a word it joins
        ("rác OR nước", "rác|nước"),
        ("rác HOẶC nước OR đất thải", "rác|nước|đất thải"),
        ("rác or nước", "rác or nước"),  # only in capitals
        ("OR rác OR", "rác"),
        ("NOT OR x", "not|x"),
        ("rác OR -nước", "rác -nước"),  # an exclusion is no alternative
        ('rác OR "nước thải"', "rác|nước_thải"),
        ("tieude:rác", "tieude:rác"),
        ('tieude:"rác thải"', "tieude:rác_thải"),
        ("TIEUDE:rác", "tieude:rác"),
        ("so:154-KH/TU", "so:154_kh_tu"),
        ("số:154-KH/TU", "so:154_kh_tu"),
        ("tieude: rác", "tieude rác"),  # with a space it is a word
        ("phuong:Bồ nguồn:bo-de", "phuong:bồ nguon:bo_de"),
        ('xã:"Bát Tràng"', "phuong:bát_tràng"),
        ("truoc:2026-03 sau:15/3/2025", "truoc:2026_03 sau:15_3_2025"),
        ("trước:2026 sau:3/2025 Sau:01032026", "truoc:2026 sau:3_2025 sau:01032026"),
        ("truoc:mai sau:31/2/2026", "truoc_mai sau_31_2_2026"),  # what is no day is words
        ("rác OR phuong:Bồ", "rác|phuong:bồ"),
        ("khac:rác", "khac_rác"),  # an unknown field is words
        ("1.234,5 tỷ 81m 144%", "1_234_5 tỉ 81m 144"),
        ("a:b:c", "a_b_c"),
        ("", ""),
        ("??? !!!", ""),
    ],
)
def test_grammar(text: str, expected: str) -> None:
    assert written(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("rác", False),
        ("a" * LONGEST_QUERY, False),
        ("a" * (LONGEST_QUERY + 1), True),
        ("a " * MOST_SYLLABLES, False),
        ("a " * (MOST_SYLLABLES + 1), True),
        (f'rác "{"a " * MOST_SYLLABLES}"', True),  # a phrase is taken whole or not at all
    ],
)
def test_what_is_too_long_is_cut_and_said(text: str, cut: bool) -> None:
    parsed = parse(text)
    assert parsed.cut == cut
    assert sum(len(part.keys) for group in parsed.groups for part in group) <= MOST_SYLLABLES


@pytest.mark.parametrize(
    ("text", "wordless"), [("", False), (" ", False), ("?", True), ("-a", False)]
)
def test_text_without_words(text: str, wordless: bool) -> None:
    assert parse(text).wordless == wordless


@given(st.text() | st.text('"-:()[]{}*~^\\ ORHOẶCtieudesốrác\x00\ud800\u202e\u0301'))
def test_no_text_is_refused(text: str) -> None:
    parsed = parse(text)
    assert all(part.keys for group in parsed.groups for part in group)
    assert all(group for group in parsed.groups)
