"""Wards side by side: every cell is the total of the search it leads to."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml.html import HtmlElement
from playwright.sync_api import Page

from tests.parsed import get, number, text, total
from tests.small_site import opened

WARDS = (
    "phuong-bo-de-ha-noi",
    "phuong-viet-hung-ha-noi",
    "phuong-hai-chau-da-nang",
    "phuong-ba-dinh-ha-noi",
    "phuong-bach-mai-ha-noi",
)


@pytest.fixture(scope="module")
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


def address(*wards: str) -> str:
    return "/compare?" + "&".join(f"ward={ward}" for ward in wards)


def table(page: HtmlElement, heading: str) -> list[tuple[str, list[tuple[str, int]]]]:
    """Rows of the table under that heading: name, and address and number of each cell."""
    return [
        (
            text(row.find("th")),
            [(a.get("href"), number(text(a).removesuffix(" bài"))) for a in row.findall("td/a")],
        )
        for row in page.xpath(f"//table[@aria-labelledby='{heading}']/tbody/tr")
    ]


@pytest.mark.parametrize("heading", ["by-topic", "by-month"])
def test_row_28_every_cell_is_the_total_of_its_search(client: FlaskClient, heading: str) -> None:
    rows = table(get(client, address(*WARDS[:3])), heading)
    assert len(rows) > 3
    for name, cells in rows:
        assert len(cells) == 3, name
        for link, count in cells:
            assert total(get(client, link)) == count, (name, link)


def test_row_28_charts_of_one_scale(client: FlaskClient) -> None:
    """The heights of all bars stand in the ratio of their counts, whichever ward they are of."""
    page = get(client, address(*WARDS[:3]))
    months = table(page, "by-month")
    top = max(count for _, cells in months for _, count in cells)
    charts = page.xpath("//div[@class='multiples']/figure")
    assert len(charts) == 3
    for place, chart in enumerate(charts):
        counts = [cells[place][1] for _, cells in months if cells[place][1]]
        heights = [float(bar.get("height")) for bar in chart.find_class("bar")]
        assert heights == [pytest.approx(max(100 * count / top, 3), abs=0.1) for count in counts]
    assert f"cột cao nhất là {top} bài" in text(page)


def test_row_28_of_more_than_four_the_first_are_used(client: FlaskClient) -> None:
    page = get(client, address(*WARDS))
    assert "So sánh tối đa 4 nơi" in text(page)
    assert {len(cells) for _, cells in table(page, "by-topic")} == {4}
    links = [link for _, cells in table(page, "by-topic") for link, _ in cells]
    assert not any(WARDS[4] in link for link in links)


def test_row_28_the_same_numbers_as_a_spreadsheet(client: FlaskClient) -> None:
    page = get(client, address(*WARDS[:2]))
    [link] = page.xpath("//a[@download]/@href")
    response = client.get(link)
    assert response.mimetype == "text/csv"
    assert response.data.startswith(b"\xef\xbb\xbf")  # or Excel does not take it for UTF-8
    head, *rows = csv.reader(io.StringIO(response.data.decode("utf-8-sig")))
    assert head == ["Chủ đề", "Phường Bồ Đề, Hà Nội", "Phường Việt Hưng, Hà Nội"]
    shown = [[name, *(str(count) for _, count in cells)] for name, cells in table(page, "by-topic")]
    assert rows == shown


def test_row_28_wards_are_chosen_by_a_plain_form(client: FlaskClient) -> None:
    """No script: a name is looked for, ticked, and sent with those that are there."""
    page = get(client, "/compare")
    assert page.xpath("//input[@name='ward']")
    assert not page.xpath("//table")
    page = get(client, f"{address(WARDS[0])}&q=viet+hung")
    form = page.xpath("//form[.//input[@name='ward']]")[0]
    assert (form.get("action"), form.get("method")) == ("/compare", "get")
    boxes = {box.get("value"): box for box in form.xpath(".//input[@name='ward']")}
    assert boxes[WARDS[0]].get("checked") is not None
    assert boxes[WARDS[1]].get("checked") is None
    assert table(get(client, address(WARDS[0], WARDS[1])), "by-topic")


def test_an_old_name_offers_the_ward_of_today(client: FlaskClient) -> None:
    page = get(client, "/compare?q=phường Ngọc Lâm")
    assert WARDS[0] in page.xpath("//input[@name='ward']/@value")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (address("khong-co", *WARDS[:2]), "Không có nơi nào là “khong-co”"),
        (address(WARDS[0], WARDS[0]), "Chọn từ 2 đến 4 nơi"),
        ("/compare?q=xyzzy", "Không có nơi nào tên “xyzzy”"),
        ("/compare?ward=%00&ward=&q=%ED%A0%80", "Chọn từ 2 đến 4 nơi"),
        (address(*(str(n) for n in range(300))), "Chọn từ 2 đến 4 nơi"),
        (address(WARDS[0], "phuong-sai-gon-ho-chi-minh"), "Không có bài nào trong những tháng này"),
    ],
)
def test_whatever_is_asked_is_answered(client: FlaskClient, asked: str, said: str) -> None:
    assert said in text(get(client, asked))
    assert client.get(asked.replace("/compare", "/compare.csv", 1)).status_code == 200


@pytest.mark.browser
def test_row_28_columns_stack_on_a_phone(phone: Page) -> None:
    phone.goto(address(*WARDS[:3]))
    row = phone.locator("table.stacked tbody tr").nth(1)
    boxes = [cell.bounding_box() for cell in row.locator("th, td").all()]
    tops = [box["y"] for box in boxes if box]
    assert all(before < after for before, after in pairwise(tops))
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    assert "Phường Bồ Đề" in row.locator("td").first.evaluate(
        "cell => getComputedStyle(cell, '::before').content"
    )
    charts = [chart.bounding_box() for chart in phone.locator(".multiples figure").all()]
    assert len({box["x"] for box in charts if box}) == 1
