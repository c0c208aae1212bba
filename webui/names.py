"""Names: what readers call the filters that addresses name by parameters and slugs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from indexer.results import TimeUnit
from webui.format import day
from webui.params import FACETS, Filter
from webui.reading import reading

LABELS = {
    "province": lazy_gettext("Tỉnh, thành phố"),
    "ward": lazy_gettext("Phường, xã"),
    "topic": lazy_gettext("Chủ đề"),
    "source": lazy_gettext("Nguồn"),
    "type": lazy_gettext("Loại bài"),
    "from": lazy_gettext("Thời gian"),
    "to": lazy_gettext("Thời gian"),
}
"""Parameter of a filter → what it limits."""

TIME_UNITS: Mapping[TimeUnit, LazyString] = {
    "day": lazy_gettext("ngày"),
    "week": lazy_gettext("tuần"),
    "month": lazy_gettext("tháng"),
    "year": lazy_gettext("năm"),
    "decade": lazy_gettext("thập niên"),
}
"""What the bars of a timeline stand for."""


def name_of(facet: str, value: str) -> str:
    """The name of a facet's value; the value itself where it is unknown."""
    return reading().label(FACETS[facet], value)


def filter_name(applied: Filter) -> str:
    """What an applied filter limits its facet to: "Phường Bồ Đề, Hà Nội", "từ 01/03/2026"."""
    if applied.name == "from":
        return _("từ %(day)s", day=day(date.fromisoformat(applied.value)))
    if applied.name == "to":
        return _("đến %(day)s", day=day(date.fromisoformat(applied.value)))
    return name_of(applied.name, applied.value)
