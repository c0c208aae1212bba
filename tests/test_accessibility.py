"""WCAG 2.2 AA by axe-core on every kind of page, and what axe cannot see: the keyboard, headings.

A quarter of the matrix runs by default, all of it with `-m soak`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browsing import DESK, EACH_PAGE, PAGES, PHONE, context, open_panel

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

SIZES = {"phone": PHONE, "desk": DESK}
SCHEMES = ("light", "dark")


def matrix() -> Iterator[Any]:
    """Every page, colour scheme and size; three quarters of them for `make soak`."""
    for number, (name, address) in enumerate(PAGES.items()):
        for place, (scheme, size) in enumerate(product(SCHEMES, SIZES)):
            marks = [] if place == number % 4 else [pytest.mark.soak]
            yield pytest.param(address, scheme, size, id=f"{name}-{scheme}-{size}", marks=marks)


def complaints(page: Page, within: str = "html") -> list[str]:
    """What axe finds wrong, and what it cannot decide: there is nothing of either.

    The bar that sticks to the bottom is let go first: what lies beneath it can be scrolled to.
    """
    page.evaluate("document.querySelectorAll('.apply').forEach(e => e.style.position = 'static')")
    options = {"runOnly": RULES, "resultTypes": ["violations", "incomplete"]}
    found = Axe().run(page, within, options).response
    return [
        f"{kind} {rule['id']}: {node['html'][:120]}"
        for kind in ("violations", "incomplete")
        for rule in found[kind]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("address", "scheme", "size"), list(matrix()))
def test_axe_finds_nothing(
    browser: Browser, site: str, address: str, scheme: Any, size: str
) -> None:
    with context(browser, site, SIZES[size], color_scheme=scheme) as opened:
        page = opened.new_page()
        page.goto(address)
        assert complaints(page) == []


OPENED = [
    pytest.param(*each, marks=[] if each == ("dark", "phone") else pytest.mark.soak)
    for each in product(SCHEMES, SIZES)
]


@pytest.mark.parametrize(("scheme", "size"), OPENED)
def test_axe_finds_nothing_where_everything_is_open(
    browser: Browser, site: str, scheme: Any, size: str
) -> None:
    with context(browser, site, SIZES[size], color_scheme=scheme) as opened:
        page = opened.new_page()
        page.goto(PAGES["filtered"])
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert complaints(page) == []
        page.locator("#q").fill("")
        page.locator("#q").press_sequentially("ra")
        expect(page.get_by_role("listbox")).to_be_visible()
        assert complaints(page, ".line") == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_where_there_is_no_index(
    browser: Browser, bare_site: str, scheme: Any
) -> None:
    with context(browser, bare_site, PHONE, color_scheme=scheme) as opened:
        page = opened.new_page()
        answer = page.goto("/search?q=rác")
        assert answer is not None
        assert answer.status == 503
        assert complaints(page) == []


OUTLINE = """() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
  .filter(each => each.checkVisibility()).map(each => Number(each.tagName[1]))"""


@pytest.mark.parametrize("name", EACH_PAGE)
def test_row_34_landmarks_stand_in_order_and_no_heading_is_skipped(desk: Page, name: str) -> None:
    desk.goto(PAGES[name])
    parts = desk.locator("body > *").evaluate_all("all => all.map(each => each.localName)")
    assert [part for part in parts if part != "script"] == ["a", "header", "main", "footer"]
    for size in SIZES.values():
        desk.set_viewport_size(size)  # type: ignore[arg-type]
        levels = desk.evaluate(OUTLINE)
        assert levels.count(1) == 1
        steps = zip([0, *levels], levels, strict=False)
        assert all(after <= before + 1 for before, after in steps), levels


def test_row_34_the_first_tab_skips_to_the_content(desk: Page) -> None:
    for name, skip in (("results", "Bỏ qua, đến kết quả"), ("article", "Bỏ qua, đến nội dung")):
        desk.goto(PAGES[name])
        desk.keyboard.press("Tab")
        link = desk.get_by_role("link", name=skip)
        expect(link).to_be_focused()
        expect(link).to_be_in_viewport()
        desk.keyboard.press("Enter")
        target = (link.get_attribute("href") or "").removeprefix("#")
        assert desk.evaluate("document.activeElement.id") == target


def test_row_34_what_portals_wrote_is_marked_as_vietnamese(desk: Page) -> None:
    desk.goto("/search?q=rác&lang=en")
    assert desk.locator("html").get_attribute("lang") == "en"
    for selector in ("ol.hits h3", ".snippet mark", ".choice .name"):
        spoken = desk.locator(selector).first.evaluate("each => each.closest('[lang]').lang")
        assert spoken == "vi", selector


MOST_STOPS = 170
"""Of a page of twenty results, each with three wards, a topic, copies and its original."""

FOCUS = """wanted => {
  const e = document.activeElement;
  if (e === document.body) return null;
  const target = e.closest('label') ?? e, box = target.getBoundingClientRect();
  const on = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const outline = parseFloat(getComputedStyle(e).outlineWidth);
  const seen = !!on && (target.contains(on) || on.contains(target));
  return {html: e.outerHTML.slice(0, 90), outline, seen, wanted: e.matches(wanted)};
}"""


def tab_to(page: Page, selector: str, most: int = MOST_STOPS) -> int:
    """Press Tab until an element of the selector has the focus; how often that took.

    At every stop the focus can be seen: WCAG 2.4.7 and 2.4.11.
    """
    for count in range(1, most + 1):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS, selector)
        if stop:
            assert stop["outline"] >= 2, stop
            assert stop["seen"], stop
            if stop["wanted"]:
                return count
    raise AssertionError(f"{selector} is not reached in {most} stops")


def test_row_35_the_whole_job_by_keyboard(desk: Page) -> None:
    desk.goto(PAGES["results"])
    # 1 The first link leads past everything, to the first result
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    assert tab_to(desk, "ol.hits h3 a, #results a") <= 3
    # 2 The box is near
    desk.goto("/")
    assert tab_to(desk, "#q") <= 6
    # 3 A suggestion is taken by Down and Enter
    desk.keyboard.type("ngan")
    expect(desk.get_by_role("listbox")).to_be_visible()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/search?**")
    # 4 Escape closes the list and keeps the text
    desk.goto("/")
    tab_to(desk, "#q")
    desk.keyboard.type("rac")
    expect(desk.get_by_role("listbox")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("listbox")).to_be_hidden()
    expect(desk.locator("#q")).to_have_value("rac")
    desk.keyboard.press("Enter")
    expect(desk.locator("#count")).to_contain_text("“rac”")
    # 5 Two wards are ticked and applied
    tab_to(desk, "input[name=ward]")
    desk.keyboard.press("Space")
    tab_to(desk, "input[name=ward]")
    desk.keyboard.press("Space")
    tab_to(desk, ".apply button")
    desk.keyboard.press("Enter")
    expect(desk.locator("a.tag")).to_have_count(2)
    # 6 One is taken away again
    tab_to(desk, "a.tag")
    desk.keyboard.press("Enter")
    expect(desk.locator("a.tag")).to_have_count(1)
    # 7 The chart as a table, and one of its months
    tab_to(desk, ".timeline summary")
    desk.keyboard.press("Enter")
    tab_to(desk, ".timeline th a")
    desk.keyboard.press("Enter")
    expect(desk.locator("a.tag")).to_have_count(3)
    # 8 The next page of a long list
    desk.goto(PAGES["results"])
    tab_to(desk, ".pages a[rel~=next]")
    desk.keyboard.press("Enter")
    expect(desk.locator(".pages [aria-current=page]")).to_have_text("2")


def test_row_35_on_a_phone_the_panel_opens_and_covers_nothing(phone: Page) -> None:
    phone.goto(PAGES["results"])
    tab_to(phone, ".panel > summary")
    phone.keyboard.press("Enter")
    tab_to(phone, "input[name=ward]")
    tab_to(phone, ".apply button")


def test_row_35_the_count_is_in_view_and_the_page_is_not_too_long_to_tab(desk: Page) -> None:
    desk.goto(PAGES["filtered"])
    expect(desk.locator("h2#count")).to_be_in_viewport()
    desk.goto(PAGES["results"])
    stops = "[...document.querySelectorAll('a[href], input, button, select, summary, [tabindex]')]"
    counted = f"{stops}.filter(e => e.tabIndex >= 0 && e.checkVisibility()).length"
    assert desk.evaluate(counted) <= MOST_STOPS


TARGETS = """([least, selector]) => [...document.querySelectorAll(selector)].flatMap(each => {
  const box = (each.closest('label') ?? each).getBoundingClientRect();
  if (!each.checkVisibility() || !box.width || each.closest('.hidden, .skip')) return [];
  const small = box.height < least - 0.5 || box.width < least - 0.5;
  return small ? [each.outerHTML.slice(0, 90) + ` ${box.width}x${box.height}`] : [];
})"""

FOR_FINGERS = (
    "button, .tag, .choice input, .button, .pages a, summary, select, header a, .finder input"
)


@pytest.mark.parametrize("name", EACH_PAGE)
def test_row_36_targets_are_large_enough(phone: Page, name: str) -> None:
    """44 px for what is made to be pressed on a phone, else 24 px unless within a sentence."""
    phone.goto(PAGES[name])
    open_panel(phone)
    assert phone.evaluate(TARGETS, [44, FOR_FINGERS]) == []
    links = "a:not(p:not(.facts, .tail, .formats, .keep) a, svg a), input:not([type=hidden])"
    assert phone.evaluate(TARGETS, [24, links]) == []
