"""What a query is taken to mean: accents, abbreviations, fields, phrases, over a few texts."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.store import Stored, open_store
from indexer.build import build
from indexer.document import Document
from indexer.document_numbers import document_numbers
from indexer.query import Query
from indexer.results import Widening
from indexer.search import Searcher, open_searcher
from tests.small_site import make_article

TEXTS = {
    "đường": ("Sửa đường", "Con đường mới của khu phố."),
    "dương": ("Ánh dương", "Vùng dương liễu của khu phố."),
    "đương": ("Ông đương", "Việc đương thời của khu phố."),
    "duong": ("Chữ duong", "Tên duong trong khu phố."),
    "khanh": ("Đoàn Khánh Hòa", "Tỉnh Khánh Hoà về thăm."),
    "ubnd": ("UBND họp", "Buổi họp của UBND về thu chi."),
    "ủy ban": ("Họp thường kỳ", "Ủy ban nhân dân họp về chi thu."),
    "kế hoạch": ("Văn bản", "Theo Kế hoạch số 154- KH/TU ngày 1/2/2026."),
    "số": ("Con số 154", "Có KH và TU nhưng rời nhau."),
    "công văn": ("Trả lời", "Công văn 123/HĐND-VP ngày 2/1/2026 và Luật 72/2025/QH15."),
    "giáo dục": ("Khai giảng", "Ngành giáo dục và đào tạo mở trường."),
    "lạ": ("Tổ 5 K1", "Diện tích 81m, đạt 144%, quý 07/2022, 1.234,5 tỷ đồng."),
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("widening")

    def annotate(stored: Stored) -> Document:
        article = stored.article
        numbers = document_numbers(article.text)
        return Document(stored.id, article, (), (), (), (), "tin-tuc", numbers, ())

    with open_store(folder / "articles.db") as store:
        with store.transaction():
            for identity, (title, text) in TEXTS.items():
                store.put(make_article("a", identity, title, text, day=date(2026, 1, 1)))
        build(store, folder / "whoosh", annotate, {})
    return open_searcher(folder / "whoosh", folder / "articles.db")


def found(searcher: Searcher, text: str, literal: bool = False) -> list[str]:
    """The identities of what is found, best first."""
    hits = searcher.search(Query(text, literal=literal)).hits
    return [hit.url.removeprefix("https://a.example.vn/tin/").removesuffix(".html") for hit in hits]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("duong", {"đường", "dương", "đương", "duong"}),  # without accents: every spelling
        ("DUONG", {"đường", "dương", "đương", "duong"}),
        ('"duong"', {"đường", "dương", "đương", "duong"}),  # quotes follow the same rule
        ("đường", {"đường"}),  # with them: itself alone
        ("đu\u031bo\u031b\u0300ng", {"đường"}),  # however it is composed
        ("đươ\u0300ng", {"đường"}),
        ("đuờng", {"đường", "dương", "đương", "duong"}),  # not attested as typed: widened
        ("đường pho", {"đường"}),  # "pho" is not attested
        ("khu phố -duong", {"đường", "dương", "đương"}),  # accented query: only itself
        ("KHÁNH HOÀ", {"khanh"}),
        ("khánh hòa", {"khanh"}),
        ("UBND", {"ubnd", "ủy ban"}),  # both ways, as a phrase
        ("ủy ban nhân dân", {"ubnd", "ủy ban"}),
        ("uy ban nhan dan", {"ubnd", "ủy ban"}),
        ("UBND họp", {"ubnd", "ủy ban"}),
        ("ủy ban nhân dân về chi zzz", {"ubnd", "ủy ban"}),  # most of it, said either way
        ('"UBND"', {"ubnd"}),  # in quotes, as it stands
        ('"thu chi"', {"ubnd"}),  # a phrase keeps its order
        ("tieude:họp", {"ubnd", "ủy ban"}),
        ("tieude:thường", {"ủy ban"}),
        ("tieude:thu", set()),
        ("so:154-KH/TU", {"kế hoạch"}),
        ("so:154-kh/tu", {"kế hoạch"}),
        ('so:"154 KH TU"', {"kế hoạch"}),  # however it is spaced or dashed
        ("so:154/kh-tu", {"kế hoạch"}),
        ("so:15-KH/TU", set()),
        ("154-KH/TU", {"kế hoạch"}),  # joined by signs: neighbours
        ("154 KH TU", {"kế hoạch", "số"}),
        ("154-kh/tu", {"kế hoạch"}),
        ("154 KH/TU", {"kế hoạch"}),
        ("154/KH TU", {"kế hoạch"}),
        ("154 - KH / TU", {"kế hoạch", "số"}),
        ("số 154 KH/TU", {"kế hoạch"}),
        ("công văn số 123/HĐND-VP", {"công văn"}),  # although "số" is not in the text
        ("số 123 hdnd vp", {"công văn"}),
        ("luật số 72/2025/qh15", {"công văn"}),
        ("sở GD&ĐT", set()),
        ("GD&ĐT", {"giáo dục"}),  # a short form with a sign
        ("ngành GD-ĐT mở trường", {"giáo dục"}),
        ('"họp thường kỳ ủy ban"', set()),  # no phrase across title and text
        ("Tổ 5", {"lạ"}),
        ("k1 81m 144% 07/2022", {"lạ"}),
        ('"1.234,5 tỉ"', {"lạ"}),
        ("dương HOẶC đương", {"dương", "đương"}),
        ("???", set()),
    ],
)
def test_what_is_found(searcher: Searcher, text: str, expected: set[str]) -> None:
    assert set(found(searcher, text)) == expected


def test_exact_comes_first(searcher: Searcher) -> None:
    assert found(searcher, "duong")[0] == "duong"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("duong", {"duong"}),
        ("UBND", {"ubnd"}),
        ("GD&ĐT", set()),
        ("số 123/HĐND-VP", set()),
        ("đuờng", set()),
        ("khánh hoà", {"khanh"}),
    ],
)
def test_literal_widens_nothing(searcher: Searcher, text: str, expected: set[str]) -> None:
    assert set(found(searcher, text, literal=True)) == expected
    assert searcher.search(Query(text, literal=True)).widenings == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("duong", ["accents"]),
        ("đường", []),
        ("2022", []),  # nothing else is spelled so
        ("UBND", ["abbreviation"]),
        ("", []),
    ],
)
def test_what_was_widened_is_said(searcher: Searcher, text: str, kinds: list[str]) -> None:
    assert [each.kind for each in searcher.search(Query(text)).widenings] == kinds


@pytest.mark.parametrize(
    ("text", "typed", "meant"),
    [
        ("UBND", "UBND", "ủy ban nhân dân"),
        ("uy ban nhan dan hop", "uy ban nhan dan", "UBND"),
        ("GD-ĐT", "GD-ĐT", "giáo dục và đào tạo"),
        ("sở tn&mt mới", "tn&mt", "tài nguyên và môi trường"),
    ],
)
def test_a_short_form_is_told_as_people_write_it(
    searcher: Searcher, text: str, typed: str, meant: str
) -> None:
    told = searcher.search(Query(text)).widenings
    assert Widening("abbreviation", typed, (meant,)) in told


def test_accents_and_how_they_are_typed_mark_alike(searcher: Searcher) -> None:
    (hit,) = searcher.search(Query("khánh hòa")).hits
    assert [hit.snippet[start:end] for start, end in hit.snippet_marks] == ["Khánh Hoà"]


@pytest.mark.parametrize(
    ("text", "partial"),
    [
        ("khu phố", False),
        ("khu zzz", False),  # of two, both: nothing is found
        ("khu phố zzz", True),
        ("con đường mới của khu phố", False),
    ],
)
def test_texts_that_lack_words_are_found_and_said(
    searcher: Searcher, text: str, partial: bool
) -> None:
    results = searcher.search(Query(text))
    assert results.partial == partial
    assert not partial or results.total == 4
    assert not searcher.search(Query(text, literal=True)).partial


def test_row_02_accents_fold_one_way(searcher: Searcher) -> None:
    """Without accents every spelling is found; with them, only what was typed, however composed."""
    assert set(found(searcher, "duong")) == {"đường", "dương", "đương", "duong"}
    assert found(searcher, "đường") == ["đường"]
    assert found(searcher, '"duong"', literal=True) == ["duong"]
    spellings = ("khánh hòa", "KHÁNH HOÀ", "kha\u0301nh ho\u0300a", "kha\u0301nh hoa\u0300")
    assert {tuple(found(searcher, each)) for each in spellings} == {("khanh",)}
