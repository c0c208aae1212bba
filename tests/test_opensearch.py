"""A browser can search here by itself: /opensearch.xml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from lxml import etree, html

from tests.small_site import opened

NAMESPACE = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture(scope="module")
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


@pytest.fixture
def described(client: FlaskClient) -> etree._Element:
    response = client.get("/opensearch.xml")
    assert response.mimetype == "application/opensearchdescription+xml"
    return etree.fromstring(response.data)


@pytest.mark.parametrize("page", ["/", "/search?q=rác", "/articles/1", "/status", "/none"])
def test_row_33_every_page_names_the_description(client: FlaskClient, page: str) -> None:
    (link,) = html.fromstring(client.get(page).text).xpath("//head/link[@rel='search']")
    assert link.get("type") == "application/opensearchdescription+xml"
    assert client.get(link.get("href")).status_code == 200


def test_row_33_names_are_short_enough(described: etree._Element) -> None:
    assert described.tag == f"{NAMESPACE}OpenSearchDescription"
    assert 0 < len(described.findtext(f"{NAMESPACE}ShortName") or "") <= 16
    assert 0 < len(described.findtext(f"{NAMESPACE}Description") or "") <= 1024


@pytest.mark.parametrize("words", ["rác thải", 'so:154-KH/ĐU & "a+b"'])
def test_row_33_the_templates_lead_to_the_search(
    client: FlaskClient, described: etree._Element, words: str
) -> None:
    found = {url.get("type"): url.get("template") for url in described.iter(f"{NAMESPACE}Url")}
    page = client.get(found["text/html"].replace("{searchTerms}", quote(words)))
    assert html.fromstring(page.text).get_element_by_id("q").get("value") == words
    feed = client.get(found["application/atom+xml"].replace("{searchTerms}", quote(words)))
    assert feed.mimetype == "application/atom+xml"
    suggested = client.get(
        found["application/x-suggestions+json"].replace("{searchTerms}", quote(words))
    )
    assert suggested.mimetype == "application/x-suggestions+json"
    assert suggested.json is not None
    assert suggested.json[0] == words
    assert isinstance(suggested.json[1], list)
    itself = client.get(found["application/opensearchdescription+xml"])
    assert etree.fromstring(itself.data).tag == described.tag
