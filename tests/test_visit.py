"""A visit as residents make it: a figure of the budget, two wards compared, a search followed."""

from __future__ import annotations

import re
from typing import Any

import feedparser
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import DESK, PHONE, context, open_panel

pytestmark = pytest.mark.browser

NUMBER = re.compile(r"[\d.]+")


def counted(page: Page) -> int:
    """How many articles the heading of the results says."""
    found = NUMBER.match(page.locator("h2#count").inner_text())
    assert found is not None
    return int(found[0].replace(".", ""))


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_a_visit(browser: Browser, site: str, size: dict[str, int], scheme: Any) -> None:
    with context(browser, site, size, color_scheme=scheme) as opened:
        page = opened.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        find_a_figure_of_the_budget(page)
        compare_two_wards(page)
        follow_a_search(page)
        assert complaints == []


def find_a_figure_of_the_budget(page: Page) -> None:
    """Words without accents, a ward and a year lead to the article with the figure."""
    page.goto("/")
    page.get_by_label("Tìm tin phường, xã").fill("ngan sach thang 3")
    page.get_by_role("button", name="Tìm", exact=True).click()
    open_panel(page)
    page.get_by_label("Phường Bồ Đề, Hà Nội").check()
    page.get_by_label("Từ ngày").fill("2025")
    page.get_by_label("Đến ngày").fill("2025")
    page.get_by_role("button", name="Áp dụng").click()
    title = "Công khai thu chi ngân sách tháng 3 của Phường Bồ Đề"
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.locator("article")).to_contain_text("7.950.000.000 đồng")
    original = page.get_by_role("link", name="Xem bài gốc tại bo-de.example.vn")
    expect(original).to_have_attribute("href", "https://bo-de.example.vn/tin/ns-3.html")


def compare_two_wards(page: Page) -> None:
    """From the article to its ward, from there to another beside it; each number leads there."""
    page.get_by_role("link", name="Phường Bồ Đề, Hà Nội").first.click()
    expect(page.locator("h1")).to_have_text("Phường Bồ Đề")
    page.get_by_role("link", name="So sánh với phường, xã khác").click()
    page.get_by_label("Thêm phường, xã").fill("viet hung")
    page.locator("main form").get_by_role("button", name="Tìm").click()
    page.get_by_label("Phường Việt Hưng, Hà Nội").check()
    page.get_by_role("button", name="So sánh").click()
    row = page.get_by_role("row").filter(has_text="Kinh tế, ngân sách")
    cell = row.get_by_role("link").last
    shown = int(NUMBER.findall(cell.inner_text())[0].replace(".", ""))
    cell.click()
    assert counted(page) == shown > 0


def follow_a_search(page: Page) -> None:
    """What a feed reader gets is the search of the page, newest first."""
    address = page.get_by_role("link", name="Theo dõi qua Atom").get_attribute("href")
    assert address is not None
    feed = feedparser.parse(page.request.get(address).body())
    assert not feed.bozo
    assert len(feed.entries) == counted(page)
    days = [entry.published for entry in feed.entries]
    assert days == sorted(days, reverse=True)
