"""Short forms and what they stand for, both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.abbreviations import ABBREVIATIONS, alternatives
from indexer.normalize import syllables

QUERIES = [
    # short → long and long → short
    ("UBND phường", ["ủy ban nhân dân"]),
    ("Uỷ ban nhân dân phường", ["ubnd"]),
    # several
    ("HĐND và UBND", ["hội đồng nhân dân", "ủy ban nhân dân"]),
    # without accents
    ("hdnd phuong", ["hội đồng nhân dân"]),
    ("hoi dong nhan dan", ["hđnd"]),
    # a short form is taken without its Đ in an accented query too; a long one is not
    ("HDND phường", ["hội đồng nhân dân"]),
    ("hoi dong nhân dân", []),
    # one of several signs
    ("sở GD&ĐT", ["giáo dục và đào tạo"]),
    # ambiguous ones only beside a cue, before or after
    ("KH", []),
    ("KH mua hàng", []),
    ("ban hành KH", ["kế hoạch"]),
    ("BCH đảng bộ", ["ban chấp hành"]),
    ("BCH quân sự", ["ban chỉ huy"]),
    ("quân sự và BCH", []),
    ("ban chỉ huy quân sự", ["bch"]),
    # part of a long form
    ("ủy ban nhân", []),
    ("", []),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_alternatives(query: str, expected: list[str]) -> None:
    keys = [token.key for token in syllables(query)]
    assert [" ".join(found.keys) for found in alternatives(keys)] == expected


def test_the_table_has_each_entry_once() -> None:
    entries = [(entry.short, entry.long) for entry in ABBREVIATIONS]
    assert len(set(entries)) == len(entries) >= 60


def test_a_plain_entry_has_no_rival() -> None:
    plain = [entry.short for entry in ABBREVIATIONS if not entry.cues]
    every = [entry.short for entry in ABBREVIATIONS]
    assert all(every.count(short) == 1 for short in plain)


@given(st.lists(st.sampled_from(["ubnd", "ủy", "ban", "nhân", "dân", "kh", "số", "đảng"])))
def test_alternatives_lie_inside_the_query(keys: list[str]) -> None:
    for found in alternatives(keys):
        assert 0 <= found.start < found.end <= len(keys)
        assert found.keys
        assert found.keys != tuple(keys[found.start : found.end])
