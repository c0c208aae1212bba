"""Request arguments ↔ Query: tolerant reading, canonical writing, links that add or drop one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.days import read_day
from indexer.query import SORTS, Query
from webui import params
from webui.params import ERRORS, TEXT_LIMIT, VALUES_LIMIT, link, read, to_pairs

DAYS = [
    # day, month, year, in this order, however separated
    ("15/3/2026", date(2026, 3, 15), date(2026, 3, 15)),
    ("15-03-2026", date(2026, 3, 15), date(2026, 3, 15)),
    ("5.3.2026", date(2026, 3, 5), date(2026, 3, 5)),
    (" 15 / 3 / 2026 ", date(2026, 3, 15), date(2026, 3, 15)),
    ("15032026", date(2026, 3, 15), date(2026, 3, 15)),  # keyboards without a slash
    ("3/4/2026", date(2026, 4, 3), date(2026, 4, 3)),  # never month before day
    # a month or a year: its first day, or its last
    ("3/2026", date(2026, 3, 1), date(2026, 3, 31)),
    ("2/2024", date(2024, 2, 1), date(2024, 2, 29)),
    ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    # ISO 8601
    ("2026-03-15", date(2026, 3, 15), date(2026, 3, 15)),
    ("2026-03", date(2026, 3, 1), date(2026, 3, 31)),
    # no day
    ("31/2/2026", None, None),
    ("29/2/2026", None, None),
    ("3/15/2026", None, None),
    ("0/3/2026", None, None),
    ("15/3/26", None, None),
    ("15/3/0026", None, None),
    ("abc", None, None),
    ("", None, None),
    ("٣/2026", None, None),  # digits of other scripts
    ("2026-03-15T00:00", None, None),
]


@pytest.mark.parametrize(("text", "first", "last"), DAYS)
def test_days_as_readers_type_them(text: str, first: date | None, last: date | None) -> None:
    assert read_day(text) == first
    assert read_day(text, last=True) == last


READ = [
    ([], Query()),
    ([("q", "  ngân   sách ")], Query("ngân sách")),
    ([("q", "ngân sa\u0301ch")], Query("ngân sách")),  # NFD becomes NFC
    ([("q", "rác\x00thải\ud800")], Query("rác thải")),
    ([("q", "rác"), ("q", "")], Query()),  # the last one counts
    ([("ward", "a"), ("ward", "b"), ("ward", "a"), ("ward", "")], Query(wards=("a", "b"))),
    (
        [("province", "p"), ("topic", "t"), ("source", "s"), ("type", "x")],
        Query(provinces=("p",), topics=("t",), sources=("s",), types=("x",)),
    ),
    (
        [("from", "3/2026"), ("to", "3/2026")],
        Query(since=date(2026, 3, 1), until=date(2026, 3, 31)),
    ),
    ([("q", "rác"), ("sort", "oldest")], Query("rác", sort="oldest")),
    ([("sort", "best")], Query()),
    ([("sort", "relevance")], Query()),  # nothing to be relevant to
    ([("page", "3")], Query(page=3)),
    ([("page", "0003")], Query(page=3)),
    ([("exact", "1")], Query(literal=True)),
    ([("exact", "yes"), ("unknown", "1")], Query()),
]


@pytest.mark.parametrize(("pairs", "query"), READ)
def test_reading(pairs: list[tuple[str, str]], query: Query) -> None:
    asked = read(pairs)
    assert asked.query == query
    assert asked.errors == {}


@pytest.mark.parametrize("page", ["abc", "0", "-1", "1.5", "٣", "1e400", "NaN", "9" * 30])
def test_a_page_that_is_none_is_the_first(page: str) -> None:
    asked = read([("q", "rác"), ("page", page)])
    assert asked.query == Query("rác")
    assert asked.errors == {"page": ERRORS["page"]}


def test_wrong_dates_are_reported_by_field_and_other_filters_stay() -> None:
    asked = read([("ward", "a"), ("from", "31/2/2026"), ("to", "2026")])
    assert asked.query == Query(wards=("a",), until=date(2026, 12, 31))
    assert asked.errors == {"from": ERRORS["date"]}
    assert asked.typed == {"from": "31/2/2026", "to": "31/12/2026"}


def test_dates_the_wrong_way_round_are_an_error_and_no_swap() -> None:
    asked = read([("topic", "t"), ("from", "2026"), ("to", "2025")])
    assert asked.query == Query(topics=("t",))
    assert asked.errors == {"to": ERRORS["order"]}
    assert asked.typed == {"from": "2026", "to": "2025"}


def test_a_text_too_long_is_cut_and_said_so() -> None:
    asked = read([("q", "x" * 100_000)])
    assert asked.query == Query("x" * TEXT_LIMIT)
    assert asked.errors == {"q": ERRORS["length"]}


def test_values_of_a_facet_are_bounded() -> None:
    asked = read([("ward", str(number)) for number in range(1000)])
    assert len(asked.query.wards) == VALUES_LIMIT


@given(st.lists(st.tuples(st.sampled_from(["q", "ward", "from", "to", "sort", "page"]), st.text())))
def test_reading_never_fails(pairs: list[tuple[str, str]]) -> None:
    assert len(read(pairs).query.text) <= TEXT_LIMIT


SLUGS = st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True), unique=True, max_size=3)
DATES = st.none() | st.dates(date(1900, 1, 1), date(2100, 12, 31))
QUERIES = st.builds(
    Query,
    text=st.text(st.characters(exclude_categories=["C", "Z"]), max_size=30).map(
        lambda text: params._clean(text)
    ),
    wards=SLUGS.map(tuple),
    provinces=SLUGS.map(tuple),
    topics=SLUGS.map(tuple),
    sources=SLUGS.map(tuple),
    types=SLUGS.map(tuple),
    since=DATES,
    until=DATES,
    sort=st.sampled_from([None, *SORTS]),
    page=st.integers(1, 999_999_999),
    literal=st.booleans(),
).filter(
    lambda query: (
        not (query.since and query.until and query.since > query.until)
        and not (query.sort == "relevance" and not query.text)
    )
)


@given(QUERIES)
def test_an_address_reads_back_as_the_query_it_was_made_from(query: Query) -> None:
    address = urlsplit(link(query))
    asked = read(parse_qsl(address.query, keep_blank_values=True))
    assert asked.query == query
    assert asked.errors == {}


@given(QUERIES)
def test_dropping_a_filter_drops_its_pair_and_the_page_only(query: Query) -> None:
    for applied in params.filters(query):
        kept = [pair for pair in to_pairs(query) if pair[0] != "page"]
        kept.remove((applied.name, applied.value))
        assert to_pairs(applied.without) == kept


@given(QUERIES, st.sampled_from(list(params.FACETS)), st.sampled_from(["x", "bo-de"]))
def test_toggling_twice_is_the_first_page_of_the_same_search(
    query: Query, name: str, value: str
) -> None:
    twice = params.toggled(params.toggled(query, name, value), name, value)
    field = params.FACETS[name]
    assert set(getattr(twice, field)) == set(getattr(query, field))
    assert replace(twice, **{field: ()}) == replace(query, page=1, **{field: ()})


def test_clearing_keeps_words_and_order() -> None:
    query = Query("rác", wards=("a",), since=date(2026, 1, 1), sort="oldest", page=3)
    assert params.cleared(query) == Query("rác", sort="oldest")


def test_presets_end_today() -> None:
    presets = dict(params.presets(Query("rác", page=4), date(2026, 3, 1)))
    assert presets["Hôm nay"] == Query("rác", since=date(2026, 3, 1), until=date(2026, 3, 1))
    assert presets["7 ngày qua"].since == date(2026, 2, 23)
    assert presets["Năm trước"].until == date(2025, 12, 31)
    assert presets["Mọi thời gian"] == Query("rác")
