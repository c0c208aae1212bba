"""The page that says how portals are doing, and the same rows for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml.html import HtmlElement

from crawler.article import VIETNAM
from crawler.failures import FAILURES
from crawler.frontier import Frontier
from crawler.portals import Portal
from crawler.store import open_store
from tests.parsed import get, text
from tests.small_site import configuration, make_article, opened
from webui.faults import FAULTS, fault_of, in_words
from webui.format import moment
from webui.status import ROWS, STATES

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=VIETNAM)
"""When the clock of these tests stands still."""

CRAWLED = NOON - timedelta(hours=2)
DUE = CRAWLED + timedelta(hours=6)

EXPECTED = {
    "bo-de": "ok",
    "viet-hung": "failing",
    "hai-chau": "paused",
    "khac-0": "delayed",
    "khac-1": "never",
}


def stop_clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """Let the page take this for now."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Stopped:
            return cls.fromtimestamp(at.timestamp(), tz)

    monkeypatch.setattr("webui.status.datetime", Stopped)


def site(folder: Path) -> dict[str, Any]:
    """Five portals as EXPECTED says, with articles first seen half a day to thirty days ago."""
    portals = {id: Portal(id, id, "", "", (f"http://127.0.15.1/{id}",), ()) for id in EXPECTED}
    portals["hai-chau"] = replace(portals["hai-chau"], paused=True)
    config = {**configuration(folder), "PORTALS": tuple(portals.values())}
    article = make_article("bo-de", "1", "Bài mẫu", "Câu mẫu.", day=date(2026, 3, 1))
    with open_store(config["STORE"]) as store, store.transaction():
        for number, days in enumerate((0.5, 3.0, 3.5, 30.0)):
            seen = NOON - timedelta(days=days)
            store.put(replace(article, identity=str(number), fetched_at=seen))
        for id, at in (("bo-de", CRAWLED), ("viet-hung", CRAWLED), ("khac-0", NOON.replace(day=1))):
            Frontier(store).begin(portals[id], at.timestamp())
            error = "3 failures in a row: HTTP 503" if id == "viet-hung" else ""
            Frontier(store).finish(portals[id], at.timestamp(), error)
        store.connection.execute(
            "UPDATE addresses SET due = ? WHERE portal = 'bo-de'", (DUE.timestamp(),)
        )
    return config


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    stop_clock(monkeypatch, NOON)
    with opened(site(tmp_path)) as app:
        yield app.test_client()


def cells(row: HtmlElement) -> dict[str, str]:
    """Heading → text of a row; a narrow screen shows the same headings."""
    return {cell.get("data-label"): text(cell) for cell in row.findall("td")}


def rows(page: HtmlElement) -> dict[str, HtmlElement]:
    """Id of a portal → its row."""
    return {row.xpath("th/a/@href")[0].split("=")[1]: row for row in page.find_class("state")}


def test_row_29_each_portal_with_its_state(client: FlaskClient) -> None:
    shown = rows(get(client, "/status"))
    assert len(shown) == 13
    for id, state in EXPECTED.items():
        assert cells(shown[id])["Tình trạng"] == str(STATES[state])
    assert cells(shown["bo-de"]) == {
        "Tình trạng": "Bình thường",
        "Lần thành công gần nhất": moment(CRAWLED),
        "Lần chạy tới": moment(DUE),
        "Bài mới 24 giờ": "1",
        "Bài mới 7 ngày": "3",
        "Lỗi gần nhất": "–",
    }
    assert cells(shown["khac-0"])["Lần chạy tới"] == "đang chờ đến lượt"
    assert cells(shown["hai-chau"])["Lần chạy tới"] == "tạm dừng"
    assert cells(shown["viet-hung"])["Lỗi gần nhất"] == "Máy chủ báo lỗi (HTTP 503)"


def test_row_29_no_state_is_told_by_colour_alone(client: FlaskClient) -> None:
    shown = rows(get(client, "/status"))
    drawn = {shown[id].xpath(".//td//*[local-name()='path']/@d")[0] for id in EXPECTED}
    assert len(drawn) == len(STATES)


def test_row_29_the_same_rows_for_programs(client: FlaskClient) -> None:
    page = get(client, "/status")
    [address] = page.xpath("//link[@type='application/json']/@href")
    answer = client.get(address)
    listed = {each["source"]["id"]: each for each in answer.json["sources"]}
    for id, row in rows(page).items():
        told, shown = listed[id], cells(row)
        assert told["label"] == shown["Tình trạng"]
        assert (told["error_label"] or "–") == shown["Lỗi gần nhất"]
        assert str(told["new_24h"]) == shown["Bài mới 24 giờ"]
        assert str(told["new_7d"]) == shown["Bài mới 7 ngày"]
    assert listed["bo-de"]["succeeded"] == CRAWLED.isoformat()
    assert listed["bo-de"]["due"] == DUE.isoformat()
    assert listed["viet-hung"]["error"] == "server"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_row_29_those_of_a_state(client: FlaskClient) -> None:
    links = get(client, "/status").xpath("//main/nav//a[contains(@href, 'state=')]")
    assert len(links) == len(STATES)
    for link in links:
        [state] = [name for name in STATES if name in link.get("href")]
        page = get(client, link.get("href"))
        found = rows(page)
        assert text(link).endswith(f"({len(found)})")
        assert {cells(row)["Tình trạng"] for row in found.values()} == {str(STATES[state])}
        answer = client.get(f"/status.json?state={state}").json
        assert [each["source"]["id"] for each in answer["sources"]] == list(found)


@pytest.mark.parametrize(
    ("later", "state"),
    [
        (timedelta(hours=11, minutes=59), "ok"),
        (timedelta(hours=12, minutes=1), "delayed"),  # two intervals of six hours
    ],
)
def test_row_29_the_state_flips_with_the_clock(
    later: timedelta, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch, CRAWLED + later)
    with opened(site(tmp_path)) as app:
        listed = app.test_client().get("/status.json").json["sources"]
    assert {each["source"]["id"]: each["state"] for each in listed}["bo-de"] == state


def test_row_29_new_articles_leave_their_day_and_their_week(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = site(tmp_path)
    counts = []
    for hours in (11, 13, 24 * 4 - 1, 24 * 4 + 1):
        stop_clock(monkeypatch, NOON + timedelta(hours=hours))
        with opened(config) as app:
            told = app.test_client().get("/status.json").json["sources"][0]
        counts.append((told["new_24h"], told["new_7d"]))
    assert counts == [(1, 3), (0, 3), (0, 2), (0, 1)]


def test_no_more_portals_on_a_page_than_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = site(tmp_path)
    usual = config["SOURCES"]["bo-de"]
    config["SOURCES"] = {f"p{n}": replace(usual, id=f"p{n}") for n in range(ROWS + 1)}
    with opened(config) as app:
        client = app.test_client()
        first = get(client, "/status?state=never")
        [following] = first.xpath("//a[@rel='next']/@href")
        second = get(client, following)
        assert len(rows(first)) == ROWS
        assert list(rows(second)) == [f"p{ROWS}"]
        get(client, "/status?page=3", 404)


@pytest.mark.parametrize("asked", ["state=x", "page=x", "page=", "state=%00&state=ok&state=ok"])
def test_what_nobody_can_mean_is_left_out(client: FlaskClient, asked: str) -> None:
    get(client, f"/status?{asked}")


def test_a_state_that_is_none_is_told_to_programs(client: FlaskClient) -> None:
    answer = client.get("/status.json?state=x")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.json["errors"][0]["parameter"] == "state"


# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize("error", sorted({*FAILURES.values(), "the certificate is not valid"}))
def test_every_failure_of_the_crawler_has_a_class(error: str) -> None:
    assert fault_of(error) in FAULTS
    assert fault_of(error) != "other"
    assert fault_of(f"10 failures in a row: {error}") == fault_of(error)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("", ""),
        ("robots.txt: HTTP 503", "Không đọc được robots.txt (HTTP 503)"),
        ("robots.txt forbids it", "Trang không cho máy thu thập (robots.txt)"),
        ("asked to be left alone for 300 s", "Máy chủ đang được để yên một thời gian"),
        ("parked for 60 s after 3 failures in a row", "Máy chủ đang được để yên một thời gian"),
        ("a.vn is at 10.0.0.1, not a public address; see allow_private", None),
        ("HTTP 404", "Máy chủ không đưa trang (HTTP 404)"),
        ("something nobody thought of", "Lỗi khác"),
    ],
)
def test_errors_in_words(client: FlaskClient, error: str, said: str | None) -> None:
    with client.application.test_request_context():
        assert in_words(error) == (said if said is not None else str(FAULTS["elsewhere"]))
