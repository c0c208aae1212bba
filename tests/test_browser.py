"""The main job in a real browser, with JavaScript and without, on a phone and on a desk."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import DESK, PHONE, context, open_panel

pytestmark = pytest.mark.browser

PAGES = ["/", "/search?q=ngân sách", "/search?q=xyzzy", "/articles/1", "/status", "/none"]

HOSTILE = "/search?q=ngân sách&from=7/7/2025&to=7/7/2025"


def results(page: Page) -> list[str]:
    return page.locator("ol > li > article > h3 > a").all_inner_texts()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_row_01_the_main_job(
    browser: Browser, site: str, size: dict[str, int], scripts: bool
) -> None:
    with context(browser, site, size, java_script_enabled=scripts) as opened:
        page = opened.new_page()
        # 1 Type, see marked results
        page.goto("/")
        page.get_by_label("Tìm tin phường, xã").fill("ngân sách")
        page.get_by_role("button", name="Tìm", exact=True).click()
        expect(page.locator("h2#count")).to_contain_text("kết quả cho “ngân sách”")
        marked = page.locator("ol mark").all_inner_texts()
        assert {"ngân", "sách"} & {word.lower() for mark in marked for word in mark.split()}
        everything = page.locator("h2#count").inner_text()
        # 2 Tick two wards, a topic and a range of dates
        open_panel(page)
        wards = page.locator("input[name=ward]")
        wards.nth(0).check()
        wards.nth(1).check()
        page.locator("input[name=topic]").nth(0).check()
        page.get_by_label("Từ ngày").fill("1/2025")
        page.get_by_label("Đến ngày").fill("2025")
        page.get_by_role("button", name="Áp dụng").click()
        tags = page.locator("a.tag")
        expect(tags).to_have_count(5)
        assert results(page)
        assert page.locator("h2#count").inner_text() != everything
        # 3 Remove one
        topic = tags.filter(has_text="Bỏ lọc Chủ đề")
        topic.click()
        expect(tags).to_have_count(4)
        state = page.url, results(page)
        open_panel(page)
        assert page.locator("input[name=ward]:checked").count() == 2
        assert page.locator("input[name=topic]:checked").count() == 0
        # 4 Open an article, go back
        title = next(title for title in results(page) if title.startswith("Công khai"))
        page.locator("ol h3 a").filter(has_text=title).click()
        expect(page.locator("h1")).to_have_text(title)
        original = page.get_by_role("link", name="Xem bài gốc").get_attribute("href")
        assert urlsplit(original).hostname in {"bo-de.example.vn", "viet-hung.example.vn"}
        page.go_back()
        assert (page.url, results(page)) == state
        assert page.locator("input#q").input_value() == "ngân sách"
        assert page.locator("input[name=ward]:checked").count() == 2
        # 5 The same after a reload, and from the address alone
        page.reload()
        assert (page.url, results(page)) == state
        # 6 The next page of a wider search
        page.get_by_role("link", name="Xóa tất cả bộ lọc").click()
        first = results(page)
        page.get_by_role("link", name="Trang sau").click()
        expect(page.locator("nav.pages [aria-current=page]")).to_have_text("2")
        assert not set(first) & set(results(page))
        # 7 Take it along
        table = page.get_by_role("link", name="Tải CSV").get_attribute("href")
        assert table is not None
        assert page.request.get(table).headers["content-type"].startswith("text/csv")


def test_row_09_a_paste_of_the_address_is_the_same_page(browser: Browser, site: str) -> None:
    address = "/search?q=rác&source=bo-de&from=2024&sort=oldest"
    found = []
    for _ in range(2):
        with context(browser, site, DESK) as opened:
            page = opened.new_page()
            page.goto(address)
            found.append((results(page), page.locator("#from").input_value()))
    assert found[0] == found[1]


def test_row_15_on_a_phone_results_come_first_and_filters_at_a_tap(phone: Page) -> None:
    phone.goto("/search?q=ngân sách&source=bo-de&from=2025")
    summary = phone.locator("details.panel > summary")
    expect(summary).to_have_text("Bộ lọc và sắp xếp (2 đang chọn)")
    expect(phone.get_by_role("button", name="Áp dụng")).to_be_hidden()
    assert top(phone, "ol > li") <= 900
    summary.click()
    expect(phone.get_by_role("button", name="Áp dụng")).to_be_in_viewport()


def test_row_23_without_scripts_values_are_looked_for_and_ticked(
    browser: Browser, site: str
) -> None:
    """What was ticked before the text or the order changed stays ticked."""
    with context(browser, site, PHONE, java_script_enabled=False) as opened:
        page = opened.new_page()
        page.goto("/search?from=2024")
        open_panel(page)
        page.get_by_role("link", name=re.compile("Xem tất cả .* phường, xã")).click()
        page.get_by_label("Phường Bồ Đề, Hà Nội").check()
        page.get_by_label("Tìm trong phường, xã").fill("hai chau")
        page.get_by_role("group").get_by_role("button", name="Tên A–Z").click()
        expect(page.get_by_label("Phường Bồ Đề, Hà Nội")).to_be_checked()
        page.get_by_label("Phường Hải Châu, Đà Nẵng").check()
        page.get_by_role("button", name="Áp dụng").click()
        names = page.locator("a.tag").all_inner_texts()
        assert [" ".join(name.split()) for name in names] == [
            "Bỏ lọc Phường, xã: Phường Bồ Đề, Hà Nội",
            "Bỏ lọc Phường, xã: Phường Hải Châu, Đà Nẵng",
            "Bỏ lọc Thời gian: từ 01/01/2024",
        ]
        assert results(page)


def test_row_13_a_wrong_day_has_the_focus_first(desk: Page) -> None:
    desk.goto("/search?q=rác&from=31/2/2026")
    expect(desk.locator(".problem")).to_be_focused()
    desk.get_by_role("link", name="Từ ngày: ").click()
    expect(desk.get_by_label("Từ ngày")).to_be_focused()


def test_row_26_a_click_on_a_bar_narrows_the_search(phone: Page) -> None:
    phone.goto("/search?q=ngân sách")
    phone.locator("svg.chart a").nth(0).click()
    expect(phone.locator("a.tag")).to_have_count(2)
    assert urlsplit(phone.url).query == "q=ng%C3%A2n+s%C3%A1ch&from=2025-01-01&to=2025-01-31"
    expect(phone.locator("figcaption")).to_contain_text("Số bài theo tuần")
    assert phone.locator("svg.chart .range").count() == 1
    phone.get_by_text("Xem dạng bảng").click()
    phone.locator("figure tr:not(.outside) a").nth(0).click()
    expect(phone.locator("figcaption")).to_contain_text("Số bài theo ngày")


def test_on_a_desk_filters_stand_open(desk: Page) -> None:
    desk.goto("/search?q=ngân sách")
    expect(desk.locator("details.panel > summary")).to_be_hidden()
    expect(desk.locator("input[name=ward]").nth(0)).to_be_in_viewport()
    expect(desk.locator("h2#count")).to_be_in_viewport()


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).nth(0).bounding_box()
    assert box is not None
    return box["y"]


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_wider_than_a_small_phone(phone: Page, address: str) -> None:
    phone.set_viewport_size({"width": 320, "height": 640})
    phone.goto(address)
    spacing = "line-height:1.5;letter-spacing:.12em;word-spacing:.16em"  # WCAG 1.4.12
    phone.evaluate(f"document.querySelectorAll('*').forEach(e => e.style.cssText += ';{spacing}')")
    phone.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320


def test_fingers_hit_what_they_aim_at(phone: Page) -> None:
    phone.goto("/search?q=ngân sách&source=bo-de")
    open_panel(phone)
    for selector in ("label.choice", "button", "a.tag", ".pages a", "summary", "select", "#from"):
        for target in phone.locator(selector).all():
            box = target.bounding_box()
            assert box is None or (box["height"] >= 44 and box["width"] >= 44), selector
    for link in phone.locator("ol a, .presets a, footer a").all():
        box = link.bounding_box()
        assert box is None or box["height"] >= 24 or link.evaluate("e => !!e.closest('p')")


def test_the_first_tab_leads_to_the_results(desk: Page) -> None:
    desk.goto("/search?q=rác")
    desk.keyboard.press("Tab")
    skip = desk.get_by_role("link", name="Bỏ qua, đến kết quả")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    desk.keyboard.press("Enter")
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.closest('#results') !== null")


def test_whatever_has_the_focus_can_be_seen(phone: Page) -> None:
    phone.goto("/search?q=ngân sách&source=bo-de&from=2025")
    open_panel(phone)
    stops = 0
    for _ in range(60):
        phone.keyboard.press("Tab")
        seen = phone.evaluate(
            """() => {
              const e = document.activeElement;
              if (e === document.body || e.closest('header, footer')) return null;
              const target = e.closest('label') ?? e, box = target.getBoundingClientRect();
              const on = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
              const outline = parseFloat(getComputedStyle(e).outlineWidth);
              const seen = !!on && (target.contains(on) || on.contains(target));
              return [e.outerHTML.slice(0, 80), outline >= 2, seen];
            }"""
        )
        if seen:
            stops += 1
            assert seen[1:] == [True, True], seen[0]
    assert stops > 30


def test_row_22_the_box_inside_a_facet_finds_among_all_its_values(desk: Page) -> None:
    """Without accents and by old names; what is ticked stays, and Enter sends nothing."""
    desk.goto("/search")
    before = desk.url
    ticked = desk.locator("input[name=ward]").nth(0)
    ticked.check()
    in_view = desk.locator("fieldset[data-facet=ward] li:visible .name")
    first = in_view.all_inner_texts()
    box = desk.get_by_label("Tìm trong phường, xã")
    status = desk.get_by_role("status").filter(has_text="giá trị")
    for typed, found in (("vinh tuy", "Phường Vĩnh Tuy"), ("QUẬN HẢI CHÂU", "Phường Hải Châu")):
        box.fill(typed)
        expect(in_view.filter(has_text=found)).to_be_visible()
        expect(ticked).to_be_visible()
        expect(status).to_have_text(re.compile(r"\d+ giá trị, 1 đang chọn"))
    box.press("Enter")
    assert desk.url == before
    box.fill("")
    expect(in_view).to_have_count(len(first))
    assert in_view.all_inner_texts() == first


def test_empty_fields_stay_out_of_the_address(desk: Page) -> None:
    desk.goto("/")
    desk.get_by_label("Tìm tin phường, xã").fill("rác")
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Áp dụng").click()
    assert urlsplit(desk.url).query == "q=r%C3%A1c&sort=relevance"


@pytest.mark.parametrize("address", [*PAGES, HOSTILE])
def test_nothing_foreign_is_asked_and_nothing_complains(
    desk: Page, site: str, address: str
) -> None:
    seen: list[str] = []
    desk.on("request", lambda request: seen.append(request.url))
    desk.on("dialog", lambda dialog: seen.append(f"dialog {dialog.message}"))
    desk.on("pageerror", lambda error: seen.append(f"error {error}"))
    desk.on("console", lambda message: seen.append(f"console {message.text}"))
    desk.goto(address)
    if address == HOSTILE:
        desk.locator("ol h3 a").nth(0).click()
        expect(desk.locator("h1")).to_contain_text("<img src=x onerror=alert(1)>")
    missing = "console Failed to load resource: the server responded with a status of 404"
    allowed = (site, missing) if address == "/none" else (site,)
    assert [each for each in seen if not each.startswith(allowed)] == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_page_does_not_jump_while_loading(
    browser: Browser, site: str, size: dict[str, int]
) -> None:
    with context(browser, site, size) as opened:
        page = opened.new_page()
        page.add_init_script(
            "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach("
            "entry => window.shift += entry.value)).observe({type: 'layout-shift', buffered: true})"
        )
        page.goto("/search?q=ngân sách", wait_until="networkidle")
        assert page.evaluate("window.shift") <= 0.02


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_words_stand_out_from_their_ground(
    browser: Browser, site: str, scheme: Any, address: str
) -> None:
    """WCAG 1.4.3: 4.5 to 1 for every piece of text, on the ground it is painted on."""
    with context(browser, site, DESK, color_scheme=scheme) as opened:
        page = opened.new_page()
        page.goto(address)
        weak = page.evaluate(CONTRAST)
        assert weak == []


CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const weak = [];
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || e.closest('.hidden, script, .skip, option')) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) weak.push(walker.currentNode.data.trim());
  }
  return weak;
}"""
