"""Numbers of persons are hidden; sums, dates and document numbers stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webui.masking import masked

HIDDEN = [
    # mobile phones, as portals print them
    ("ĐT: 0912345678", "ĐT: ••••••••78"),
    ("ĐT: 0912 345 678.", "ĐT: •••• ••• •78."),
    ("ĐT: 091.234.5678", "ĐT: •••.•••.••78"),
    ("ĐT: 0912.34.56.78", "ĐT: ••••.••.••.78"),
    ("ĐT: 0912 345678", "ĐT: •••• ••••78"),
    ("ĐT: +84 912 345 678", "ĐT: +•• ••• ••• •78"),
    # land lines
    ("(024) 3825 3536", "(•••) •••• ••36"),
    ("024.38253536", "•••.••••••36"),
    ("02438253536", "•••••••••36"),
    # identity cards: twelve digits, nine digits, in groups after their name
    ("mang số 001086012345 do Cục cấp", "mang số ••••••••••45 do Cục cấp"),
    ("CMND 012345678", "CMND •••••••78"),
    ("căn cước công dân số: 001 086 012 345", "căn cước công dân số: ••• ••• ••• •45"),
    # bank accounts, only where the text calls them so
    ("số tài khoản: 1500 2010 05678", "số tài khoản: •••• •••• •••78"),
    ("STK 3511.0.1234567", "STK ••••.•.•••••67"),
]

KEPT = [
    "tổng chi 7.950.000.000 đồng",
    "7,950,000,000 đồng",
    "chi 795000000 đồng",  # nine digits of money
    "100000000 VNĐ",
    "Quyết định số 1234/QĐ-UBND ngày 06/10/2022",
    "Nghị quyết 202/2025/QH15",
    "154-KH/TU",
    "20h47 ngày 01-02-2026 10:30",
    "từ 01.02.2026 đến 15.03.2026",
    "gọi 113, 114, 115 hoặc 1022, 1900 1234",
    "diện tích 123456789 m2",
    "năm 2021 2022 2023",
    "nhiệm kỳ 2021 - 2026, 12 tổ dân phố, 3.321 xã",
    "",
]


@pytest.mark.parametrize(("text", "expected"), HIDDEN)
def test_a_number_of_a_person_is_hidden(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize("text", KEPT)
def test_other_numbers_stay(text: str) -> None:
    assert masked(text) == text


@given(st.text(alphabet="0123456789 .-/:()+ STKsốCMND•đ", max_size=60))
def test_only_digits_change_and_every_mark_keeps_its_place(text: str) -> None:
    hidden = masked(text)
    assert len(hidden) == len(text)
    assert all(a == b or (a.isdigit() and b == "•") for a, b in zip(text, hidden, strict=True))
    assert masked(hidden) == hidden
