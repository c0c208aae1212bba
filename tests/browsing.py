"""A real browser over the small site. tests/conftest.py hands these fixtures to every module."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.small_site import WITHDRAWN, configuration, served

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}

PAGES = {
    "home": "/",
    "results": "/search?q=ngân sách",
    "filtered": "/search?q=ngan sach&ward=phuong-bo-de-ha-noi&topic=kinh-te&from=2025&sort=newest",
    "nothing": "/search?q=xyzzy&ward=phuong-bo-de-ha-noi",
    "wrong date": "/search?q=rác&from=31/2/2026&to=abc",
    "facet": "/search/facets/ward?q=ngân sách",
    "article": "/articles/1",
    "withdrawn": f"/articles/{WITHDRAWN}",
    "ward": "/wards/phuong-bo-de-ha-noi",
    "wards": "/wards",
    "compare": "/compare?ward=phuong-bo-de-ha-noi&ward=phuong-viet-hung-ha-noi",
    "topic": "/topics/kinh-te",
    "status": "/status",
    "help": "/help",
    "advanced": "/advanced",
    "advanced, wrong date": "/advanced?before=31/2/2026",
    "another query": "/search?q=ngaan sách",
    "saved": "/saved",
    "missing": "/none",
}
"""Every kind of page, on the small site."""

USUAL = ("results", "article", "compare", "status")

EACH_PAGE = [pytest.param(name, marks=() if name in USUAL else pytest.mark.soak) for name in PAGES]
"""Names of PAGES to parametrize by: a few, and all of them with `-m soak`."""


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


@pytest.fixture(scope="module")
def bare_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that has no index yet."""
    with served(configuration(tmp_path_factory.mktemp("bare"))) as (address, _):
        yield address


def context(browser: Browser, site: str, size: dict[str, int], **options: Any) -> BrowserContext:
    """A window of its own, without cookies; addresses may begin with a slash.

    Pages do not fade into each other, unless the options say so: a test would have to wait for it.
    """
    chosen = {"reduced_motion": "reduce", **options}
    return browser.new_context(base_url=site, viewport=size, locale="vi-VN", **chosen)  # type: ignore[arg-type]


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
