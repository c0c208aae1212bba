"""An article understood: whose ward, what kind of text, what it speaks of."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import PrintedDate
from crawler.store import Stored
from indexer.document import TYPES, Annotator, Document, Source, type_of
from indexer.document_numbers import DocumentNumber
from indexer.schema import entry_of
from indexer.segment import words_of_each
from indexer.wards import Gazetteer
from tests.test_store import ARTICLE

SOURCES: Mapping[str, Source] = {
    source.id: source
    for source in (
        Source("viet-hung", "Việt Hưng", "Phường Việt Hưng", "Hà Nội", "snippet"),
        Source("phuc-dong", "Phúc Đồng", "Phường Phúc Đồng", "Hà Nội", "snippet"),
        Source("phuong-1", "Phường 1", "Phường 1", "TP. Hồ Chí Minh", "snippet"),
        Source("so-noi-vu", "Sở Nội vụ", "", "Hà Nội", "snippet"),
        Source("ninh-thuan", "Ninh Thuận", "", "Ninh Thuận", "snippet"),
    )
}
BEFORE, AFTER = date(2022, 5, 1), date(2026, 5, 1)
OLD_VIET_HUNG, VIET_HUNG = "phuong-viet-hung-long-bien-ha-noi", "phuong-viet-hung-ha-noi"
PHUC_DONG = "phuong-phuc-dong-long-bien-ha-noi"
SUCCESSORS = (
    "phuong-bo-de-ha-noi",
    "phuong-long-bien-ha-noi",
    "phuong-phuc-loi-ha-noi",
    VIET_HUNG,
)

WARDS = [
    # portal, day, body, wards then, wards of today
    ("viet-hung", AFTER, "Họp.", (VIET_HUNG,), (VIET_HUNG,)),
    # before the reform the portal's ward was its predecessor of the same name, since split
    ("viet-hung", BEFORE, "Họp.", (OLD_VIET_HUNG,), (VIET_HUNG, "phuong-phuc-loi-ha-noi")),
    # a ward that has gone is in all its successors
    ("phuc-dong", BEFORE, "Họp.", (PHUC_DONG,), SUCCESSORS),
    ("phuc-dong", None, "Họp.", (PHUC_DONG,), SUCCESSORS),
    # the portal's own first, then those the text names, each once
    (
        "viet-hung",
        BEFORE,
        "Việt Hưng và phường Phúc Đồng giao lưu; phường Phúc Đồng thắng.",
        (OLD_VIET_HUNG, PHUC_DONG),
        (VIET_HUNG, "phuong-phuc-loi-ha-noi", *SUCCESSORS[:2]),
    ),
    # a portal without a ward: only what the text names
    ("so-noi-vu", BEFORE, "Kiểm tra tại phường Phúc Đồng.", (PHUC_DONG,), SUCCESSORS),
    ("so-noi-vu", BEFORE, "Kiểm tra.", (), ()),
    # a name that tells no single unit adds none
    ("phuong-1", BEFORE, "Họp.", (), ()),
    # a portal that nothing is known of
    ("la", BEFORE, "Phường Phúc Đồng, quận Long Biên.", (PHUC_DONG,), SUCCESSORS),
]

PROVINCES = [
    ("viet-hung", "Họp.", ("ha-noi",)),
    ("so-noi-vu", "Họp.", ("ha-noi",)),
    # a merged province is its successor
    ("ninh-thuan", "Họp.", ("khanh-hoa",)),
    ("so-noi-vu", "Xã Tân Lập, huyện Đầm Hà, Quảng Ninh", ("ha-noi", "quang-ninh")),
    ("la", "Họp.", ()),
]

TITLES = [
    ("Hội nghị sơ kết", "tin-tuc"),
    ("Thông báo về việc cắt nước", "thong-bao"),
    ("THÔNG BÁO", "thong-bao"),
    ("Lịch tiếp công dân tháng 5", "thong-bao"),
    ("“Công khai” dự toán", "thong-bao"),
    ("Quyết định số 12/QĐ-UBND", "van-ban"),
    ("Kế hoạch thực hiện nhiệm vụ", "van-ban"),
    # a word that only begins like one
    ("Lịch sử hình thành phường", "tin-tuc"),
    ("Báo cáo viên giỏi", "tin-tuc"),
    ("Hướng dẫn viên du lịch", "tin-tuc"),
    ("", "tin-tuc"),
]


def annotated(
    gazetteer: Gazetteer, portal: str, body: str, day: date | None, title: str = "Tin"
) -> Document:
    printed = PrintedDate(day, None, "layout", 1.0) if day else None
    article = replace(ARTICLE, portal=portal, title=title, lead="", body=(body,), published=printed)
    stored = Stored(7, article, ARTICLE.fetched_at, ARTICLE.fetched_at, 1)
    return Annotator(gazetteer, SOURCES).annotate(stored)


@pytest.mark.parametrize(("portal", "day", "body", "then", "today"), WARDS)
def test_wards(
    gazetteer: Gazetteer,
    portal: str,
    day: date | None,
    body: str,
    then: tuple[str, ...],
    today: tuple[str, ...],
) -> None:
    document = annotated(gazetteer, portal, body, day)
    assert document.wards_then == then
    assert document.wards == today


@pytest.mark.parametrize(("portal", "body", "provinces"), PROVINCES)
def test_provinces(
    gazetteer: Gazetteer, portal: str, body: str, provinces: tuple[str, ...]
) -> None:
    assert annotated(gazetteer, portal, body, BEFORE).provinces == provinces


@pytest.mark.parametrize(("title", "slug"), TITLES)
def test_type_of(title: str, slug: str) -> None:
    assert type_of(title) == slug
    assert slug in TYPES


def test_everything_else_is_read_from_title_and_text(gazetteer: Gazetteer) -> None:
    document = annotated(
        gazetteer,
        "viet-hung",
        "Sáng ngày 11/5, họp bàn thu ngân sách và dự toán theo Kế hoạch 12 /KH-UBND.",
        date(2022, 5, 12),
        title="Ngân sách 9 tháng đầu năm 2022",
    )
    assert (document.id, document.type, document.topics) == (7, "tin-tuc", ("kinh-te",))
    assert document.numbers == (DocumentNumber("12", "KH", "UBND", "Kế hoạch", None),)
    assert [(period.kind, str(period.since)) for period in document.periods] == [
        ("event", "2022-05-11"),
        ("report", "2022-01-01"),
    ]
    assert document.reports_on == document.periods[1]


def test_an_annotator_is_sent_to_another_process(gazetteer: Gazetteer) -> None:
    """As building an index of many articles does."""
    annotator = Annotator(gazetteer, SOURCES)
    stored = Stored(
        1, replace(ARTICLE, portal="viet-hung"), ARTICLE.fetched_at, ARTICLE.fetched_at, 1
    )
    here = annotator.annotate(stored)
    assert pickle.loads(pickle.dumps(annotator.annotate))(stored) == here


def test_an_article_about_a_day_reports_on_no_span(gazetteer: Gazetteer) -> None:
    document = annotated(gazetteer, "", "Lễ hội năm 2021 có 6 đội.", BEFORE, title="Lễ hội")
    assert document.periods
    assert document.reports_on is None


PIECES = [
    "phường ",
    "Phúc Đồng",
    ", ",
    "quận ",
    "Sáng ngày 31/02",
    "/2022",
    "12",
    "/QĐ-UBND",
    "năm ",
]


@given(st.text(), st.lists(st.sampled_from(PIECES)))
def test_any_text_is_understood(gazetteer: Gazetteer, text: str, pieces: list[str]) -> None:
    body = text + "".join(pieces)
    document = annotated(gazetteer, "la", body, None, title=body)
    assert document.article.body == (body,)


@pytest.mark.parametrize("text", ["\ud800 \x00", "🙂" * 1_000, "A" * 500_000, "Á. " * 100_000])
def test_strange_texts_are_understood(gazetteer: Gazetteer, text: str) -> None:
    assert annotated(gazetteer, "la", text, None).wards == ()


def test_the_same_text_twice_is_read_the_same(gazetteer: Gazetteer) -> None:
    """What is remembered of the last text is not changed by indexing it."""
    article = replace(
        ARTICLE, title="“Thu gom” rác", body=("Tổ dân phố 5, phường Bồ Đề (mới) họp.",)
    )
    made = []
    for number in (1, 2):
        stored = Stored(number, article, ARTICLE.fetched_at, ARTICLE.fetched_at, number)
        document = Annotator(gazetteer, {}).annotate(stored)
        found = words_of_each([f"{article.title}\n{article.text}"])
        made.append(entry_of(replace(document, id=0), next(found), []).stored)
    assert made[0] == made[1]
