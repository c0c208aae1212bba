"""Completions under the search box in a real browser: keys, Telex, the mouse, and their absence."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

WAIT = 400
"""Milliseconds after which completions would have come, had they been asked for."""


def begin(page: Page, text: str, address: str = "/") -> None:
    """Type into the box of a page, and wait for its completions."""
    page.goto(address)
    page.locator("#q").clear()
    page.locator("#q").press_sequentially(text)
    expect(page.locator("#q")).to_have_attribute("aria-expanded", "true")


def active(page: Page) -> str | None:
    """The text of the option that the keyboard points at."""
    option = page.locator("#q").get_attribute("aria-activedescendant")
    return page.locator(f"#{option}").inner_text() if option else None


def test_row_21_the_keyboard_walks_the_list_and_the_text_stays(desk: Page) -> None:
    begin(desk, "ngan s")
    box, options = desk.locator("#q"), desk.get_by_role("option")
    assert box.get_attribute("role") == "combobox"
    assert desk.locator(f"#{box.get_attribute('aria-controls')}").get_attribute("role") == "listbox"
    count = options.count()
    assert 1 < count <= 6
    expect(desk.locator("#q ~ [role=status]")).to_have_text(f"{count} gợi ý")
    assert active(desk) is None  # nothing is chosen for the reader
    seen = []
    for _ in range(count):
        desk.keyboard.press("ArrowDown")
        seen.append(active(desk))
        assert options.locator("xpath=self::*[@aria-selected='true']").count() == 1
    assert seen == options.all_inner_texts()
    desk.keyboard.press("ArrowDown")
    assert active(desk) == seen[0]
    desk.keyboard.press("ArrowUp")
    assert active(desk) == seen[-1]
    assert box.input_value() == "ngan s"
    desk.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    assert box.input_value() == "ngan s"
    desk.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-expanded", "true")  # asked for again
    desk.keyboard.press("Tab")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).not_to_be_focused()


def test_row_21_enter_searches_for_what_is_chosen_or_typed(desk: Page) -> None:
    begin(desk, "ngan s")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/search?**")
    assert dict(parse_qsl(urlsplit(desk.url).query)) == {"q": "ngân sách"}
    begin(desk, "ngan s")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/search?**")
    assert dict(parse_qsl(urlsplit(desk.url).query)) == {"q": "ngan s"}


def test_row_21_a_click_keeps_the_filters_and_a_ward_leads_to_it(desk: Page) -> None:
    begin(desk, "ngân s", "/search?q=rác&source=bo-de")
    desk.get_by_role("option").filter(has_text="ngân sách").first.click()
    desk.wait_for_url("**ng%C3%A2n**")
    asked = dict(parse_qsl(urlsplit(desk.url).query))
    assert (asked["q"], asked["source"]) == ("ngân sách", "bo-de")
    begin(desk, "phường bồ đ")
    desk.get_by_role("option").first.click()
    desk.wait_for_url("**ward=**")
    assert dict(parse_qsl(urlsplit(desk.url).query)) == {"ward": "phuong-bo-de-ha-noi"}


def test_row_21_nothing_is_asked_for_while_letters_are_composed(desk: Page) -> None:
    """As an input method makes "ngân" of "ngaan": the text is the reader's until it is done."""
    asked: list[str] = []
    desk.goto("/")
    desk.on("request", lambda request: "/suggest" in request.url and asked.append(request.url))
    box = desk.locator("#q")
    box.focus()
    box.evaluate(
        """box => {
            box.dispatchEvent(new CompositionEvent("compositionstart"));
            box.value = "ngâ";
            box.dispatchEvent(new InputEvent("input", { isComposing: true }));
        }"""
    )
    desk.wait_for_timeout(WAIT)
    assert asked == []
    box.evaluate(
        """box => {
            box.value = "ngân";
            box.dispatchEvent(new CompositionEvent("compositionend"));
        }"""
    )
    expect(box).to_have_attribute("aria-expanded", "true")
    assert len(asked) == 1
    assert box.input_value() == "ngân"


def test_row_21_one_character_asks_for_nothing_and_a_failure_is_silent(desk: Page) -> None:
    asked: list[str] = []

    def fail(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=500, body="x")

    problems: list[str] = []
    desk.on("pageerror", lambda error: problems.append(str(error)))
    desk.goto("/")
    desk.route("**/suggest?**", fail)
    box = desk.locator("#q")
    box.press_sequentially("n")
    desk.wait_for_timeout(WAIT)
    assert asked == []
    box.press_sequentially("g")
    desk.wait_for_timeout(WAIT)
    assert len(asked) == 1
    assert not problems
    expect(box).to_have_attribute("aria-expanded", "false")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/search?q=ng")


def test_row_21_options_are_large_enough_for_fingers(phone: Page) -> None:
    begin(phone, "ngan s")
    for option in phone.get_by_role("option").all():
        box = option.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360


def test_row_21_a_question_that_is_overtaken_is_dropped(desk: Page) -> None:
    dropped: list[str] = []
    desk.on("requestfailed", lambda request: dropped.append(request.url))
    desk.goto("/")
    desk.route("**/suggest?q=ng", lambda _: None)  # never answered
    box = desk.locator("#q")
    with desk.expect_request("**/suggest?q=ng"):
        box.press_sequentially("ng")
    box.press_sequentially("an s")
    expect(desk.get_by_role("option").first).to_contain_text("ngân sách")
    assert [url.rpartition("?")[2] for url in dropped] == ["q=ng"]
