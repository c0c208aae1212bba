"""Numbers of documents, in the forms that portals write them, and what is none."""

from __future__ import annotations

import pytest

from indexer.document_numbers import document_numbers

NUMBERS = [
    # the Party writes 154-KH/TU, the state 1234/QĐ-UBND, however dashed in the text
    ("Kế hoạch 154-KH/TU", ["154-KH/TU"]),
    ("Chỉ thị số 17- CT/TU, ngày 13/10/2021", ["17-CT/TU"]),
    ("154/KH-TU", ["154-KH/TU"]),
    ("34 - KL/TW", ["34-KL/TW"]),
    ("18-KH/ĐU", ["18-KH/ĐU"]),
    ("33-HD/BTGQU", ["33-HD/BTGQU"]),
    ("Quyết định số 1234/QĐ-UBND", ["1234/QĐ-UBND"]),
    ("1234-QĐ/UBND", ["1234/QĐ-UBND"]),
    ("1234/QĐ–UBND", ["1234/QĐ-UBND"]),
    ("Số: 12/BC-UBND.", ["12/BC-UBND"]),
    ("Số:12 /TB-UBND", ["12/TB-UBND"]),
    ("05/TTr-HĐND", ["05/TTr-HĐND"]),
    ("123/UBND-VP", ["123/UBND-VP"]),
    # with the year
    ("Nghị định 30/2020/NĐ-CP", ["30/2020/NĐ-CP"]),
    ("45/2025/QĐ-UBND", ["45/2025/QĐ-UBND"]),
    # the Assembly
    ("Nghị quyết 1656/NQ-UBTVQH15", ["1656/NQ-UBTVQH15"]),
    ("Luật số 72/2025/QH15", ["72/2025/QH15"]),
    # decomposed Đ is one letter only; Ð is its double
    ("12/QÐ-UBND", ["12/QĐ-UBND"]),
    # each once, in order
    ("12/KH-UBND và 13/KH-UBND, 12/KH-UBND", ["12/KH-UBND", "13/KH-UBND"]),
    # dates, fractions, times, addresses, money
    ("ngày 13/10/2021; 14-01-2022; 12/14 chỉ tiêu; 5/7", []),
    ("số 12/5 ngõ 30/TT", []),
    ("Quận 1/TP", []),
    ("KH-UBND; /QĐ-UBND", []),
    ("1.234/QĐ-UBND", []),
    ("nhiệm kỳ 2020-2025", []),
    ("12/qđ-ubnd", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_document_numbers(text: str, expected: list[str]) -> None:
    assert list(document_numbers(text)) == expected
