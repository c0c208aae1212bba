"""/search.json answers what the page answers, with the same parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html

from tests.small_site import opened


@pytest.fixture(scope="module")
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


ASKED = [
    "",
    "q=ngân sách",
    "q=rac thai&page=2",
    "q=ngân sách&source=bo-de&from=3/2025&sort=oldest",
    "q=xyzzy",
]


@pytest.mark.parametrize("asked", ASKED)
def test_row_30_the_same_articles_in_the_same_order(client: FlaskClient, asked: str) -> None:
    answer = client.get(f"/search.json?{asked}").json
    assert answer is not None
    page = html.fromstring(client.get(answer["links"]["html"]).text)
    assert [each["page"] for each in answer["results"]] == page.xpath("//ol//h3/a/@href")
    heading = page.get_element_by_id("count").text_content()
    assert str(answer["total"]) in heading or answer["total"] == 0


def test_a_result_carries_what_the_page_shows(client: FlaskClient) -> None:
    answer = client.get("/search.json?q=ngân sách tháng 5&source=bo-de").json
    assert answer is not None
    result = answer["results"][0]
    assert result["title"] == "Công khai thu chi ngân sách tháng 5 của Phường Bồ Đề"
    assert result["url"] == "https://bo-de.example.vn/tin/ns-5.html"
    assert result["published"] == "2025-05-12T08:30:00+07:00"
    assert result["source"] == {"id": "bo-de", "name": "Cổng thông tin Phường Bồ Đề"}
    assert "Phường Bồ Đề, Hà Nội" in [ward["name"] for ward in result["wards"]]
    for start, end in result["title_marks"]:
        assert 0 <= start < end <= len(result["title"])


def test_links_lead_on_and_back(client: FlaskClient) -> None:
    first = client.get("/search.json?sort=newest").json
    assert first is not None
    assert first["links"]["prev"] is None
    second = client.get(first["links"]["next"]).json
    assert second is not None
    assert second["page"] == 2
    assert second["links"]["prev"] == first["links"]["self"]
    assert not {each["id"] for each in first["results"]} & {
        each["id"] for each in second["results"]
    }


def test_a_toggle_leads_to_its_count_and_back(client: FlaskClient) -> None:
    answer = client.get("/search.json?q=ngân sách").json
    assert answer is not None
    for value in answer["facets"]["ward"]:
        there = client.get(value["toggle_url"]).json
        assert there is not None
        assert there["total"] == value["count"]
        (ticked,) = [each for each in there["facets"]["ward"] if each["selected"]]
        assert ticked["value"] == value["value"]
        assert ticked["toggle_url"] == answer["links"]["self"]


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ("page=abc", "page"),
        ("page=0", "page"),
        ("q=rác&page=9999", "page"),
        ("from=31/2/2026", "from"),
        ("from=2026&to=2025", "to"),
        ("q=" + "x" * 600, "q"),
        ("sort=best", "sort"),
        ("exact=yes", "exact"),
        ("lang=fr", "lang"),
        ("&".join(f"ward=w{number}" for number in range(51)), "ward"),
    ],
)
def test_row_30_wrong_parameters_are_problems(
    client: FlaskClient, asked: str, parameter: str
) -> None:
    response = client.get(f"/search.json?{asked}")
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert response.json is not None
    assert response.json["status"] == 400
    assert [error["parameter"] for error in response.json["errors"]] == [parameter]


def test_row_30_an_answer_has_all_its_fields(client: FlaskClient) -> None:
    answer = client.get("/search.json?q=rác&ward=phuong-bo-de-ha-noi&sort=oldest&page=1").json
    assert answer is not None
    assert answer.keys() >= {"total", "page", "per_page", "results", "facets", "links"}
    assert answer["links"] == {
        "self": "/search.json?q=r%C3%A1c&ward=phuong-bo-de-ha-noi&sort=oldest",
        "prev": None,
        "next": None,
        "html": "/search?q=r%C3%A1c&ward=phuong-bo-de-ha-noi&sort=oldest",
        "atom": "/search.atom?q=r%C3%A1c&ward=phuong-bo-de-ha-noi",
        "csv": "/search.csv?q=r%C3%A1c&ward=phuong-bo-de-ha-noi&sort=oldest",
    }
    for value in (value for values in answer["facets"].values() for value in values):
        assert value.keys() == {"value", "label", "count", "selected", "toggle_url"}
