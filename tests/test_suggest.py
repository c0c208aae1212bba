"""How a beginning may go on, and when another query is offered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.normalize import fold
from indexer.query import Query
from indexer.search import Searcher, open_searcher
from indexer.suggest import MOST, Suggester


@pytest.fixture(scope="module")
def searcher(small_site: dict[str, Any]) -> Searcher:
    return open_searcher(small_site["INDEX"], small_site["STORE"])


@pytest.fixture(scope="module")
def suggester(searcher: Searcher) -> Suggester:
    return Suggester(searcher)


def offered(suggester: Suggester, typed: str, kind: str) -> list[str]:
    return [each.text for each in suggester.completions(typed) if each.kind == kind]


@pytest.mark.parametrize(
    ("typed", "kind", "expected"),
    [
        ("ngan s", "query", "ngân sách"),
        ("ngân s", "query", "ngân sách"),
        ("NGÂN S", "query", "ngân sách"),
        ("ngân sa", "query", "ngân sách"),  # its tone is not typed yet
        ("người dân ngân s", "query", "người dân ngân sách"),  # only the end is known
        ("bo d", "ward", "Phường Bồ Đề, Hà Nội"),
        ("phường bồ", "ward", "Phường Bồ Đề, Hà Nội"),
        ("p. bo de", "ward", "Phường Bồ Đề, Hà Nội"),
        ("ngoc thuy", "ward", "Phường Bồ Đề, Hà Nội (Phường Ngọc Thụy)"),  # an old name
        ("y te", "topic", "Y tế"),
        ("lich tiep cong d", "title", "Lịch tiếp công dân của phường Long Biên"),
    ],
)
def test_completions(suggester: Suggester, typed: str, kind: str, expected: str) -> None:
    assert expected in offered(suggester, typed, kind)


def test_who_names_the_kind_of_a_ward_sees_wards_first(suggester: Suggester) -> None:
    assert suggester.completions("phường b")[0].kind == "ward"
    assert suggester.completions("ngan s")[0].kind == "query"


@pytest.mark.parametrize(
    "typed",
    [
        "n",  # too short
        "",
        "ngạn s",  # other accents than any phrase has
        'phuong:"bồ',  # an operator is not completed
        "-ngân s",
        "xyzzy",
    ],
)
def test_what_has_no_completion(suggester: Suggester, typed: str) -> None:
    assert suggester.completions(typed) == []


def test_a_phrase_joins_no_halves(suggester: Suggester) -> None:
    """ "khai thu chi ngân sách" stands in every title that has "công khai thu chi ngân sách"."""
    assert "khai thu chi ngân sách" not in suggester.phrases.texts


@given(st.text() | st.text("aăâdđeênghiostrw bồ đề phường"))
def test_any_text_may_be_begun(suggester: Suggester, typed: str) -> None:
    found = suggester.completions(typed)
    assert len(found) <= MOST
    queries = [each.text for each in found if each.kind == "query"]
    ends = [fold(typed.split()[-1]) for _ in queries]
    assert len(set(queries)) == len(queries)
    assert all(end in fold(query) for end, query in zip(ends, queries, strict=True))


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        (Query("ngaan sachs"), "ngân sách"),
        (Query("ngaan sachs", wards=("phuong-bo-de-ha-noi",)), "ngân sách"),
        (Query("ngân sach"), None),  # what no text has as typed is widened: it finds enough
        (Query("công khai thu chi ngâ sách"), "công khai thu chi ngân sách"),  # partly found
        (Query("ngaan sachs", literal=True), None),
        (Query("ngân sách"), None),  # finds enough
        (Query("tiep cong dan ba dinh"), None),  # finds one, under its bare form
        (Query("ngaan sachs", topics=("khong-co",)), None),  # would find none either
        (Query("xyzzy"), None),
        (Query(), None),
    ],
)
def test_row_19_another_query_is_offered(
    searcher: Searcher, suggester: Suggester, query: Query, meant: str | None
) -> None:
    corrected = suggester.did_you_mean(query, searcher.search(query))
    assert (corrected and corrected.text) == meant
    if corrected:
        again = replace(query, text=corrected.text)
        assert searcher.having_all(again) > searcher.having_all(query)
