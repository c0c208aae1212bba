"""Which articles are about the same: by the words that tell an article."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from crawler.store import open_store
from indexer.build import build
from indexer.document import Annotator, Document
from indexer.search import Searcher, open_searcher
from indexer.similar import SECONDS, TELLING, similar, telling_words
from indexer.wards import load_gazetteer
from tests.small_site import configuration, make_article, sources

TEXTS = (
    "Hội chợ cây cảnh trưng bày hoa lan rừng và bonsai bên hồ sen.",
    "Nghệ nhân mang hoa lan rừng, bonsai cổ thụ đến hội chợ cây cảnh.",
    "Trạm y tế tiêm phòng dại cho chó mèo ở nhà văn hóa.",
    "Tiêm phòng dại cho chó mèo: trạm y tế mở thêm điểm ở nhà văn hóa.",
    "Thông báo cắt điện ở tổ dân phố.",
)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """Five invented articles, numbered from 1; two pairs are about the same."""
    config = configuration(tmp_path_factory.mktemp("similar"))
    with open_store(config["STORE"]) as store:
        with store.transaction():
            for number, text in enumerate(TEXTS, 1):
                title = " ".join(text.split()[:5])
                store.put(
                    make_article("bo-de", str(number), title, text, day=date(2026, 3, number))
                )
        build(store, config["INDEX"], Annotator(load_gazetteer(), sources()).annotate, sources())
    return open_searcher(config["INDEX"], config["STORE"])


def document(searcher: Searcher, number: int) -> Document:
    found = searcher.document(number)
    assert found is not None
    return found


@pytest.mark.parametrize(("number", "near"), [(1, [2]), (2, [1]), (3, [4]), (4, [3]), (5, [])])
def test_those_that_share_what_tells_them(searcher: Searcher, number: int, near: list[int]) -> None:
    found = similar(searcher, document(searcher, number), {number}, 5)
    assert [hit.id for hit in found] == near


def test_none_of_those_left_out(searcher: Searcher) -> None:
    assert similar(searcher, document(searcher, 1), {1, 2}, 5) == []


def test_no_more_than_asked_for(searcher: Searcher) -> None:
    assert len(similar(searcher, document(searcher, 1), set(), 1)) == 1


def test_what_takes_too_long_is_given_up(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = itertools.count(step=SECONDS + 1)
    monkeypatch.setattr("indexer.similar.monotonic", lambda: next(ticks))
    monkeypatch.setattr("indexer.engine.generation.monotonic", lambda: next(ticks))
    assert similar(searcher, document(searcher, 3), {3}, 5) == []
    monkeypatch.undo()
    assert similar(searcher, document(searcher, 3), {3}, 5)


def test_the_words_that_tell_an_article(searcher: Searcher) -> None:
    """Rare ones before common ones, those of the title before others; none that only it has."""
    holders = {"hội_chợ": 3, "cây_cảnh": 3, "và": 900, "hồ_sen": 1}
    told = telling_words(document(searcher, 1), lambda word: holders.get(word, 40))
    assert {*told[:2]} == {"hội_chợ", "cây_cảnh"}
    assert "hồ_sen" not in told
    assert told[-1] == "và"
    assert len(told) <= TELLING


def test_numbers_tell_nothing(searcher: Searcher) -> None:
    article = make_article("bo-de", "9", "Lịch 12/5/2026", "Ngày 12/5/2026, số 113.", day=None)
    of_numbers = document(searcher, 1)
    told = telling_words(
        Document(9, article, (), (), (), (), of_numbers.type, (), ()), lambda word: 2
    )
    assert all(word[0].isalpha() for word in told)
    assert "lịch" in told
