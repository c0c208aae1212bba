"""Any search can be followed: /search.atom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest
from flask.testing import FlaskClient
from lxml import etree

from crawler.store import open_store
from indexer.build import build
from indexer.document import Annotator
from indexer.wards import Gazetteer
from tests.small_site import FETCHED, articles, configuration, opened, sources

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture(scope="module")
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


def feed_of(client: FlaskClient, asked: str) -> Any:
    """The feed as readers read it; it has no fault."""
    response = client.get(f"/search.atom?{asked}")
    assert response.status_code == 200
    headers = {name.lower(): value for name, value in response.headers}
    feed = feedparser.parse(response.data, response_headers=headers)
    assert not feed.bozo
    return feed


def numbers(feed: Any) -> list[int]:
    return [int(entry.id.rsplit("/", 1)[1]) for entry in feed.entries]


ASKED = [
    "",
    "q=ngân sách",
    "q=rac&sort=oldest&page=2",  # neither is of account
    "source=bo-de&source=hai-chau&type=tin-tuc",
    "ward=phuong-bo-de-ha-noi&ward=phuong-viet-hung-ha-noi&province=ha-noi&from=2025&to=6/2025",
    "q=xyzzy",
]


@pytest.mark.parametrize("asked", ASKED)
def test_row_32_entries_are_the_newest_fifty(client: FlaskClient, asked: str) -> None:
    newest: list[int] = []
    pages = [f"/search.json?{asked.replace('sort=oldest&page=2', '')}&sort=newest"]
    while pages:
        page = client.get(pages.pop()).json
        assert page is not None
        newest += [each["id"] for each in page["results"]]
        pages += [page["links"]["next"]] if page["links"]["next"] else []
    feed = feed_of(client, asked)
    assert numbers(feed) == newest[:50]
    assert int(feed.feed.opensearch_totalresults) == len(newest)


def test_row_32_every_filter_counts_without_words(client: FlaskClient) -> None:
    one, other, both = (
        set(numbers(feed_of(client, asked)))
        for asked in ("source=bo-de", "from=2025&to=2025", "source=bo-de&from=2025&to=2025")
    )
    assert both == one & other
    assert both < one


def test_row_32_the_feed_is_as_new_as_its_newest_entry(client: FlaskClient) -> None:
    feed = feed_of(client, "q=bài")
    assert len(feed.entries) > 1
    assert feed.feed.updated_parsed == max(entry.updated_parsed for entry in feed.entries)
    assert client.get("/search.atom?q=bài").data == client.get("/search.atom?q=bài").data


def test_row_32_names_stay_and_links_lead_on(client: FlaskClient) -> None:
    asked = "sort=newest&q=rác&page=3&ward=phuong-bo-de-ha-noi"
    feed = feed_of(client, asked).feed
    same = "q=r%C3%A1c&ward=phuong-bo-de-ha-noi"
    assert feed.id == f"tag:localhost,2026:search?{same}"
    links = {link.rel: link.href for link in feed.links}
    assert links["self"] == f"http://localhost/search.atom?{same}"
    assert links["alternate"] == f"http://localhost/search?{same}"
    assert feed_of(client, same).feed.id == feed.id
    for entry in feed_of(client, asked).entries:
        assert entry.id == f"tag:localhost,2026:articles/{entry.link.rsplit('/', 1)[1]}"
        assert client.get(entry.link).status_code == 200


def test_names_know_no_scheme_and_no_port(client: FlaskClient) -> None:
    plain = client.get("/search.atom", base_url="http://tin.example.vn").data
    other = client.get("/search.atom", base_url="https://tin.example.vn:8443").data
    ids = [
        [each.text for each in etree.fromstring(feed).iter(f"{ATOM}id")] for feed in (plain, other)
    ]
    assert ids[0] == ids[1]


def test_row_32_elements_that_rfc_4287_asks_for(client: FlaskClient) -> None:
    feed = etree.fromstring(client.get("/search.atom?q=ngân sách").data)
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert element.findall(f"{ATOM}author")
    assert [feed.findtext(f"{OPENSEARCH}{name}") for name in ("startIndex", "itemsPerPage")] == [
        "1",
        "50",
    ]


def test_row_32_the_page_names_its_feed(client: FlaskClient) -> None:
    page = client.get("/search?q=rác&ward=phuong-bo-de-ha-noi&sort=oldest&page=1").text
    named = '<link rel="alternate" type="application/atom+xml"'
    assert (
        f'{named} title="Atom" href="/search.atom?q=r%C3%A1c&amp;ward=phuong-bo-de-ha-noi"' in page
    )


def test_hostile_private_and_withdrawn_texts(tmp_path: Path, gazetteer: Gazetteer) -> None:
    config = configuration(tmp_path)
    sample = next(articles())
    said = [
        replace(
            sample, identity="1", title="Số 0912.345.678 \x0b <b>&amp;", body=("]]> \x01 &x;",)
        ),
        replace(sample, identity="2", title="Bài đã gỡ", body=("lời không còn",)),
        replace(sample, identity="3", title="Không trích", body=("đừng trích",), nosnippet=True),
    ]
    with open_store(config["STORE"]) as store:
        with store.transaction():
            for article in said:
                store.put(article)
        build(store, config["INDEX"], Annotator(gazetteer, sources()).annotate, sources())
        with store.transaction():
            store.withdraw(2, FETCHED)
    with opened(config) as app:
        client = app.test_client()
        entries = {entry.title: entry for entry in feed_of(client, "").entries}
        answers = [client.get(path).text for path in ("/search.json", "/search.csv")]
    assert "summary" not in entries["Bài đã gỡ"]
    assert "summary" not in entries["Không trích"]
    assert [title for title in entries if title.startswith("Số ••••.•••.•78")]
    assert "\x01" not in str(entries)
    for answer in (*answers, str(entries)):
        assert "Bài đã gỡ" in answer
        assert "••••.•••.•78" in answer
        for hidden in ("0912", "lời không còn", "đừng trích"):
            assert hidden not in answer
