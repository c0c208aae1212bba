"""Numbers of documents, in the forms that portals write them, and what is none."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.document_numbers import (
    KINDS,
    DocumentNumber,
    asked_numbers,
    document_numbers,
    number_key,
)
from indexer.normalize import syllables

TABLE = Path(__file__).with_name("document_numbers.tsv")
"""A rule, a text, and "number · kind · issuer · day" of each document it names."""


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def shown(number: DocumentNumber) -> str:
    day = [number.day.isoformat()] if number.day else []
    return " · ".join([str(number), number.kind, number.issuer, *day])


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["text"])
def test_document_numbers(row: dict[str, str]) -> None:
    text = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), row["text"])
    assert " | ".join(map(shown, document_numbers(text))) == row["documents"], row["rule"]


def test_the_table_has_every_form_and_a_third_is_none() -> None:
    none = [row for row in rows() if not row["documents"]]
    assert len(rows()) >= 200
    assert len(none) >= len(rows()) / 3
    assert len({row["rule"] for row in rows() if row["documents"]}) >= 20


@pytest.mark.parametrize("row", [row for row in rows() if row["documents"]], ids=str)
def test_a_number_in_its_canonical_form_is_read_as_itself(row: dict[str, str]) -> None:
    for number in row["documents"].split(" | "):
        canonical = number.split(" · ")[0]
        [again] = document_numbers(f"số {canonical}")
        assert str(again) == canonical


@pytest.mark.parametrize("sign", KINDS)
def test_every_sign_is_read_as_itself(sign: str) -> None:
    for text in (f"7/{sign}-UBND", f"7/{sign.upper()}-UBND"):
        [number] = document_numbers(text)
        assert (number.sign, number.kind) == (sign, KINDS[sign][0])


# a query, and the words of the number asked for, if any
ASKED = [
    ("154 KH TU", "154 kh tu"),
    ("kế hoạch số 154-KH/TU mới", "số 154 kh tu"),
    ("1234/qd-ubnd", "1234 qd ubnd"),
    ("30/2020/NĐ-CP", "30 2020 nđ cp"),
    ("luật 72/2025/QH15", "72 2025 qh15"),
    ("số 123/UBND-VP", "số 123 ubnd vp"),
    ("154", ""),
    ("tổ 5 phường", ""),
    ("KH TU", ""),
    ("154 KH", ""),
    ("17/10/2021", ""),
    ("năm 2025 2026", ""),
    ("", ""),
]


@pytest.mark.parametrize(("query", "expected"), ASKED)
def test_numbers_asked_for(query: str, expected: str) -> None:
    keys = [token.key for token in syllables(query)]
    found = [" ".join(keys[first:last]) for first, last, _ in asked_numbers(keys)]
    assert found == ([expected] if expected else [])


@given(st.lists(st.sampled_from(["số", "154", "kh", "tu", "2025", "qh15", "ubnd", "a"])))
def test_numbers_asked_for_lie_inside_the_query(keys: list[str]) -> None:
    for first, last, number in asked_numbers(keys):
        assert 0 <= first <= number < last <= len(keys)
        assert keys[number].isdigit()


@pytest.mark.parametrize(
    "typed", ["154-KH/TU", "154 kh tu", "154/KH-TU", "154 – KH / TU", "154KH/TU"]
)
def test_one_key_however_typed(typed: str) -> None:
    assert (number_key(typed) == "154 kh tu") == (typed != "154KH/TU")
