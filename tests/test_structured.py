"""What pages say of themselves in JSON-LD, and that browsers take it for data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from flask.testing import FlaskClient
from lxml import html
from playwright.sync_api import Page

from tests.small_site import opened

SITE = "http://localhost"
ADDRESS = {"type": "string", "pattern": f"^{SITE}/"}
WEBSITE = {
    "type": "object",
    "properties": {
        "@context": {"const": "https://schema.org"},
        "@type": {"const": "WebSite"},
        "name": {"const": "Tin Phường"},
        "url": ADDRESS,
        "potentialAction": {
            "type": "object",
            "properties": {
                "@type": {"const": "SearchAction"},
                "target": {
                    "type": "object",
                    "properties": {"urlTemplate": {"pattern": r"/search\?q=\{words\}$"}},
                    "required": ["@type", "urlTemplate"],
                },
                "query-input": {"const": "required name=words"},
            },
            "required": ["@type", "target", "query-input"],
        },
    },
    "required": ["@context", "@type", "name", "url", "potentialAction"],
}
BREADCRUMBS = {
    "type": "object",
    "properties": {
        "@context": {"const": "https://schema.org"},
        "@type": {"const": "BreadcrumbList"},
        "itemListElement": {
            "type": "array",
            "minItems": 2,
            "items": {
                "type": "object",
                "properties": {
                    "@type": {"const": "ListItem"},
                    "position": {"type": "integer"},
                    "name": {"type": "string", "minLength": 1},
                    "item": ADDRESS,
                },
                "required": ["@type", "position", "name", "item"],
            },
        },
    },
    "required": ["@context", "@type", "itemListElement"],
}


@pytest.fixture(scope="module")
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


def data_of(client: FlaskClient, address: str) -> Any:
    """The one block of JSON-LD of a page."""
    page = html.fromstring(client.get(address).text)
    (block,) = page.xpath("//script[@type = 'application/ld+json']/text()")
    return json.loads(block)


def test_row_44_home_says_how_the_site_is_searched(client: FlaskClient) -> None:
    data = data_of(client, "/")
    jsonschema_rs.validate(WEBSITE, data)
    template = data["potentialAction"]["target"]["urlTemplate"]
    found = html.fromstring(client.get(template.replace("{words}", "r%C3%A1c")).text)
    assert found.get_element_by_id("q").get("value") == "rác"


def test_row_44_a_ward_says_where_it_stands(client: FlaskClient) -> None:
    data = data_of(client, "/wards/phuong-bo-de-ha-noi")
    jsonschema_rs.validate(BREADCRUMBS, data)
    trail = data["itemListElement"]
    assert [each["position"] for each in trail] == [1, 2, 3]
    assert [each["name"] for each in trail[1:]] == ["Hà Nội", "Phường Bồ Đề"]
    for each in trail:
        assert client.get(each["item"]).status_code == 200
    assert trail[-1]["item"] == f"{SITE}/wards/phuong-bo-de-ha-noi"


def test_row_44_browsers_take_it_for_data(desk: Page, site: str) -> None:
    said: list[str] = []
    desk.on("console", lambda message: said.append(message.text))
    desk.goto(site)
    block = "document.querySelector('script[type=\"application/ld+json\"]').textContent"
    assert json.loads(desk.evaluate(block))["@type"] == "WebSite"
    assert said == []
