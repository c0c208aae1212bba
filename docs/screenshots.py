"""Take the screenshots of the README from the demo.

`make demo`, then in another terminal `.venv/bin/python docs/screenshots.py`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

DEMO = "http://127.0.0.1:8000"

FOLDER = Path(__file__).parent

SHOTS = (
    ("search-1280.png", "/search?q=ngan+sach", (1280, 860), "light"),
    ("search-360.png", "/search?q=ngan+sach", (360, 860), "light"),
    ("ward-360.png", "/wards/phuong-sa-dec-dong-thap", (360, 860), "dark"),
)
"""File, address, size and colour scheme of each."""


def take(site: str = DEMO) -> None:
    """Write every screenshot beside this file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for name, address, (width, height), scheme in SHOTS:
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page.goto(site + address)
            page.screenshot(path=FOLDER / name)


if __name__ == "__main__":
    take(*sys.argv[1:2])
