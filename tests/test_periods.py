"""Days and spans of time that texts speak of."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.periods import Period, periods_of

TABLE = Path(__file__).with_name("periods.tsv")
"""A rule, the day of publication or none, a text, and "kind since/until certainty" of each period
that it names."""


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def shown(period: Period) -> str:
    one_day = period.kind == "event" and period.since == period.until
    span = f"{period.since}" if one_day else f"{period.since}/{period.until}"
    return f"{period.kind} {span} {period.certainty}"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["text"])
def test_periods(row: dict[str, str]) -> None:
    published = date.fromisoformat(row["published"]) if row["published"] else None
    assert " | ".join(map(shown, periods_of(row["text"], published))) == row["periods"], row["rule"]


def test_the_table_has_every_kind_and_a_third_is_none() -> None:
    none = [row for row in rows() if not row["periods"]]
    assert len(rows()) >= 120
    assert len(none) >= len(rows()) / 3


def test_a_period_is_taken_once_with_the_words_it_was_read_from() -> None:
    [period] = periods_of("Quý I năm 2024 … quý 1/2024")
    assert period.words == "Quý I năm 2024"


PIECES = [
    "Sáng ngày ", "Từ ngày ", "quý ", "tháng ", "tuần ", "năm ", "nhiệm kỳ ", "giai đoạn ", "đến ",
    "cùng kỳ năm trước ", "so với ", " tháng đầu năm ", "31", "2", "0", "/", "-", "2020", "2025",
    "III", "ı", "ſáu", "haı",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)), st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_every_period_of_any_text_is_a_span(pieces: list[str], published: date) -> None:
    for day in (published, None):
        for period in periods_of("".join(pieces), day):
            assert period.since <= period.until
            assert 0 < period.certainty <= 1


def test_the_seed_without_a_date_speaks_of_a_day_in_may(data: Path) -> None:
    [seed] = (data.parent / "seeds").glob("001*.txt")
    [event] = [each for each in periods_of(seed.read_text()) if each.kind == "event"]
    assert (event.since, event.words) == (date(2022, 5, 11), "Sáng ngày 11/5")
    assert event.certainty < 0.5
