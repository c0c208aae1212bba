"""What robots may look at: robots.txt, sitemaps, canonical addresses, links not to follow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.robotparser import RobotFileParser

import pytest
from flask.testing import FlaskClient
from lxml import etree, html

from tests.small_site import opened

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITE = "http://localhost"


@pytest.fixture(scope="module")
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


@pytest.fixture(scope="module")
def robots(client: FlaskClient) -> RobotFileParser:
    response = client.get("/robots.txt")
    assert response.mimetype == "text/plain"
    parser = RobotFileParser()
    parser.parse(response.text.splitlines())
    return parser


def entries(client: FlaskClient, address: str) -> list[tuple[str, str]]:
    """Addresses and their days in a sitemap or an index of them."""
    response = client.get(address)
    assert (response.status_code, response.mimetype) == (200, "application/xml")
    found = etree.fromstring(response.data)
    return [
        (entry.findtext(f"{SITEMAP}loc") or "", entry.findtext(f"{SITEMAP}lastmod") or "")
        for entry in found
    ]


def canonical(client: FlaskClient, address: str) -> str:
    page = html.fromstring(client.get(address).text)
    (link,) = page.xpath("//head/link[@rel='canonical']/@href")
    return str(link)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/wards/phuong-bo-de-ha-noi", True),
        ("/topics/ngan-sach-tai-chinh", True),
        ("/articles/1", True),
        ("/search?q=rác", False),
        ("/search.json", False),
        ("/search.csv?q=rác", False),
        ("/search/facets/ward", False),
        ("/compare?ward=a&ward=b", False),
    ],
)
def test_row_43_robots_are_told_what_to_leave(
    robots: RobotFileParser, path: str, allowed: bool
) -> None:
    assert robots.can_fetch("any", SITE + path) is allowed
    assert robots.site_maps() == [f"{SITE}/sitemap.xml"]


def test_row_43_the_sitemaps_list_pages_that_are_there_and_canonical(client: FlaskClient) -> None:
    maps = entries(client, "/sitemap.xml")
    assert len(maps) == 3
    listed = {address: entries(client, address) for address, _ in maps}
    for found in listed.values():
        assert 0 < len(found) <= 50_000
        for address, changed in found:
            response = client.get(address)
            assert response.status_code == 200
            assert "X-Robots-Tag" not in response.headers
            assert canonical(client, address) == address
            if not address.endswith("/help"):
                assert date(2024, 1, 1) <= date.fromisoformat(changed) <= date.today()
    assert [changed for _, changed in maps] == [
        max(changed for _, changed in found) for found in listed.values()
    ]


def test_row_43_every_ward_with_articles_is_in_the_sitemap(client: FlaskClient) -> None:
    answer = client.get("/search.json").json
    assert answer is not None
    for facet, name in (("ward", "wards"), ("topic", "topics")):
        values = {f"{SITE}/{name}/{each['value']}" for each in answer["facets"][facet]}
        assert {address for address, _ in entries(client, f"/sitemaps/{name}.xml")} == values


def test_there_is_no_other_sitemap(client: FlaskClient) -> None:
    assert client.get("/sitemaps/articles.xml").status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        "q=rác&ward=phuong-bo-de-ha-noi&topic=moi-truong&sort=oldest&page=1",
        "sort=oldest&page=1&topic=moi-truong&ward=phuong-bo-de-ha-noi&q=rác",
        "page=1&from=&to=&q=+rác+&ward=phuong-bo-de-ha-noi&ward=&topic=moi-truong&sort=oldest&exact=",
        "utm_source=x&q=rác&ward=phuong-bo-de-ha-noi&topic=moi-truong&sort=oldest&page=01&lang=vi",
    ],
)
def test_row_43_order_and_empty_values_make_no_other_page(client: FlaskClient, asked: str) -> None:
    address = canonical(client, f"/search?{asked}")
    ward, topic = "ward=phuong-bo-de-ha-noi", "topic=moi-truong"
    assert address == f"{SITE}/search?q=r%C3%A1c&{ward}&{topic}&sort=oldest"


def test_row_43_an_article_names_its_original(client: FlaskClient) -> None:
    assert canonical(client, "/articles/1") == "https://bo-de.example.vn/tin/ns-1.html"


@pytest.mark.parametrize(
    "path", ["/search?q=rác", "/search/facets/ward", "/search.json", "/search.csv", "/search.atom"]
)
def test_row_43_searches_are_not_for_the_index(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("asked", ["q=ngân sách&ward=phuong-bo-de-ha-noi&from=2025", "page=2"])
def test_row_43_links_to_more_searches_are_not_to_be_followed(
    client: FlaskClient, asked: str
) -> None:
    page = html.fromstring(client.get(f"/search?{asked}").text)
    followed = page.xpath(
        "//a[starts-with(@href, '/search') and not(contains(@rel, 'nofollow'))]"
        "[not(ancestor::svg or @aria-current)]/@href"
    )
    assert followed == []
    assert page.xpath("//a[starts-with(@href, '/search')]")
