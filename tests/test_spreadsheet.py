"""/search.csv opens in a spreadsheet as what it is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from crawler.article import VIETNAM
from tests.small_site import HOSTILE_TITLE, opened
from webui import spreadsheet
from webui.spreadsheet import guarded, written


@pytest.fixture(scope="module")
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


def rows(client: FlaskClient, asked: str) -> list[list[str]]:
    return list(csv.reader(StringIO(client.get(f"/search.csv?{asked}").text, newline="")))


def test_row_31_csv_is_what_excel_reads_as_utf_8(client: FlaskClient) -> None:
    response = client.get("/search.csv?q=rác")
    assert response.data.startswith(b"\xef\xbb\xbf")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    today = datetime.now(VIETNAM).date()
    name = f'attachment; filename="tin-phuong-{today}.csv"'
    assert response.headers["Content-Disposition"] == name
    assert response.text.count("\r\n") == response.text.count("\n")
    assert response.text.endswith("\r\n")


@pytest.mark.parametrize(
    "asked", ["", "q=ngân sách", "q=rac thai&source=bo-de&sort=oldest", "q=xyzzy", "sort=newest"]
)
def test_row_31_all_articles_of_the_search_are_rows(client: FlaskClient, asked: str) -> None:
    pages = [client.get(f"/search.json?{asked}").json]
    while pages[-1] and pages[-1]["links"]["next"]:
        pages.append(client.get(pages[-1]["links"]["next"]).json)
    found = [str(each["id"]) for page in pages if page for each in page["results"]]
    first, *others = rows(client, asked)
    assert first[0] == "\ufeffSố"
    assert [row[0] for row in others] == found
    assert {len(row) for row in (first, *others)} == {8}
    total = client.head(f"/search.csv?{asked}").headers["X-Total-Count"]
    assert total == str(len(found))


def test_row_31_no_more_rows_than_the_limit(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "ROWS", 30)
    response = client.get("/search.csv")
    assert int(response.headers["X-Total-Count"]) > 30
    assert len(response.text.splitlines()) == 31


def test_row_31_the_page_says_how_many_rows_at_most(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/search?q=rác&sort=oldest&page=2").text)
    (link,) = page.xpath("//a[starts-with(@href, '/search.csv')]")
    assert link.text == "Tải CSV (tối đa 10.000 dòng)"
    assert link.get("href") == "/search.csv?q=r%C3%A1c&sort=oldest"


def test_a_row_says_what_the_page_says(client: FlaskClient) -> None:
    (row,) = rows(client, 'q="ngân sách tháng 5" phuong Bồ Đề&source=bo-de')[1:2]
    assert row[1:3] == ["2025-05-12", "Công khai thu chi ngân sách tháng 5 của Phường Bồ Đề"]
    assert "Phường Bồ Đề, Hà Nội" in row[3].split("; ")
    assert row[5:] == [
        "Cổng thông tin Phường Bồ Đề",
        "https://bo-de.example.vn/tin/ns-5.html",
        f"http://localhost/articles/{row[0]}",
    ]


def test_hostile_and_private_texts(client: FlaskClient) -> None:
    (hostile,) = rows(client, "q=onerror")[1:]
    assert hostile[2] == HOSTILE_TITLE  # data, no markup: only the address must not be followed
    assert hostile[6] == ""


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+84", "'+84"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),  # a tab may divide cells
        ("\r=1", "'\r'=1"),
        ("＝1+1", "'＝1+1"),  # full width, as Excel reads it in East Asia
        ("Thu;=1+1;", "Thu;'=1+1;"),  # ";" divides cells where the decimal sign is a comma
        ("Thu - chi = 5", "Thu - chi = 5"),
        ("", ""),
    ],
)
def test_row_31_no_cell_is_a_formula(cell: str, shown: str) -> None:
    assert guarded(cell) == shown


@settings(max_examples=30)
@given(st.lists(st.lists(st.text(), min_size=2, max_size=3), max_size=5))
def test_row_31_any_text_comes_back(table: list[list[str]]) -> None:
    read = list(csv.reader(StringIO(written(table), newline="")))
    assert read == [[guarded(cell) for cell in row] for row in table]
    for row in read:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row)
