"""Which span an article accounts for; the sentences are ours."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.reporting import reporting_period

SPANS = [
    # results in the title: of the two spans the one that has them, whichever comes first
    ("Sơ kết 9 tháng đầu năm, nhiệm vụ 3 tháng cuối năm 2022", "", "2022-01", "2022-09"),
    ("Tổng kết công tác năm 2025 và triển khai nhiệm vụ năm 2026", "", "2025-01", "2025-12"),
    ("Nhiệm vụ năm 2026, kết quả năm 2025", "", "2025-01", "2025-12"),
    # a part of the year outdoes the year, a quarter as well
    ("Kết quả 6 tháng đầu năm 2026", "Kế hoạch năm 2026 đạt 40%.", "2026-01", "2026-06"),
    ("Thu ngân sách quý II/2025", "", "2025-04", "2025-06"),
    # a plan or a budget where there are no results; a term
    ("Công khai dự toán ngân sách năm 2026", "", "2026-01", "2026-12"),
    ("Đại hội chi bộ nhiệm kỳ 2022-2025", "", "2022-01", "2025-12"),
    # the title names none: the first sentence
    (
        "Thường trực làm việc với chi bộ",
        "Sáng 11/5, nghe báo cáo kết quả năm 2021, nhiệm vụ năm 2022.",
        "2021-01",
        "2021-12",
    ),
    # named again and again
    ("Chính quyền điện tử", "Kế hoạch năm 2024. Trong năm 2024 có 3 đợt.", "2024-01", "2024-12"),
    # a year without one is that of publication
    ("Kết quả 6 tháng đầu năm", "", "2022-01", "2022-06"),
]

NONE = [
    # when something is or was, what it is called
    ("Khai mạc hè năm 2023", "Tối 2/6/2023, phường khai mạc hè."),
    ("Kế hoạch cuộc thi viết thư lần thứ 51 - năm 2022", ""),
    ("Kế hoạch tuyên truyền Tết Giáp Ngọ năm 2014", ""),
    ("Kế hoạch làm đường, hoàn thành vào năm 2027", ""),
    # years in passing, far from the head
    ("Làng hương đón khách", "Thu nhập tăng 12% so với năm 2021."),
    ("Làng hương đón khách", "Làng có nghề. " * 100 + "Kết quả 6 tháng đầu năm 2022 rất tốt."),
    ("", ""),
]


@pytest.mark.parametrize(("title", "text", "since", "until"), SPANS)
def test_the_span_accounted_for(title: str, text: str, since: str, until: str) -> None:
    period = reporting_period(title, text, date(2022, 7, 4))
    assert period is not None
    assert (f"{period.since:%Y-%m}", f"{period.until:%Y-%m}") == (since, until)


@pytest.mark.parametrize(("title", "text"), NONE)
def test_no_span_accounted_for(title: str, text: str) -> None:
    assert reporting_period(title, text, date(2022, 7, 4)) is None
