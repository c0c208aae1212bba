"""Document: an article as understood, ready to be indexed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Literal

from crawler.article import Article
from crawler.store import Stored
from indexer.document_numbers import DocumentNumber, numbers_in
from indexer.mentions import mentions_in
from indexer.normalize import normalize
from indexer.periods import Period, periods_in
from indexer.reporting import reported_in
from indexer.syllable_table import article_table
from indexer.topic_model import TopicModel
from indexer.topics import topics_of
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

    Topics are told by phrases, those of `model` by what it learned. One can be sent to another
    process.
    """

    def __init__(
        self,
        gazetteer: Gazetteer,
        sources: Mapping[str, Source],
        model: TopicModel | None = None,
    ) -> None:
        self.gazetteer = gazetteer
        self.sources = sources
        self.model = model
        self.topics_of = model.topics_of if model else topics_of
        self.home = cache(partial(_home, gazetteer))

    def __reduce__(self) -> tuple[type[Annotator], tuple[object, ...]]:
        """What it remembers stays here."""
        return Annotator, (self.gazetteer, self.sources, self.model)

    def annotate(self, stored: Stored) -> Document:
        """The article of a row, understood. A source that is not known adds no ward of its own."""
        article = stored.article
        table = article_table(article).table
        title, text = normalize(article.title), table.text
        body = text[len(title) + 1 :]
        day = article.published.day if article.published else None
        source = self.sources.get(article.portal)
        home = self.home(source, day is not None and day < REFORM) if source else NOWHERE
        named = mentions_in(self.gazetteer, table, home.province, day, home.ward)
        units = list(dict.fromkeys([*home.wards, *(mention.unit for mention in named)]))
        today = [after for unit in units for after in self.gazetteer.today(unit.slug)]
        provinces = (*home.provinces, *(unit.province_slug for unit in today))
        return Document(
            id=stored.id,
            article=article,
            wards=tuple(dict.fromkeys(unit.slug for unit in today)),
            wards_then=tuple(unit.slug for unit in units),
            provinces=tuple(dict.fromkeys(provinces)),
            topics=tuple(match.slug for match in self.topics_of(article)),
            type=type_of(title),
            numbers=numbers_in(text),
            periods=periods_in(text, day),
            reports_on=reported_in(title, body, day),
        )


@dataclass(frozen=True, slots=True)
class _Home:
    """What a portal is of: its ward (none, or one), the slug of its province, and those of today
    that this province is in."""

    ward: Unit | None
    province: str
    provinces: tuple[str, ...]

    @property
    def wards(self) -> tuple[Unit, ...]:
        return (self.ward,) if self.ward else ()


NOWHERE = _Home(None, "", ())


def _home(gazetteer: Gazetteer, source: Source, before_reform: bool) -> _Home:
    """That of a portal's article, of before 2025-07-01 or since."""
    ward = _own_ward(gazetteer, source, before_reform)
    province = gazetteer.province_named(source.province)
    if province is None:
        return _Home(ward, "", ())
    return _Home(ward, province.slug, province.successors or (province.slug,))


def _own_ward(gazetteer: Gazetteer, source: Source, before_reform: bool) -> Unit | None:
    """The unit that a portal names as its own.

    A ward of today was, before 2025-07-01, the predecessor of the same name, where there is one.
    None where no unit, or several of the same time, bear the name.
    """
    found = gazetteer.find(source.ward, source.province) if source.ward else ()
    current = [unit for unit in found if unit.current]
    old = [unit for unit in found if not unit.current]
    if len(current) == 1 and before_reform:
        same = [unit for unit in old if unit.slug in current[0].predecessors]
        return same[0] if len(same) == 1 else current[0]
    units = current or old
    return units[0] if len(units) == 1 else None


def type_of(title: str) -> str:
    """The slug of the type that a title announces.

    >>> type_of("Thông báo lịch cắt điện"), type_of("Kế hoạch số 12/KH-UBND"), type_of("Kế hoạch")
    ('thong-bao', 'van-ban', 'tin-tuc')
    """
    start = normalize(title).lstrip(' "')
    return next((slug for slug, rule in _TYPE_OF_TITLE.items() if rule.match(start)), "tin-tuc")
