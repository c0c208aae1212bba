"""Filters that stand in the words: which articles they let through, and what is said of them."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.filters import Filters
from indexer.normalize import keys
from indexer.query import Query, parse
from indexer.results import Widening
from indexer.search import Searcher, open_searcher
from indexer.wards import Gazetteer


@pytest.fixture(scope="module")
def searcher(small_site: dict[str, Any]) -> Searcher:
    return open_searcher(small_site["INDEX"], small_site["STORE"])


@pytest.fixture(scope="module")
def filters(gazetteer: Gazetteer) -> Filters:
    return Filters(gazetteer, {"bo-de": "Cổng thông tin Phường Bồ Đề"})


def ids(searcher: Searcher, query: Query) -> list[int]:
    """All that a query finds, in the order of the store."""
    return sorted(hit.id for hit in searcher.listing(query, 10_000).hits)


BO_DE = "phuong-bo-de-ha-noi"


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("phuong:Bồ Đề", Query(wards=(BO_DE,))),
        ("xã:bo de", Query(wards=(BO_DE,))),  # any kind, without accents
        (f"phuong:{BO_DE}", Query(wards=(BO_DE,))),
        ('phuong:"Bồ Đề, Hà Nội" rác', Query("rác", wards=(BO_DE,))),
        ("phuong:Bồ Đề rác", Query("rác", wards=(BO_DE,))),  # the name ends where it is one
        ("nguon:bo-de rác", Query("rác", sources=("bo-de",))),
        ('nguồn:"bồ đề"', Query(sources=("bo-de",))),
    ],
)
def test_a_filter_in_the_words_is_the_filter(searcher: Searcher, text: str, same: Query) -> None:
    assert ids(searcher, Query(text)) == ids(searcher, same) != []


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("truoc:2025-03", None, "2025-02-28"),
        ("trước:1/3/2025", None, "2025-02-28"),
        ("sau:2025-03", "2025-04-01", None),
        ("sau:12/3/2025", "2025-03-13", None),
        ("sau:2024 truoc:2026", "2025-01-01", "2025-12-31"),
    ],
)
def test_days_in_the_words(
    searcher: Searcher, text: str, since: str | None, until: str | None
) -> None:
    every = searcher.listing(Query("ngân sách"), 10_000).hits
    days = {hit.id: hit.published.date().isoformat() for hit in every if hit.published}
    wanted = [id for id, day in days.items() if (since or "") <= day <= (until or "9")]
    assert ids(searcher, Query(f"ngân sách {text}")) == sorted(wanted) != []


def test_filters_are_joined_and_left_out_like_words(searcher: Searcher) -> None:
    everything = set(ids(searcher, Query("")))
    here = set(ids(searcher, Query("phuong:Bồ Đề")))
    waste = set(ids(searcher, Query('"thu gom"')))
    assert set(ids(searcher, Query("-phuong:Bồ-Đề"))) == everything - here
    assert set(ids(searcher, Query('"thu gom" OR phuong:"Bồ Đề"'))) == here | waste
    assert set(ids(searcher, Query('"thu gom" -phuong:"Bồ Đề"'))) == waste - here
    assert not ids(searcher, Query("phuong:không-có-đâu"))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("phuong:Bến Nghé", ("Phường Sài Gòn, Hồ Chí Minh",)),  # its successor
        ("phuong:ben-nghe", ("Phường Sài Gòn, Hồ Chí Minh",)),
        ("phuong:xyz", ()),
        ("nguon:đề", ("Cổng thông tin Phường Bồ Đề",)),
        ("nguon:đ", ()),  # whole words
        ("truoc:3/2026", ("2026-03-01",)),
        ("sau:3/2026", ("2026-03-31",)),
    ],
)
def test_what_is_said_of_a_filter(filters: Filters, text: str, meant: tuple[str, ...]) -> None:
    part = filters.joined(parse(text)).groups[0][0]
    assert filters.said(part, literal=False).meant == meant


def test_literally_an_old_name_is_followed_to_nothing(filters: Filters) -> None:
    part = filters.joined(parse("phuong:Bến Nghé")).groups[0][0]
    assert filters.said(part, literal=True).meant == ("Phường Bến Nghé, Quận 1, Hồ Chí Minh",)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("họp phường Bến Nghé", ["Phường Sài Gòn, Hồ Chí Minh"]),
        ("phuong ben nghe", ["Phường Sài Gòn, Hồ Chí Minh"]),
        ("phường Bồ Đề", []),  # there is one today
        ("Bến Nghé", []),  # without its kind it may be anything
        ("phường 1", []),  # the name of too many
        ("xã hội hóa", []),
        ("phường", []),
    ],
)
def test_old_names_in_plain_words(filters: Filters, text: str, after: list[str]) -> None:
    found = [label for each in filters.followed(keys(text)) for label in each.labels]
    assert found == after


def test_an_old_name_finds_the_articles_of_today(searcher: Searcher) -> None:
    """Phường Ngọc Thụy lies in Phường Bồ Đề since 2025; no text names it."""
    query = Query("phường Ngọc Thụy")
    assert set(ids(searcher, query)) >= set(ids(searcher, Query(wards=(BO_DE,))))
    (said,) = searcher.search(query).widenings
    assert said == Widening("ward", "phường Ngọc Thụy", said.meant)
    assert "Phường Bồ Đề, Hà Nội" in said.meant
    assert not ids(searcher, Query("phường Ngọc Thụy", literal=True))
