"""Searches saved in the browser: kept there, listed, exported, never sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import DESK, context

pytestmark = pytest.mark.browser

SEARCH = "/search?q=rác&ward=phuong-bo-de-ha-noi"


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    with context(browser, site, DESK, accept_downloads=True) as opened:
        yield opened.new_page()


def test_row_46_a_search_is_saved_listed_and_opened_again(page: Page) -> None:
    asked: list[str] = []
    page.goto(SEARCH)
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Lưu tìm kiếm này").click()
    expect(page.locator("#save-status")).to_have_text("Đã lưu trong trình duyệt này.")
    expect(page.get_by_role("button", name="Bỏ lưu tìm kiếm này")).to_be_visible()
    assert [url for url in asked if "/static/" not in url] == []  # nothing of it is sent
    page.reload()
    expect(page.get_by_role("button", name="Bỏ lưu tìm kiếm này")).to_be_visible()
    page.goto("/saved")
    rows = page.locator("#saved li")
    expect(rows).to_have_count(1)
    expect(rows.locator(".name")).to_have_text("rác · Phường Bồ Đề, Hà Nội")
    feed = rows.get_by_role("link", name="Theo dõi qua Atom").get_attribute("href")
    assert feed is not None
    assert page.request.get(feed).headers["content-type"].startswith("application/atom+xml")
    rows.locator(".name").click()
    expect(page.locator("a.tag")).to_have_count(1)


def test_row_46_no_more_than_fifty(page: Page) -> None:
    page.goto("/saved")
    expect(page.locator("#saved-none")).to_be_visible()
    page.evaluate(
        "localStorage.setItem('saved', JSON.stringify(Array.from({length: 50}, (_, n) =>"
        " ({name: `từ ${n}`, address: `/search?q=${n}`, moment: '2026-03-01T09:00Z'}))))"
    )
    page.goto(SEARCH)
    page.get_by_role("button", name="Lưu tìm kiếm này").click()
    expect(page.locator("#save-status")).to_contain_text("Đã đủ 50")
    page.goto("/saved")
    expect(page.locator("#saved li")).to_have_count(50)
    expect(page.locator("#saved .hint").first).to_have_text("01/03/2026")
    page.get_by_role("button", name="Bỏ: từ 7", exact=True).click()
    expect(page.locator("#saved li")).to_have_count(49)
    expect(page.locator("#saved-status")).to_have_text("Đã bỏ “từ 7”.")


def test_row_46_the_list_is_exported_and_cleared(page: Page, site: str) -> None:
    page.goto(SEARCH)
    page.get_by_role("button", name="Lưu tìm kiếm này").click()
    page.goto("/saved")
    with page.expect_download() as download:
        page.get_by_role("button", name="Xuất tệp JSON").click()
    (search,) = json.loads(Path(download.value.path()).read_text())
    assert search["name"] == "rác · Phường Bồ Đề, Hà Nội"
    assert search["address"].startswith(f"{site}/search?q=")
    page.get_by_role("button", name="Xóa tất cả").click()
    expect(page.locator("#saved li")).to_have_count(0)
    expect(page.locator("#saved-none")).to_be_visible()


STRANGE = ["{", "[]", "null", '[{"name": "x", "address": "javascript:alert(1)"}]', "[1, null, {}]"]


@pytest.mark.parametrize("kept", STRANGE)
def test_row_46_what_is_no_list_of_searches_counts_as_empty(page: Page, kept: str) -> None:
    page.goto("/saved")
    page.evaluate("kept => localStorage.setItem('saved', kept)", kept)
    page.reload()
    expect(page.locator("#saved-none")).to_be_visible()
    assert page.locator("#saved li").count() == 0


def test_row_46_without_scripts_there_is_no_button(browser: Browser, site: str) -> None:
    with context(browser, site, DESK, java_script_enabled=False) as opened:
        page = opened.new_page()
        page.goto(SEARCH)
        expect(page.locator("#save")).to_be_hidden()
        expect(page.locator("a[href='/saved']")).to_have_count(2)
        for link in page.locator("a[href='/saved']").all():
            expect(link).to_be_hidden()
        page.goto("/saved")
        expect(page.locator("#saved-all")).to_be_hidden()
        expect(page.get_by_text("Danh sách cần JavaScript.")).to_be_visible()
