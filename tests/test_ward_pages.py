"""The pages of wards and topics over the small site: their numbers are those of the search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml.html import HtmlElement

from crawler.article import VIETNAM
from crawler.frontier import Frontier
from crawler.portals import Portal
from crawler.store import open_store
from indexer.build import build
from indexer.document import Annotator
from indexer.normalize import fold
from indexer.query import Query
from indexer.topics import TOPICS
from indexer.wards import Gazetteer, load_gazetteer
from tests.parsed import get, ids, number, text, total
from tests.small_site import configuration, make_article, opened, sources
from webui.activity import MONTHS, twelve_months
from webui.reading import reading

BO_DE = "phuong-bo-de-ha-noi"


@pytest.fixture(scope="module")
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


def counts(page: HtmlElement, heading: str) -> dict[str, int]:
    """Address → number of the list under the heading of that id."""
    section = page.get_element_by_id(heading).getparent()
    return {
        link.get("href"): number(text(link.find_class("count")[0]).removesuffix(" bài"))
        for link in section.xpath(".//ul[@class='values']//a")
    }


def bars(page: HtmlElement) -> dict[str, int]:
    """Address → number of the table of a chart."""
    rows = page.xpath("//figure[@class='timeline']//tbody/tr[th/a]")
    return {row.xpath("th/a/@href")[0]: number(text(row.find("td"))) for row in rows}


def test_row_27_the_numbers_of_a_ward_are_those_of_its_search(client: FlaskClient) -> None:
    page = get(client, f"/wards/{BO_DE}")
    found = client.get(f"/search.json?ward={BO_DE}").json
    assert text(page.find(".//h1")) == "Phường Bồ Đề"
    assert "Trước 01/07/2025: Phường Bồ Đề, Quận Long Biên, Hà Nội; " in text(page)
    assert f"Xem tất cả {found['total']} bài" in text(page)
    assert ids(page) == [hit["page"] for hit in found["results"]]
    expected = {
        value["toggle_url"].replace("/search.json", "/search"): value["count"]
        for value in found["facets"]["topic"][:6]
    }
    assert expected
    assert counts(page, "topics") == expected
    alternates = page.xpath("//link[@rel='alternate']/@href")
    assert alternates == [f"/search.atom?ward={BO_DE}", f"/search.json?ward={BO_DE}"]
    assert page.xpath(f"//a[@href='/compare?ward={BO_DE}']")
    assert page.xpath("//link[@rel='canonical']/@href") == [f"http://localhost/wards/{BO_DE}"]


@pytest.mark.parametrize("address", [f"/wards/{BO_DE}", "/topics/kinh-te"])
def test_every_number_leads_to_as_many_articles(client: FlaskClient, address: str) -> None:
    page = get(client, address)
    shown = bars(page) | {
        link: count
        for heading in page.xpath("//h2[@id='topics' or @id='wards']/@id")
        for link, count in counts(page, heading).items()
    }
    assert len(shown) > MONTHS / 2
    for link, count in shown.items():
        assert total(get(client, link)) == count, link


def test_twelve_months_to_the_newest_article(client: FlaskClient) -> None:
    page = get(client, f"/wards/{BO_DE}")
    assert len(page.xpath("//figure[@class='timeline']//tbody/tr")) == MONTHS
    newest = page.xpath("//ol//time/@datetime")[0][:7]
    [*_, last] = page.xpath("//figure[@class='timeline']//tbody/tr/th")
    assert text(last) == f"tháng {int(newest[5:])}/{newest[:4]}"


@pytest.mark.parametrize(
    ("day", "since", "until"),
    [
        (date(2024, 2, 29), date(2023, 3, 1), date(2024, 2, 29)),  # a leap year
        (date(2025, 12, 31), date(2025, 1, 1), date(2025, 12, 31)),
        (date(2026, 1, 1), date(2025, 2, 1), date(2026, 1, 31)),
    ],
)
def test_twelve_months(day: date, since: date, until: date) -> None:
    assert twelve_months(day) == (since, until)


def test_a_date_of_the_future_makes_no_chart_of_the_future(tmp_path: Path) -> None:
    """A portal's slip: 2062 for 2026."""
    config = configuration(tmp_path)
    with open_store(config["STORE"]) as store:
        with store.transaction():
            for day in (date(2062, 3, 1), datetime.now(VIETNAM).date() - timedelta(days=40)):
                store.put(make_article("bo-de", str(day), "Bài mẫu", "Câu mẫu.", day=day))
        build(store, config["INDEX"], Annotator(load_gazetteer(), sources()).annotate, sources())
    with opened(config) as app:
        page = get(app.test_client(), f"/wards/{BO_DE}")
    assert sum(bars(page).values()) == 1


def test_a_topic_tells_when_where_and_what(client: FlaskClient) -> None:
    page = get(client, "/topics/kinh-te")
    found = client.get("/search.json?topic=kinh-te").json
    assert text(page.find(".//h1")) == TOPICS["kinh-te"]
    assert ids(page) == [hit["page"] for hit in found["results"]]
    assert list(counts(page, "wards").values()) == [
        value["count"] for value in found["facets"]["ward"][:20]
    ]


@pytest.mark.parametrize("address", ["/wards/khong-co", "/topics/khong-co", "/wards/x%00y"])
def test_what_is_none_is_not_found(client: FlaskClient, address: str) -> None:
    get(client, address, 404)


def test_a_ward_and_a_topic_without_articles(client: FlaskClient) -> None:
    for address in ("/wards/phuong-sai-gon-ho-chi-minh", "/topics/nong-nghiep"):
        page = get(client, address)
        assert "Chưa có bài nào" in text(page)
        assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
        assert not page.xpath("//figure")


# --- old wards and the list ------------------------------------------------------------------


def test_row_25_a_slug_of_before_leads_to_its_one_successor(
    client: FlaskClient, gazetteer: Gazetteer
) -> None:
    old = [unit for unit in gazetteer if len(unit.successors) == 1][::500]
    for unit in old:
        response = client.get(f"/wards/{unit.slug}")
        assert response.status_code == 301
        assert response.headers["Location"] == f"/wards/{unit.successors[0]}"


def test_row_25_of_several_successors_a_page_lists_them(
    client: FlaskClient, gazetteer: Gazetteer
) -> None:
    several = [unit for unit in gazetteer if len(unit.successors) > 1][::300]
    for unit in several:
        page = get(client, f"/wards/{unit.slug}")
        listed = page.xpath("//main//li/a/@href")
        assert sorted(listed) == sorted(f"/wards/{slug}" for slug in unit.successors)
        assert get(client, listed[0]) is not None


def test_row_25_an_old_name_finds_its_successor(client: FlaskClient) -> None:
    for name in ("phường Ngọc Lâm", "ngoc lam"):
        page = get(client, f"/wards?q={name}")
        found = page.xpath(f"//section[@aria-labelledby='named']//a[@href='/wards/{BO_DE}']")
        assert found, name


def test_part_of_a_name_finds_wards_with_articles(client: FlaskClient) -> None:
    for part in ("hưng", "HUNG"):
        links = counts(get(client, f"/wards?q={part}"), "listed")
        assert links.keys() == {"/wards/phuong-viet-hung-ha-noi", "/wards/phuong-vinh-hung-ha-noi"}


def test_the_list_of_wards(client: FlaskClient) -> None:
    page = get(client, "/wards")
    for link, count in counts(page, "listed").items():
        assert f"Xem tất cả {count} bài" in text(get(client, link))
    [hanoi] = [link for link in counts(page, "provinces") if link.endswith("=ha-noi")]
    names = [text(each) for each in get(client, hanoi).xpath("//section[1]//*[@class='name']")]
    found = client.get("/search.json").json["facets"]["ward"]
    of_hanoi = [value["label"] for value in found if value["value"].endswith("-ha-noi")]
    assert names == sorted(of_hanoi, key=fold)


@pytest.mark.parametrize("asked", ["q=xyzzy", "province=khong-co", "q=%00", "q=" + "a " * 500])
def test_lists_that_are_empty(client: FlaskClient, asked: str) -> None:
    get(client, f"/wards?{asked}")


@pytest.mark.parametrize("address", [f"/wards/{BO_DE}", "/wards", "/topics/kinh-te", "/compare"])
def test_without_time_to_count_no_page_is_half(
    client: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with client.application.test_request_context():
        results = replace(reading().search(Query()), counted=False, facets={})
    monkeypatch.setattr("webui.activity.reading", lambda: SimpleNamespace(search=lambda _: results))
    assert client.get(address).status_code == 503
    monkeypatch.undo()
    assert client.get(address).status_code == 200


# --- how fresh it is -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "badge", "notice"),
    [
        (47, "cập nhật", False),
        (49, "chưa cập nhật từ", True),
        (None, "chưa thu thập được lần nào", True),
    ],
)
def test_row_29_results_of_a_stale_ward_say_so(
    hours: int | None, badge: str, notice: bool, tmp_path: Path
) -> None:
    config = configuration(tmp_path)
    portals = [
        Portal(id, each.name, each.ward, each.province, (f"https://{id}.example.vn/",), ())
        for id, each in sources().items()
    ]
    config["PORTALS"] = tuple(portals)
    at = datetime.now(UTC) - timedelta(hours=hours or 0)
    with open_store(config["STORE"]) as store:
        with store.transaction():
            store.put(make_article("bo-de", "1", "Bài mẫu", "Câu.", day=date(2026, 3, 1)))
            for portal in portals:
                began = at.timestamp() if portal.id == "bo-de" else datetime.now(UTC).timestamp()
                if hours or portal.id != "bo-de":
                    Frontier(store).begin(portal, began)
                    Frontier(store).finish(portal, began, "")
        build(store, config["INDEX"], Annotator(load_gazetteer(), sources()).annotate, sources())
    with opened(config) as app:
        client = app.test_client()
        shown = text(get(client, f"/wards/{BO_DE}").find_class("source")[0])
        assert "Cổng thông tin Phường Bồ Đề (bo-de.example.vn)" in shown
        assert badge in shown
        old = "phuong-ngoc-lam-long-bien-ha-noi"  # became a part of it
        for ward, expected in ((BO_DE, notice), (old, notice), ("phuong-hai-chau-da-nang", False)):
            page = get(client, f"/search?ward={ward}")
            found = re.search("Nguồn Cổng thông tin Phường Bồ Đề chưa", text(page))
            assert bool(found) == expected
        assert "kết quả có thể thiếu" not in text(get(client, "/search"))
