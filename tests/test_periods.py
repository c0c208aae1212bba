"""Days and spans of time that texts speak of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from indexer.periods import periods_of

# text, published (ISO or ""), then (kind, since, until, certainty) of each period
PERIODS = [
    # a whole day is taken as written
    ("Chiều ngày 13/01/2022, hội nghị", "", [("event", "2022-01-13", "2022-01-13", 1.0)]),
    ("Sáng 5-3-2024 tại trụ sở", "", [("event", "2024-03-05", "2024-03-05", 1.0)]),
    ("Ngày 02 tháng 9 năm 2023, lễ", "", [("event", "2023-09-02", "2023-09-02", 1.0)]),
    ("Hôm nay (ngày 12/5/2022)", "", [("event", "2022-05-12", "2022-05-12", 1.0)]),
    # the year next to publication, over New Year too
    ("Sáng ngày 11/5, họp", "2022-05-12", [("event", "2022-05-11", "2022-05-11", 0.8)]),
    ("Tối 30/12, họp", "2022-01-02", [("event", "2021-12-30", "2021-12-30", 0.8)]),
    ("Sáng 05/01, sẽ họp", "2021-12-28", [("event", "2022-01-05", "2022-01-05", 0.8)]),
    ("Sáng 29/02, họp", "2024-03-02", [("event", "2024-02-29", "2024-02-29", 0.8)]),
    # no publication: the year that the text plans for; late in the year the one it looks back on
    (
        "Sáng ngày 11/5 họp bàn kết quả năm 2021, nhiệm vụ năm 2022.",
        "",
        [
            ("event", "2022-05-11", "2022-05-11", 0.4),
            ("report", "2021-01-01", "2021-12-31", 1.0),
            ("report", "2022-01-01", "2022-12-31", 1.0),
        ],
    ),
    (
        "Chiều 20/12 họp bàn kết quả năm 2021, nhiệm vụ năm 2022.",
        "",
        [
            ("event", "2021-12-20", "2021-12-20", 0.4),
            ("report", "2021-01-01", "2021-12-31", 1.0),
            ("report", "2022-01-01", "2022-12-31", 1.0),
        ],
    ),
    # a year long ago is history
    (
        "Sáng 5/2, phường khánh thành cây cầu mới thay cầu năm 1998",
        "",
        [("report", "1998-01-01", "1998-12-31", 1.0)],
    ),
    # nothing to complete it from
    ("Sáng ngày 11/5, họp", "", []),
    # no such day
    ("Sáng ngày 31/02/2022, họp", "", []),
    ("Sáng ngày 31/13, họp", "2022-01-01", []),
    ("Sáng ngày 30/02, họp", "2022-01-01", []),
    # the date of a document is no event
    ("Chỉ thị số 17-CT/TU, ngày 13/10/2021 của Ban Thường vụ", "", []),
    # part of a year
    ("9 tháng đầu năm 2022", "", [("report", "2022-01-01", "2022-09-30", 1.0)]),
    ("06 tháng đầu năm 2022", "", [("report", "2022-01-01", "2022-06-30", 1.0)]),
    ("Sáu tháng đầu năm 2022", "", [("report", "2022-01-01", "2022-06-30", 1.0)]),
    ("3 tháng cuối năm 2022", "", [("report", "2022-10-01", "2022-12-31", 1.0)]),
    ("9 tháng đầu năm", "2022-10-06", [("report", "2022-01-01", "2022-09-30", 0.8)]),
    ("9 tháng đầu năm", "", []),
    ("13 tháng đầu năm 2022", "", []),
    # the same part of a year, written once with its year, is the same part
    (
        "06 tháng đầu năm 2022; sáu tháng đầu năm",
        "2023-01-01",
        [("report", "2022-01-01", "2022-06-30", 1.0)],
    ),
    ("quý II/2025", "", [("report", "2025-04-01", "2025-06-30", 1.0)]),
    ("Quý 4 năm 2021", "", [("report", "2021-10-01", "2021-12-31", 1.0)]),
    ("quý hiếm; quý V/2025", "", []),
    ("tháng 02/2024", "", [("report", "2024-02-01", "2024-02-29", 1.0)]),
    ("trong tháng 7 năm 2022", "", [("report", "2022-07-01", "2022-07-31", 1.0)]),
    ("tháng 13/2022", "", []),
    ("Năm 2020", "", [("report", "2020-01-01", "2020-12-31", 1.0)]),
    ("đến năm 2030", "", []),
    ("giai đoạn 2021-2025", "", [("report", "2021-01-01", "2025-12-31", 1.0)]),
    # terms of office
    ("nhiệm kỳ 2020-2025", "", [("term", "2020-01-01", "2025-12-31", 1.0)]),
    ("nhiệm kì 2020 – 2025", "", [("term", "2020-01-01", "2025-12-31", 1.0)]),
    ("nhiệm kỳ 2025-2020", "", []),
    # numbers that are none of these
    ("Tỷ lệ 12/14 chỉ tiêu, 2.317,8 tỷ, điện thoại 0243 2022", "", []),
    ("", "", []),
]


@pytest.mark.parametrize(("text", "published", "expected"), PERIODS)
def test_periods(text: str, published: str, expected: list[tuple[str, str, str, float]]) -> None:
    day = date.fromisoformat(published) if published else None
    found = [
        (period.kind, str(period.since), str(period.until), period.certainty)
        for period in periods_of(text, day)
    ]
    assert found == expected


def test_a_period_is_taken_once_with_the_words_it_was_read_from() -> None:
    [period] = periods_of("Quý I năm 2024 … quý 1/2024")
    assert period.words == "Quý I năm 2024"


def test_the_seed_without_a_date_speaks_of_a_day_in_may(data: Path) -> None:
    [seed] = (data.parent / "seeds").glob("001*.txt")
    [event] = [each for each in periods_of(seed.read_text()) if each.kind == "event"]
    assert (event.since, event.words) == (date(2022, 5, 11), "Sáng ngày 11/5")
    assert event.certainty < 0.5
