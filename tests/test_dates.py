"""Dates as pages print them: what is one, what is none, what else a line says."""

from __future__ import annotations

import re
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import VIETNAM
from crawler.dates import from_address, from_machine, moment_of, read_line

NOW = datetime(2022, 10, 7, 9, 30, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # the five ways of the portals this project was conceived for
        ("Cập nhật: 06/10/2022 20:47", "2022-10-06 20:47"),
        ("Ngày đăng 19/02/2021 | 13:40  | Lượt xem: 68", "2021-02-19 13:40"),
        ("14-01-2022 15:02", "2022-01-14 15:02"),
        # Liferay, in both its languages
        ("Ngày đăng 14/08/2009 | 12:00 AM | View count: 635", "2009-08-14 00:00"),
        ("Publish date 22/08/2024 | 16:54", "2024-08-22 16:54"),
        ("24/02/2020 | 2:41 PM", "2020-02-24 14:41"),
        ("01/02/2020 | 12:05 AM", "2020-02-01 00:05"),
        ("01/02/2020 | 12:05 PM", "2020-02-01 12:05"),
        # NukeViet, Thanh Hóa, Hanoi 2025, SharePoint
        ("Chủ nhật - 03/10/2021 22:09", "2021-10-03 22:09"),
        ("Thứ Bảy, 09/08/2025", "2025-08-09"),
        ("Thứ Hai, 20/06/2022 08:15", "2022-06-20 08:15"),
        ("21:08 20/07/2025", "2025-07-20 21:08"),
        ("00:00 17/09/2018", "2018-09-17 00:00"),
        ("Đăng ngày 17 - 05 - 2024", "2024-05-17"),
        ("08:15, Thứ Hai, ngày 20/06/2022", "2022-06-20 08:15"),
        ("21 09 2025", "2025-09-21"),
        # words
        ("ngày 5 tháng 3 năm 2025", "2025-03-05"),
        ("Ngày 05 tháng 03 năm 2025 lúc 7 giờ 05", "2025-03-05 07:05"),
        ("5 Tháng Ba, 2025", "2025-03-05"),
        ("15 Tháng Mười Một, 2023", "2023-11-15"),
        ("Tháng Mười Hai 5, 2021", "2021-12-05"),
        ("NGÀY 5 THÁNG 3 NĂM 2025", "2025-03-05"),
        ("March 5, 2025 at 8:30 am", "2025-03-05 08:30"),
        ("Wednesday, 5 March 2025", "2025-03-05"),
        ("5th Sept 2025", "2025-09-05"),
        # other marks and clocks
        ("06.10.2022 - 20h47", "2022-10-06 20:47"),
        ("6/1/2022 7:05:33 SA", "2022-01-06 07:05"),
        ("6/1/2022 7:05:33 CH", "2022-01-06 19:05"),
        ("2022-01-14 15:02:59", "2022-01-14 15:02"),
        ("2022-01-14T15:02:59+07:00", "2022-01-14 15:02"),
        # counted back from when the page was fetched
        ("2 giờ trước", "2022-10-07 07:30"),
        ("Đăng 45 phút trước", "2022-10-07 08:45"),
        ("3 ngày trước", "2022-10-04"),
        ("Hôm qua, 14:05", "2022-10-06 14:05"),
        ("Hôm nay", "2022-10-07"),
        # an hour that is none is left out
        ("06/10/2022 25:61", "2022-10-06"),
    ],
)
def test_dates(line: str, expected: str) -> None:
    found = read_line(line, NOW)
    assert found is not None
    clock = f" {found.time:%H:%M}" if found.time is not None else ""
    assert f"{found.day}{clock}" == expected


@pytest.mark.parametrize(
    "line",
    [
        "12/12 Tổ dân phố có tổ thu gom rác",
        "xếp thứ 01/14 phường",
        "trực 24/7",
        "Sáng ngày 11/5",
        "Quyết định số 217-QĐ/TW",
        "Nghị định 32/2019/NĐ-CP",
        "Kế hoạch số 18-KH/ĐU",
        "6 tháng đầu năm 2022",
        "tháng 06/2022",
        "nhiệm kỳ 2021-2026",
        "45/05/2022",
        "31/02/2022",
        "12/13/2022",
        "1.942.000.000đ/5.137.600.000đ",
        "Điện thoại: 024.3512.3536",
        "10.10.2.2022",
        "05/10/20221",
        "01/01/0202",
        "15:02",
        "",
    ],
)
def test_what_is_no_date(line: str) -> None:
    assert read_line(line, NOW) is None


@pytest.mark.parametrize(
    ("line", "label", "rest"),
    [
        ("Cập nhật: 06/10/2022 20:47", "updated", ""),
        ("Cập nhật lần cuối: 06/10/2022", "updated", ""),
        ("Ngày đăng: 06/10/2022", "published", ""),
        ("Đăng lúc: 20:47 06/10/2022", "published", ""),
        ("Thứ Năm, 06/10/2022", "", ""),
        ("Ngày đăng 19/02/2021 | 13:40 | Lượt xem: 68", "published", "Lượt xem 68"),
        ("Chiều ngày 13/01/2022, Đảng uỷ họp", "", "Chiều Đảng uỷ họp"),
    ],
)
def test_what_a_line_says_beside_its_date(line: str, label: str, rest: str) -> None:
    found = read_line(line, NOW)
    assert found is not None
    assert (found.label, found.rest) == (label, rest)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-01-14T15:02:00+07:00", "2022-01-14 15:02"),
        ("2022-01-14T20:30:00Z", "2022-01-15 03:30"),  # the next day in Vietnam
        ("2022-01-14T15:02", "2022-01-14 15:02"),  # no zone: the portal's own
        ("2022-01-14", "2022-01-14"),
        ("14/01/2022 15:02", "2022-01-14 15:02"),  # not ISO at all
    ],
)
def test_dates_for_machines(text: str, expected: str) -> None:
    found = from_machine(text)
    assert found is not None
    clock = f" {found.time:%H:%M}" if found.time is not None else ""
    assert f"{found.day}{clock}" == expected


@pytest.mark.parametrize("text", ["", "hôm nay", "0001-01-01T00:00:00", "2022-13-01"])
def test_what_machines_leave_empty(text: str) -> None:
    assert from_machine(text) is None


def test_dates_in_addresses() -> None:
    pattern = r"/(?P<year>\d+)-(?P<month>\d+)-(?P<day>\d+)/"
    match = re.search(pattern, "/pages/2023-1-30/x.aspx")
    assert match is not None
    found = from_address(match)
    assert found is not None
    assert (found.day, found.time, found.source) == (date(2023, 1, 30), None, "address")
    wrong = re.search(pattern, "/pages/2023-31-30/x.aspx")
    assert wrong is not None
    assert from_address(wrong) is None


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.times(), st.sampled_from("/-."))
def test_every_day_and_minute(day: date, clock: time, mark: str) -> None:
    line = f"Ngày đăng: {day:%d}{mark}{day:%m}{mark}{day.year} - {clock:%H:%M} | Lượt xem: 12"
    found = read_line(line, NOW)
    assert found is not None
    assert (found.day, found.time) == (day, clock.replace(second=0, microsecond=0))


@given(st.text(max_size=80))
def test_any_line_is_read_without_an_error(line: str) -> None:
    found = read_line(line, NOW)
    assert found is None or isinstance(found.day, date)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-07-01T03:00:00Z", "2025-07-01T03:00:00+00:00"),
        ("2025-07-01T10:00:00.5+07:00", "2025-07-01T10:00:00.500000+07:00"),
        ("2025-07-01", "2025-07-01T00:00:00+07:00"),  # without a zone: Vietnam's
        (" Tue, 01 Jul 2025 10:00:00 +0700 ", "2025-07-01T10:00:00+07:00"),
        ("Tuesday, 01-Jul-25 03:00:00 GMT", "2025-07-01T03:00:00+00:00"),
        ("01 Jul 2025 03:00 GMT", "2025-07-01T03:00:00+00:00"),
        ("7/1/2025 8:00:00 AM", None),  # of July or of January
        ("Tue, 01 Jul 99999999999999999999 10:00:00 GMT", None),
        ("Tue, 01 Jul 2025 10:00:00 +99999999999999999999", None),
        ("hôm qua", None),
        ("", None),
    ],
)
def test_moment_of(text: str, expected: str | None) -> None:
    moment = moment_of(text)
    assert (moment and moment.isoformat()) == expected
