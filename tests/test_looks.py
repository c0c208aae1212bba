"""How pages look: dark, printed, enlarged, spaced out, in Vietnamese type; shortcuts and fades."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import DESK, EACH_PAGE, PAGES, PHONE, context

pytestmark = pytest.mark.browser

STYLE = Path(__file__).parent.parent / "webui" / "static" / "style.css"

LUMINANCE = """([front, back]) => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const light = colour => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  };
  const [a, b] = [light(front), light(back)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}"""


def style(page: Page, selector: str, name: str) -> str:
    """A computed property of the first element of the selector."""
    found = page.locator(selector).first.evaluate("(e, name) => getComputedStyle(e)[name]", name)
    assert isinstance(found, str)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_row_35_the_ring_of_the_focus_stands_out(browser: Browser, site: str, scheme: Any) -> None:
    with context(browser, site, DESK, color_scheme=scheme) as opened:
        page = opened.new_page()
        page.goto(PAGES["results"])
        page.locator("#q").focus()
        assert float(style(page, "#q", "outlineWidth").removesuffix("px")) == 3
        colours = [style(page, "#q", "outlineColor"), style(page, "html", "backgroundColor")]
        assert page.evaluate(LUMINANCE, colours) >= 3


def test_row_37_dark_is_dark_from_the_first_paint(browser: Browser, site: str) -> None:
    with context(browser, site, DESK, color_scheme="dark", java_script_enabled=False) as opened:
        page = opened.new_page()
        page.goto(PAGES["results"])
        assert page.locator("meta[name=color-scheme]").get_attribute("content") == "light dark"
        ground, ink = style(page, "html", "backgroundColor"), style(page, "html", "color")
        assert max(map(int, re.findall(r"\d+", ground)[:3])) < 64
        assert min(map(int, re.findall(r"\d+", ink)[:3])) > 192


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_row_37_marked_words_and_links_stand_out(browser: Browser, site: str, scheme: Any) -> None:
    with context(browser, site, DESK, color_scheme=scheme) as opened:
        page = opened.new_page()
        page.goto(PAGES["results"])
        mark = [style(page, ".snippet mark", name) for name in ("color", "backgroundColor")]
        link = [style(page, ".original", "color"), style(page, "html", "backgroundColor")]
        assert page.evaluate(LUMINANCE, mark) >= 4.5
        assert page.evaluate(LUMINANCE, link) >= 4.5


def test_row_37_forced_colours_keep_bars_badges_and_chips(browser: Browser, site: str) -> None:
    with context(browser, site, DESK, forced_colors="active") as opened:
        page = opened.new_page()
        page.goto(PAGES["results"])
        bar, canvas = style(page, ".chart .bar", "fill"), style(page, "html", "backgroundColor")
        assert page.evaluate(LUMINANCE, [bar, canvas]) >= 3
        assert style(page, ".chip", "borderTopStyle") == "solid"
        page.goto(PAGES["status"])
        assert style(page, ".badge", "borderTopStyle") == "solid"


def test_row_38_a_printed_search_is_its_results(desk: Page) -> None:
    desk.emulate_media(media="print", color_scheme="dark")
    desk.goto(PAGES["filtered"])
    for selector in ("form", "header.site nav", "footer.site", ".formats", ".keep", ".skip"):
        for part in desk.locator(selector).all():
            expect(part).to_be_hidden()
    head = desk.locator(".printed")
    expect(desk.locator("h2#count")).to_contain_text("“ngan sach”")
    for words in ("Phường Bồ Đề, Hà Nội", "Kinh tế, ngân sách", "từ 01/01/2025"):
        expect(head).to_contain_text(words)
    expect(head).to_contain_text(re.compile(r"In ngày \d\d/\d\d/\d{4}"))
    original = desk.locator(".original").first
    assert "https://bo-de.example.vn/" in original.evaluate(
        "each => getComputedStyle(each, '::after').content"
    )
    expect(desk.locator(".timeline table")).to_be_visible()
    assert style(desk, "html", "backgroundColor") == "rgb(255, 255, 255)"


def test_row_38_pages_of_results_are_not_printed(desk: Page) -> None:
    desk.emulate_media(media="print")
    desk.goto(PAGES["results"])
    expect(desk.locator(".pages")).to_be_hidden()


def test_row_39_every_page_is_composed(desk: Page) -> None:
    """NFC: fonts lack the parts of which Vietnamese letters are composed."""
    for address in PAGES.values():
        assert unicodedata.is_normalized("NFC", desk.request.get(address).text()), address


def test_row_39_letters_keep_their_shape() -> None:
    sheet = STYLE.read_text()
    assert "text-transform" not in sheet
    assert not re.search(r"letter-spacing:\s*-", sheet)
    assert "overflow-wrap: anywhere" in sheet
    assert re.search(r"font: 100%/1.6 system-ui", sheet)


CLIPPED = """() => [...document.querySelectorAll('body *')].filter(each => {
  const {overflowX, overflowY, lineHeight, fontSize} = getComputedStyle(each);
  const clips = [overflowX, overflowY].some(value => value !== 'visible');
  return clips && each.textContent.trim() && !each.closest('.hidden, svg')
    && parseFloat(lineHeight) / parseFloat(fontSize) < 1.45;
}).map(each => each.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("name", EACH_PAGE)
def test_row_39_nothing_that_clips_has_low_lines(phone: Page, name: str) -> None:
    phone.goto(PAGES[name])
    assert phone.evaluate(CLIPPED) == []


INK = """selector => {
  const each = document.querySelector(selector);
  const {fontSize, lineHeight, fontFamily, fontWeight} = getComputedStyle(each);
  const context = document.createElement('canvas').getContext('2d');
  context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
  const {actualBoundingBoxAscent: above, actualBoundingBoxDescent: below}
    = context.measureText('ỄẴỘỠ ặ ỵ');
  return (above + below) / parseFloat(lineHeight);
}"""


def test_row_39_the_tallest_letters_fit_into_their_line(desk: Page) -> None:
    desk.goto(PAGES["results"])
    for selector in ("h1", "h2#count", ".hit h3", ".snippet", ".chip", "#q", ".choice"):
        assert 0.3 < desk.evaluate(INK, selector) <= 1, selector


@pytest.mark.parametrize("name", EACH_PAGE)
def test_row_40_spaced_out_text_fits_on_a_small_phone(phone: Page, name: str) -> None:
    phone.set_viewport_size({"width": 320, "height": 640})
    phone.goto(PAGES[name])
    phone.evaluate(
        "document.querySelectorAll('body *').forEach(e => e.style.cssText += "
        "';line-height:1.5;letter-spacing:.12em;word-spacing:.16em')"  # WCAG 1.4.12
    )
    phone.evaluate("document.querySelectorAll('p').forEach(e => e.style.marginBottom = '2em')")
    phone.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", EACH_PAGE)
def test_row_40_letters_of_twice_the_size_fit(desk: Page, name: str) -> None:
    desk.set_viewport_size({"width": 640, "height": 400})  # what 200 % leaves of 1280 by 800
    desk.goto(PAGES[name])
    assert desk.evaluate("document.documentElement.scrollWidth") <= 640
    desk.set_viewport_size({"width": 1280, "height": 800})
    desk.evaluate("document.documentElement.style.fontSize = '200%'")
    assert desk.evaluate("document.documentElement.scrollWidth") <= 1280


def test_row_47_a_shortcut_leads_to_the_box(desk: Page) -> None:
    for name, keys in (("home", "Control+k"), ("results", "Meta+k"), ("article", "Control+k")):
        desk.goto(PAGES[name])
        desk.keyboard.press(keys)
        box = desk.locator("input[name=q]").first
        expect(box).to_be_focused()
        desk.keyboard.type("rác")
        expect(box).to_have_value("rác")  # what stood there was selected


def test_row_47_no_single_key_does_anything(desk: Page) -> None:
    desk.goto(PAGES["results"])
    before = desk.url
    desk.keyboard.type("k/?.sgjnp")
    assert desk.url == before
    assert desk.evaluate("document.activeElement === document.body")


def test_row_47_the_shortcut_is_told_in_the_help(desk: Page) -> None:
    desk.goto("/help")
    expect(desk.locator("main")).to_contain_text("Ctrl+K (trên máy Mac: ⌘K)")


FADES = "addEventListener('pagereveal', event => window.fades = !!event.viewTransition)"


@pytest.mark.parametrize(("motion", "fades"), [("no-preference", True), ("reduce", False)])
def test_row_50_pages_fade_into_each_other_unless_that_is_unwanted(
    browser: Browser, site: str, motion: Any, fades: bool
) -> None:
    with context(browser, site, PHONE, reduced_motion=motion) as opened:
        page = opened.new_page()
        page.add_init_script(FADES)
        page.goto("/")
        page.locator(".hit h3 a").first.click()
        page.wait_for_url("**/articles/*")
        assert page.evaluate("window.fades") is fades
