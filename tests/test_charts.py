"""Charts: bars as high as their counts, and the histogram that narrows a search (row 26)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement

from indexer.query import Query
from indexer.results import Bar, Timeline
from tests.parsed import get, number, text, total
from tests.small_site import opened
from webui.charts import HEIGHT, LEAST, STEP, columns, periods


@pytest.fixture(scope="module")
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


@given(st.lists(st.integers(0, 10**6), max_size=30), st.integers(0, 10**6))
def test_a_column_is_as_high_as_its_share(counts: list[int], more: int) -> None:
    top = max(counts, default=0) + more
    for place, (count, column) in enumerate(zip(counts, columns(counts, top), strict=True)):
        assert STEP * place <= column.x
        assert column.x + column.width <= STEP * (place + 1)
        assert column.y + column.height == pytest.approx(HEIGHT)
        share = HEIGHT * count / top if top else 0
        assert column.height == pytest.approx(max(share, LEAST) if count else 0, abs=0.05)


def test_a_bar_leads_to_its_days_from_the_first_page() -> None:
    bar = Bar(date(2025, 1, 1), date(2025, 12, 31), 3, chosen=True)
    (period,) = periods(Query("rác", page=4), Timeline("year", (bar,)))
    assert period.query == Query("rác", since=bar.since, until=bar.until)
    nothing = Timeline("year", (Bar(bar.since, bar.until, 0, chosen=True),))
    assert periods(Query("rác"), nothing) == []


ASKED = [
    "/search",  # everything, some of it undated
    "/search?q=ngân sách",
    "/search?q=rác thải&from=2025",
    "/search?ward=phuong-bo-de-ha-noi&to=6/2025",
    "/search?q=ngan sach&from=2025&to=2025",
    "/search?from=5/2025&to=5/2025",
    "/search?from=12/5/2025&to=12/5/2025",
]


def rows(page: HtmlElement) -> list[tuple[str, int, str]]:
    """Days, number and address of each row of the histogram's table."""
    found = page.xpath("//figure[@class='timeline']//tbody/tr")
    return [
        (text(row.find("th")), number(text(row.find("td"))), (row.xpath(".//a/@href") or [""])[0])
        for row in found
    ]


def by_count(row: tuple[str, int, str]) -> int:
    return row[1]


def bars(page: HtmlElement) -> list[tuple[str, str]]:
    """Words and address of each bar that can be clicked."""
    found = page.xpath("//figure[@class='timeline']/svg/a")
    return [(text(bar.find("title")), bar.get("href")) for bar in found]


@pytest.mark.parametrize("address", ASKED)
def test_row_26_bars_and_undated_add_up_to_the_total(client: FlaskClient, address: str) -> None:
    page = get(client, address)
    figure = page.find_class("timeline")[0]
    counts = [n for days, n, _ in rows(page) if "ngoài khoảng" not in days]
    hints = figure.xpath("p[@class='hint']")
    undated = number(text(hints[0]).split("(")[1].rstrip(")")) if hints else 0
    assert sum(counts) + undated == total(page) > 0
    assert len(rows(page)) <= 24
    assert undated == (address == "/search")


@pytest.mark.parametrize("address", ASKED)
def test_row_26_every_bar_leads_to_so_many(client: FlaskClient, address: str) -> None:
    """Whatever days are asked for; those of the table are the same as those of the picture."""
    page = get(client, address)
    assert bars(page) == [
        (f"{days.removesuffix(' (ngoài khoảng)')}: {count} bài", there)
        for days, count, there in rows(page)
        if count
    ]
    for _, count, there in rows(page):
        assert bool(there) == bool(count)
        if there:
            asked = dict(parse_qsl(urlsplit(there).query))
            assert asked["from"] <= asked["to"]
            assert total(get(client, there)) == count


def test_row_26_each_bar_opens_the_next_finer_unit(client: FlaskClient) -> None:
    """From years to days, by the highest bar of each page; the range asked for is shaded."""
    address, units = "/search?from=2020&to=2029", []
    for _ in range(5):
        page = get(client, address)
        units.append(text(page.find(".//figcaption")).split()[3].rstrip("."))
        shaded = page.xpath("//rect[@class='range']/@width")
        outside = [days for days, _, _ in rows(page) if "ngoài khoảng" in days]
        assert shaded == ([f"{STEP * (len(rows(page)) - len(outside))}"] if outside else [])
        address = max((row for row in rows(page) if row[0] not in outside), key=by_count)[2]
    assert units == ["năm", "tháng", "tuần", "ngày", "ngày"]


def test_row_26_the_picture_is_for_eyes_and_mice_the_table_for_all(client: FlaskClient) -> None:
    page = get(client, "/search?q=ngân sách")
    (svg,) = page.xpath("//figure[@class='timeline']/svg")
    assert svg.get("aria-hidden") == "true"
    assert {bar.get("tabindex") for bar in svg.iter("a")} == {"-1"}
    assert [text(each) for each in page.xpath("//figure//summary")] == ["Xem dạng bảng"]
    assert page.xpath("//figure//th/@scope")[:2] == ["col", "col"]


def test_nothing_found_has_no_chart(client: FlaskClient) -> None:
    assert not get(client, "/search?q=xyzzy").find_class("timeline")
