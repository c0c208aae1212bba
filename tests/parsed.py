"""Pages as tests read them: fetched over a test client, parsed, and taken apart."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from lxml import html
from lxml.html import HtmlElement


def get(client: FlaskClient, address: str, status: int = 200) -> HtmlElement:
    """The page at an address, parsed; it must have that status."""
    response = client.get(address)
    assert response.status_code == status, address
    return html.fromstring(response.text)


def text(element: HtmlElement) -> str:
    """What an element says, with one space between words."""
    return " ".join(element.text_content().split())


def total(page: HtmlElement) -> int:
    """The number in the heading of the results."""
    match = re.match(r"[\d.]+", text(page.get_element_by_id("count")))
    return number(match[0]) if match else 0


def number(written: str) -> int:
    """1.234 → 1234"""
    return int(written.replace(".", ""))


def ids(page: HtmlElement) -> list[str]:
    """Addresses of the results, in their order."""
    return page.xpath("//ol/li/article/h3/a/@href")


def values(page: HtmlElement, facet: str) -> dict[str, tuple[int, bool]]:
    """Value → (count, ticked) of a facet as the page shows it."""
    found = {}
    for label in page.xpath(f"//label[input[@name='{facet}']]"):
        box = label.find("input")
        count = number(text(label.find_class("count")[0]).removesuffix(" bài"))
        found[box.get("value")] = (count, box.get("checked") is not None)
    return found


def tags(page: HtmlElement) -> dict[str, str]:
    """Name → address of the applied filters."""
    return {text(tag): tag.get("href") for tag in page.find_class("tag")}
