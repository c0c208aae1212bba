"""What a page weighs: bytes, requests, elements, and nothing that jumps while it loads."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.browsing import DESK, EACH_PAGE, PAGES, PHONE, context

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parent.parent / "webui" / "static"

KIB = 1024
PAGE_BYTES = 30 * KIB
HOME_BYTES = 20 * KIB
STYLE_BYTES = SCRIPT_BYTES = 10 * KIB
VIEW_BYTES = 80 * KIB
REQUESTS = 6
ELEMENTS = 1200
SHIFT = 0.02

WATCH_SHIFTS = """window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(
  entry => window.shift += entry.value)).observe({type: 'layout-shift', buffered: true})"""


def packed(suffix: str) -> int:
    """Bytes of all static files of a kind as they are sent."""
    return sum(len(gzip.compress(path.read_bytes())) for path in STATIC.glob(f"*{suffix}"))


def test_styles_and_scripts_are_small() -> None:
    assert packed(".css") <= STYLE_BYTES
    assert packed(".js") <= SCRIPT_BYTES


@pytest.mark.parametrize("name", EACH_PAGE)
def test_a_page_is_small_and_stands_still(browser: Browser, site: str, name: str) -> None:
    for size in (PHONE, DESK):
        with context(browser, site, size) as opened:
            weigh(opened.new_page(), site, name)


def weigh(page: Page, site: str, name: str) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.add_init_script(WATCH_SHIFTS)
    page.goto(PAGES[name], wait_until="networkidle")
    sizes = [request.sizes()["responseBodySize"] for request in asked]
    assert all(request.url.startswith(site) for request in asked)
    assert len({request.url for request in asked}) <= REQUESTS  # the icon is in head and tab
    assert 0 < sizes[0] <= (HOME_BYTES if name == "home" else PAGE_BYTES)
    assert sum(sizes) <= VIEW_BYTES
    assert page.locator("*").count() <= ELEMENTS
    assert page.evaluate("window.shift") <= SHIFT
