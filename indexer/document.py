"""Document: an article as understood, ready to be indexed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from crawler.article import Article
from crawler.store import Stored
from indexer.document_numbers import DocumentNumber, numbers_in
from indexer.mentions import mentions_in
from indexer.normalize import keys_in, normalize
from indexer.periods import Period, periods_in
from indexer.reporting import reported_in
from indexer.topic_model import TopicModel
from indexer.topics import TopicMatch, topics_in
from indexer.units import Unit
from indexer.wards import REFORM, Gazetteer

TYPES = {"tin-tuc": "Tin tức", "thong-bao": "Thông báo", "van-ban": "Văn bản"}
"""Slug → label of what kind of text an article is."""

_TYPE_OF_TITLE = {
    "thong-bao": re.compile(
        r"(thông báo|giấy mời|thư mời|lịch(?! sử)|niêm yết|công khai|danh sách|tuyển dụng)\b", re.I
    ),
    "van-ban": re.compile(
        r"(quyết định|nghị quyết|kế hoạch|công văn|chỉ thị|báo cáo|tờ trình|hướng dẫn|quy chế"
        r"|công điện|kết luận|thông tư|nghị định)\s+(số|về|của|phê duyệt|ban hành|thực hiện|\d)",
        re.I,
    ),
}
"""How a title of that type begins; any other is news."""


@dataclass(frozen=True, slots=True)
class Source:
    """A portal, as far as its articles are concerned: `ward` and `province` are names.

    `ward` is "" for a portal that speaks for no single ward; `show` says how much of an article
    may be shown.
    """

    id: str
    name: str
    ward: str
    province: str
    show: Literal["snippet", "full"]


@dataclass(frozen=True, slots=True)
class Document:
    """`id` is the store's row number. Wards, provinces and topics are slugs.

    `wards` and `provinces` are the units of today (several, where a unit of the time was split);
    `wards_then` are the units by the names of the time the article was written. `reports_on` is the
    span that the whole article accounts for, of the `periods` it names.
    """

    id: int
    article: Article
    wards: tuple[str, ...]
    wards_then: tuple[str, ...]
    provinces: tuple[str, ...]
    topics: tuple[str, ...]
    type: str
    numbers: tuple[DocumentNumber, ...]
    periods: tuple[Period, ...]
    reports_on: Period | None = None


class Annotator:
    """Makes documents of stored articles; knows the gazetteer and whose portal is whose.

    Topics are told by phrases, those of `model` by what it learned.
    """

    def __init__(
        self,
        gazetteer: Gazetteer,
        sources: Mapping[str, Source],
        model: TopicModel | None = None,
    ) -> None:
        self.gazetteer = gazetteer
        self.sources = sources
        self.topics_in = model.topics_in if model else topics_in

    def annotate(self, stored: Stored) -> Document:
        """The article of a row, understood. A source that is not known adds no ward of its own."""
        article = stored.article
        title, body = normalize(article.title), normalize(article.text)
        text = f"{title}\n{body}"
        day = article.published.day if article.published else None
        source = self.sources.get(article.portal)
        units = list(dict.fromkeys(self._units(source, text, day)))
        today = [after for unit in units for after in self.gazetteer.today(unit.slug)]
        return Document(
            id=stored.id,
            article=article,
            wards=tuple(dict.fromkeys(unit.slug for unit in today)),
            wards_then=tuple(unit.slug for unit in units),
            provinces=tuple(
                dict.fromkeys([*self._home(source), *(u.province_slug for u in today)])
            ),
            topics=tuple(match.slug for match in self._topics(title, body, article.section)),
            type=type_of(title),
            numbers=numbers_in(text),
            periods=periods_in(text, day),
            reports_on=reported_in(title, body, day),
        )

    def topics_of(self, article: Article) -> tuple[TopicMatch, ...]:
        """The topics of an article, best first, and what tells them."""
        return self._topics(normalize(article.title), normalize(article.text), article.section)

    def _topics(self, title: str, body: str, section: str) -> tuple[TopicMatch, ...]:
        return self.topics_in(keys_in(title), keys_in(body), section)

    def _units(self, source: Source | None, text: str, day: date | None) -> Iterator[Unit]:
        """The portal's own ward as of `day`, then those that title and text name."""
        province = None
        own: tuple[Unit, ...] = ()
        if source:
            province = self.gazetteer.province_named(source.province)
            own = own_unit(self.gazetteer, source.ward, source.province, day)
        yield from own
        slug = province.slug if province else ""
        for mention in mentions_in(self.gazetteer, text, slug, day, own[0] if own else None):
            yield mention.unit

    def _home(self, source: Source | None) -> Iterator[str]:
        """The portal's province, as it is today."""
        province = self.gazetteer.province_named(source.province) if source else None
        if province:
            yield from province.successors or (province.slug,)


def own_unit(gazetteer: Gazetteer, ward: str, province: str, day: date | None) -> tuple[Unit, ...]:
    """The unit that a portal names as its own, as it was on `day`.

    A ward of today was, before 2025-07-01, the predecessor of the same name, where there is one.
    None where no unit, or several of the same time, bear the name.
    """
    found = gazetteer.find(ward, province) if ward else ()
    current = [unit for unit in found if unit.current]
    old = [unit for unit in found if not unit.current]
    if len(current) == 1 and day is not None and day < REFORM:
        same = [unit for unit in old if unit.slug in current[0].predecessors]
        return (same[0] if len(same) == 1 else current[0],)
    if current:
        return (current[0],) if len(current) == 1 else ()
    return (old[0],) if len(old) == 1 else ()


def type_of(title: str) -> str:
    """The slug of the type that a title announces.

    >>> type_of("Thông báo lịch cắt điện"), type_of("Kế hoạch số 12/KH-UBND"), type_of("Kế hoạch")
    ('thong-bao', 'van-ban', 'tin-tuc')
    """
    start = normalize(title).lstrip(' "')
    return next((slug for slug, rule in _TYPE_OF_TITLE.items() if rule.match(start)), "tin-tuc")
