"""Names: what readers call the things that addresses name by slugs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import current_app

from indexer.document import Source
from indexer.wards import Gazetteer
from webui.format import day
from webui.params import Filter

FACETS = {
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


class Names:
    """Slug → name, for every facet. A slug that nothing is known of is its own name."""

    def __init__(
        self, gazetteer: Gazetteer, topics: Mapping[str, str], sources: Mapping[str, Source]
    ) -> None:
        self._gazetteer = gazetteer
        self._topics = topics
        self.sources = sources

    def ward(self, slug: str) -> str:
        """Kind and name: "Phường Việt Hưng"."""
        unit = self._gazetteer.unit(slug)
        return unit.name if unit else slug

    def province(self, slug: str) -> str:
        province = self._gazetteer.province(slug)
        return province.name if province else slug

    def topic(self, slug: str) -> str:
        return self._topics.get(slug, slug)

    def source(self, slug: str) -> str:
        return self.sources[slug].name if slug in self.sources else slug

    def of(self, facet: str, value: str) -> str:
        """The name of a value of any facet."""
        reader = {
            "ward": self.ward,
            "province": self.province,
            "topic": self.topic,
            "source": self.source,
        }.get(facet)
        return reader(value) if reader else value

    def facet(self, applied: Filter) -> str:
        """What an applied filter limits: "Phường, xã"."""
        return FACETS[applied.name]

    def value(self, applied: Filter) -> str:
        """What it limits that to: "Phường Bồ Đề", "từ 01/03/2026"."""
        if applied.name in DAYS:
            return f"{DAYS[applied.name]} {day(date.fromisoformat(applied.value))}"
        return self.of(applied.name, applied.value)


def names() -> Names:
    """The Names of the application that serves this request."""
    found = current_app.extensions["names"]
    assert isinstance(found, Names)
    return found
