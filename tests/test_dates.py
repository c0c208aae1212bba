"""Dates as pages print them: what is one, what is none (dates.tsv), what else a line says."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime, time
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import VIETNAM
from crawler.dates import from_address, from_machine, moment_of, read_line

NOW = datetime(2022, 10, 7, 9, 30, tzinfo=VIETNAM)


class Row(NamedTuple):
    """A line of dates.tsv: `way` is who reads it, `expected` "" where it is no date."""

    way: str
    text: str
    expected: str
    form: str
    rule: str


with (Path(__file__).parent / "dates.tsv").open(encoding="utf-8", newline="") as file:
    ROWS = [Row(*cells) for cells in csv.reader(file, "excel-tab", quoting=csv.QUOTE_NONE)][1:]


def read(way: str, text: str) -> str:
    """Day, or minute with its zone, in ISO 8601; "" for no date."""
    if way == "protocol":
        moment = moment_of(text)
        return moment.astimezone(VIETNAM).isoformat(timespec="minutes") if moment else ""
    line = from_machine(text) if way == "meta" else read_line(text, NOW)
    if line is None:
        return ""
    exact = line.printed("line", 1.0).moment.isoformat(timespec="minutes")
    return str(line.day) if line.time is None else exact


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.way}: {row.text}")
def test_dates(row: Row) -> None:
    assert read(row.way, row.text) == row.expected, f"{row.form}: {row.rule}"


def test_the_table_is_large() -> None:
    dates = [row for row in ROWS if row.expected]
    assert len(set(ROWS)) == len(ROWS) >= 300
    assert len({row.form for row in dates}) >= 40
    assert len(ROWS) - len(dates) >= len(ROWS) / 3


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
