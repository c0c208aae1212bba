"""What the answers to programs share: strict parameters, validators, open to other sites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from crawler.store import open_store
from indexer.build import build
from indexer.document import Annotator
from indexer.results import TooSlow
from indexer.search import Searcher
from indexer.wards import Gazetteer
from tests.small_site import articles, make_site, opened, sources

PATHS = ("/search.json", "/search.csv", "/search.atom")


@pytest.fixture
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("wrong", ["page=abc", "from=31/2/2026", "from=2026&to=2025", "sort=best"])
def test_wrong_parameters_are_problems_in_every_format(
    client: FlaskClient, path: str, wrong: str
) -> None:
    response = client.get(f"{path}?{wrong}")
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    assert response.json is not None
    assert [error["parameter"] in wrong for error in response.json["errors"]] == [True]
    assert "ETag" not in response.headers


@pytest.mark.parametrize("path", PATHS)
def test_empty_parameters_of_a_plain_form_are_none(client: FlaskClient, path: str) -> None:
    plain = client.get(path)
    empty = client.get(f"{path}?q=&ward=&from=&to=&sort=&page=&exact=&lang=")
    assert empty.status_code == 200
    assert empty.text == plain.text


@pytest.mark.parametrize("path", PATHS)
def test_row_30_who_has_the_answer_is_told_so_without_a_search(
    client: FlaskClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = client.get(f"{path}?q=rác").headers["ETag"]
    monkeypatch.delattr(Searcher, "search")
    monkeypatch.delattr(Searcher, "listing")
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        response = client.get(f"{path}?q=rác", headers={"If-None-Match": known})
        assert (response.status_code, response.data) == (304, b"")
        assert response.headers["ETag"] == tag


@pytest.mark.parametrize("path", PATHS)
def test_answers_in_other_languages_are_others(client: FlaskClient, path: str) -> None:
    tag = client.get(path).headers["ETag"]
    response = client.get(f"{path}?lang=en", headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert "Cookie" in response.headers["Vary"]


def test_a_new_generation_has_new_tags(tmp_path: Path, gazetteer: Gazetteer) -> None:
    config = make_site(tmp_path)
    with opened(config) as app:
        client = app.test_client()
        tags = {path: client.get(path).headers["ETag"] for path in PATHS}
        with open_store(config["STORE"]) as store:
            with store.transaction():
                store.put(replace(next(articles()), identity="moi", title="Bài mới"))
            build(store, config["INDEX"], Annotator(gazetteer, sources()).annotate, sources())
        for path, tag in tags.items():
            response = client.get(path, headers={"If-None-Match": tag})
            assert response.status_code == 200
            assert response.headers["ETag"] != tag


@pytest.mark.parametrize("path", PATHS)
def test_head_says_what_get_says_and_sends_nothing(client: FlaskClient, path: str) -> None:
    asked, whole = client.head(f"{path}?q=rác"), client.get(f"{path}?q=rác")
    assert asked.status_code == 200
    assert asked.data == b""
    assert dict(asked.headers) == dict(whole.headers)


@pytest.mark.parametrize("path", PATHS)
def test_row_30_programs_of_other_sites_may_read_answers_and_errors(
    client: FlaskClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise TooSlow

    answers = [client.get(path), client.get(f"{path}?page=abc")]
    monkeypatch.setattr(Searcher, "search", refuse)
    monkeypatch.setattr(Searcher, "listing", refuse)
    answers.append(client.get(path))
    assert [answer.status_code for answer in answers] == [200, 400, 503]
    assert answers[-1].mimetype == "application/problem+json"
    for answer in answers:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["X-Robots-Tag"] == "noindex"


PAGES = ("/", "/search?q=rác", "/wards", "/robots.txt", "/sitemap.xml", "/opensearch.xml")


@pytest.mark.parametrize("path", [*PAGES, "/openapi.json"])
def test_head_is_answered_everywhere(client: FlaskClient, path: str) -> None:
    asked, whole = client.head(path), client.get(path)
    assert asked.status_code == whole.status_code == 200
    assert asked.data == b""
    assert asked.headers["Content-Length"] == str(len(whole.data))


HOSTS = ("[::1]:80", "", 'a"><script>alert(1)</script>', "ví-dụ.vn", "[", "a..b", "x" * 300)


@pytest.mark.parametrize("path", [*PAGES, *PATHS])
def test_a_host_that_is_none_is_no_fault_of_ours(client: FlaskClient, path: str) -> None:
    for host in HOSTS:
        response = client.get(path, headers={"Host": host})
        assert response.status_code in (200, 400)
        assert "<script>alert(1)" not in response.text
