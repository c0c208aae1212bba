"""The page of an article, and that of its changes: over a small store of invented articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml.html import HtmlElement

from crawler.article import VIETNAM, Article, Attachment
from crawler.store import open_store
from indexer.build import build
from indexer.document import Annotator
from indexer.wards import load_gazetteer
from tests.parsed import get, text
from tests.small_site import configuration, make_article, opened, sources

DAY = date(2026, 3, 1)
LATER = datetime(2026, 3, 5, 10, 15, tzinfo=VIETNAM)
RELEASE = "Sáng nay Ủy ban nhân dân phường (bài mẫu) khai mạc hội chợ cây cảnh bên hồ sen. " * 6
PHONE, HIDDEN = "0912345678", "••••••••78"


def made(folder: Path, *articles: Article, withdrawn: Sequence[int] = ()) -> dict[str, Any]:
    """A site of these articles, numbered from 1."""
    config = configuration(folder)
    with open_store(config["STORE"]) as store:
        with store.transaction():
            for article in articles:
                store.put(article)
            for number in withdrawn:
                store.withdraw(number, LATER)
        build(store, config["INDEX"], Annotator(load_gazetteer(), sources()).annotate, sources())
    return config


FIRST = replace(
    make_article(
        "bo-de",
        "1",
        "Báo cáo 9 tháng đầu năm 2022",
        f"Theo Quyết định 1234/QĐ-UBND, gọi {PHONE}.",
        day=DAY,
    ),
    byline=f"Ban biên tập, {PHONE}",
    captions=(f"Bà Mẫu, {PHONE}",),
    attachments=(Attachment("https://bo-de.example.vn/a.pdf", f"Danh sách {PHONE}"),),
)
SECOND = replace(
    FIRST,
    title=f"{FIRST.title}, hỏi {PHONE}",
    body=("Theo Quyết định 1235/QĐ-UBND, gọi 0912345679.",),
    fetched_at=LATER,
)
THIRD = replace(SECOND, body=("Theo Quyết định 1235/QĐ-UBND.",), fetched_at=LATER.replace(day=6))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """1: changed twice, whole. 2: cites the same number, snippet only, changed. 3 and 4: copies.
    5: taken down. 6 and 7: about the same as each other."""
    cited = make_article(
        "viet-hung", "2", "Bài hai", "Căn cứ Quyết định 1235/QĐ-UBND, họp ở hội trường.", day=DAY
    )
    copy = make_article("viet-hung", "3", "Khai mạc hội chợ", RELEASE, day=DAY)
    first = make_article("bo-de", "4", "Hội chợ cây cảnh", RELEASE, day=DAY - timedelta(days=2))
    gone = make_article("bo-de", "5", f"Bài gỡ, gọi {PHONE}", "Chữ đã gỡ.", day=DAY)
    near = "Đội bóng chuyền hơi nữ tập huấn trọng tài, lưới và sân cát. Bài mẫu số "
    like = [
        make_article(portal, number, f"Bóng chuyền hơi {number}", near + number, day=DAY)
        for portal, number in (("bo-de", "6"), ("hai-chau", "7"))
    ]
    edited = replace(cited, body=("Căn cứ Quyết định 1235/QĐ-UBND, họp ở sân.",), fetched_at=LATER)
    config = made(
        tmp_path_factory.mktemp("articles"),
        *(FIRST, cited, copy, first, gone, *like, SECOND, THIRD, edited),
        withdrawn=[5],
    )
    with opened(config) as app:
        yield app.test_client()


def test_what_an_article_says_of_itself(client: FlaskClient) -> None:
    page = get(client, "/articles/1")
    shown = text(page)
    assert "Kỳ được nói đến 01/01/2022 – 30/09/2022 (“9 tháng đầu năm 2022”)" in shown
    assert "Thu thập lúc 06/03/2026 lúc 10:15" in shown
    assert page.xpath("//a[@rel='external'][contains(@class, 'button')]/@href") == [FIRST.url]
    assert text(page.get_element_by_id("cite")).startswith("Trích dẫn bài này “Báo cáo 9 tháng")
    for part in ("Cổng thông tin Phường Bồ Đề, 01/03/2026", FIRST.url, "06/03/2026 lúc 10:15"):
        assert part in text(page.get_element_by_id("cite"))


def test_a_number_leads_to_all_who_cite_it(client: FlaskClient) -> None:
    page = get(client, "/articles/1")
    [address] = page.xpath("//a[contains(., '1235/QĐ-UBND')]/@href")
    found = get(client, address)
    assert {*found.xpath("//h3/a/@href")} == {"/articles/1", "/articles/2"}


@pytest.mark.parametrize("address", ["/articles/1", "/articles/1/revisions/1", "/articles/5"])
def test_no_number_of_a_person_in_any_part(client: FlaskClient, address: str) -> None:
    shown = client.get(address).text
    assert HIDDEN in shown
    assert "091234567" not in shown


def test_no_number_is_cut_into_two_that_nobody_knows_for_one(tmp_path: Path) -> None:
    """The cut of a passage may fall into the number."""
    bodies = ["x" * (240 - shown) + f":{PHONE}" for shown in range(12)]
    articles = [
        make_article("viet-hung", str(number), f"Bài {number}", body, day=DAY)
        for number, body in enumerate(bodies)
    ]
    with opened(made(tmp_path, *articles)) as app:
        pages = [app.test_client().get(f"/articles/{n}").text for n in range(1, 13)]
    assert not any("0912" in page for page in pages)


# --- what was changed ------------------------------------------------------------------------


def changed_words(page: HtmlElement) -> tuple[list[str], list[str]]:
    """What is told to be gone, and what to be new, under title and text."""
    gone, new = (
        [text(each).split("] ", 1)[1] for each in page.xpath(f"//*[@lang='vi']/{tag}")]
        for tag in ("del", "ins")
    )
    return gone, new


def test_the_words_that_were_changed(client: FlaskClient) -> None:
    page = get(client, "/articles/1")
    assert "Đã sửa 2 lần" in text(page.get_element_by_id("revisions"))
    links = page.xpath("//section[@id='revisions']//a/@href")
    assert links == ["/articles/1/revisions/2", "/articles/1/revisions/1"]
    gone, new = changed_words(get(client, links[1]))
    assert gone == ["2022", "1234/QĐ-UBND,", f"{HIDDEN}."]
    assert new == [f"2022, hỏi {HIDDEN}", "1235/QĐ-UBND,", "••••••••79."]
    assert changed_words(get(client, links[0]))[0] == ["1235/QĐ-UBND, gọi ••••••••79."]


def test_of_a_text_that_may_not_be_shown_whole_no_change_is(client: FlaskClient) -> None:
    page = get(client, "/articles/2/revisions/1")
    assert "hội trường" not in text(page)
    assert "chưa đồng ý cho đăng toàn văn" in text(page)


def test_a_former_text_that_was_not_to_be_copied_is_not_shown(tmp_path: Path) -> None:
    before = make_article("bo-de", "1", "Bài mẫu", "Chữ kín đáo.", day=DAY)
    after = replace(before, body=("Chữ mới.",), fetched_at=LATER)
    with opened(made(tmp_path, replace(before, noarchive=True), after)) as app:
        shown = text(get(app.test_client(), "/articles/1/revisions/1"))
    assert "kín đáo" not in shown


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/articles/1/revisions/0", 404),
        ("/articles/1/revisions/3", 404),
        ("/articles/3/revisions/1", 404),
        ("/articles/99/revisions/1", 404),
        (f"/articles/1/revisions/{10**30}", 404),
    ],
)
def test_changes_that_are_none(client: FlaskClient, address: str, status: int) -> None:
    get(client, address, status)


def test_one_taken_down_keeps_title_date_and_link(client: FlaskClient, tmp_path: Path) -> None:
    page = get(client, "/articles/5")
    assert "Đã gỡ" in text(page)
    assert "Chữ đã gỡ" not in text(page)
    first = make_article("bo-de", "1", "Bài mẫu", "Chữ cũ.", day=DAY)
    edited = replace(first, body=("Chữ mới.",), fetched_at=LATER)
    with opened(made(tmp_path, first, edited, withdrawn=[1])) as app:
        shown = text(get(app.test_client(), "/articles/1/revisions/1"))
    assert "Đã gỡ" in shown
    assert "Chữ" not in shown


# --- others ----------------------------------------------------------------------------------


def test_row_45_copies_are_a_link_that_opens_the_list(client: FlaskClient) -> None:
    """ux.md 45, without folding: the total counts every copy, and each links to the others."""
    page = get(client, "/search?q=hội chợ cây cảnh")
    hits = page.xpath("//ol/li/article")
    assert [hit.xpath("h3/a/@href")[0] for hit in hits] == ["/articles/4", "/articles/3"]
    for hit, other in zip(hits, ("/articles/3", "/articles/4"), strict=True):
        [link] = hit.xpath(".//a[contains(@href, '#copies')]")
        assert text(link).startswith("và 1 bài tương tự")
        listed = get(client, link.get("href")).get_element_by_id("copies")
        assert listed.xpath(".//li/a/@href") == [other]
    assert "đăng sớm nhất" in text(get(client, "/articles/3").get_element_by_id("copies"))


def test_articles_about_the_same_are_named(client: FlaskClient) -> None:
    for number, other in ((6, 7), (7, 6)):
        page = get(client, f"/articles/{number}")
        assert page.xpath("//section[@id='similar']//li/a/@href") == [f"/articles/{other}"]


def test_a_copy_is_not_named_twice(client: FlaskClient) -> None:
    page = get(client, "/articles/3")
    assert "/articles/4" not in page.xpath("//section[@id='similar']//li/a/@href")


# --- damage ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        "record = replace(record, 'Chữ', 'Chứ')",
        "record = substr(record, 9)",
        "record = CAST(x'ff' || CAST(record AS BLOB) AS TEXT)",
    ],
    ids=["a letter", "no JSON", "no UTF-8"],
)
def test_a_damaged_record_is_told_and_nothing_else_fails(damage: str, tmp_path: Path) -> None:
    articles = [
        make_article("bo-de", str(n), f"Bài {n}", f"Chữ mẫu. {RELEASE}", day=DAY) for n in range(3)
    ]
    config = made(tmp_path, *articles, replace(articles[1], title="Bài sửa", fetched_at=LATER))
    with open_store(config["STORE"]) as store:
        store.connection.execute(f"UPDATE articles SET {damage} WHERE id = 1")
        store.connection.execute(f"UPDATE revisions SET {damage} WHERE article = 2")
    with opened(config) as app:
        client = app.test_client()
        page = get(client, "/articles/1")
        assert "bị hỏng" in text(page)
        assert "Chữ mẫu" not in text(page)
        assert page.xpath("//a[@rel='external']/@href") == [articles[0].url]
        assert "Bài 2" in text(get(client, "/articles/2").get_element_by_id("copies"))
        assert len(get(client, "/search?q=chữ mẫu").xpath("//ol/li/article")) == 2
        for address in ("/articles/1/revisions/1", "/articles/2/revisions/1"):
            get(client, address, 404)
