"""A real browser over the small site. tests/conftest.py hands these fixtures to every module."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.small_site import served

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium; install it with: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def site(small_site: dict[str, Any]) -> Iterator[str]:
    """The address of the small site behind the real server."""
    with served(small_site) as (address, _):
        yield address


def context(browser: Browser, site: str, size: dict[str, int], **options: Any) -> BrowserContext:
    """A window of its own, without cookies; addresses may begin with a slash."""
    return browser.new_context(base_url=site, viewport=size, locale="vi-VN", **options)  # type: ignore[arg-type]


@pytest.fixture
def phone(browser: Browser, site: str) -> Iterator[Page]:
    """A page as wide as a phone."""
    with context(browser, site, PHONE) as opened:
        yield opened.new_page()


@pytest.fixture
def desk(browser: Browser, site: str) -> Iterator[Page]:
    """A page as wide as a desk."""
    with context(browser, site, DESK) as opened:
        yield opened.new_page()


def open_panel(page: Page) -> None:
    """Show the filters where they are folded away."""
    summary = page.locator("details.panel > summary")
    if summary.is_visible():
        summary.click()
