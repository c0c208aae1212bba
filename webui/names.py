"""Names: what readers call the filters that addresses name by parameters and slugs."""

from __future__ import annotations

from datetime import date

from webui.format import day
from webui.params import FACETS, Filter
from webui.reading import reading

LABELS = {
    "province": "Tỉnh, thành phố",
    "ward": "Phường, xã",
    "topic": "Chủ đề",
    "source": "Nguồn",
    "type": "Loại bài",
    "from": "Thời gian",
    "to": "Thời gian",
}
"""Parameter of a filter → what it limits."""

DAYS = {"from": "từ", "to": "đến"}


def name_of(facet: str, value: str) -> str:
    """The name of a facet's value; the value itself where it is unknown."""
    return reading().label(FACETS[facet], value)


def filter_name(applied: Filter) -> str:
    """What an applied filter limits its facet to: "Phường Bồ Đề, Hà Nội", "từ 01/03/2026"."""
    if applied.name in DAYS:
        return f"{DAYS[applied.name]} {day(date.fromisoformat(applied.value))}"
    return name_of(applied.name, applied.value)
