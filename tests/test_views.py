"""The pages over a small real index: what is in them, and that nothing breaks them."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import html
from lxml.html import HtmlElement

from crawler.article import VIETNAM, Attachment
from crawler.attached import note
from crawler.attachments import FileText
from crawler.store import open_store
from indexer.build import build
from indexer.document import Annotator
from indexer.search import QUERY_SECONDS
from indexer.wards import load_gazetteer
from tests.parsed import get, ids, tags, text, total, values
from tests.small_site import (
    HOSTILE_TITLE,
    articles,
    configuration,
    make_article,
    opened,
    sources,
)
from webui import HEADERS


@pytest.fixture(scope="module")
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


def article_called(client: FlaskClient, title: str) -> str:
    """The address of the article of that title."""
    page = get(client, f"/search?{urlencode({'q': title})}")
    return next(a.get("href") for a in page.xpath("//h3/a") if text(a) == title)


# --- results ---------------------------------------------------------------------------------


def test_row_10_a_result_shows_what_readers_choose_by(client: FlaskClient) -> None:
    page = get(client, "/search?q=ngân sách tháng 5 Bồ Đề")
    item = page.xpath("//ol/li/article")[0]
    assert text(item.find("h3/a")) == "Công khai thu chi ngân sách tháng 5 của Phường Bồ Đề"
    assert item.xpath(".//time/@datetime")[0].startswith("2025-05-12")
    assert text(item.find(".//time")) == "12/05/2025"
    assert "bo-de.example.vn" in text(item)
    wards = item.xpath(".//a[starts-with(@href, '/wards/')]")
    assert "Phường Bồ Đề, Hà Nội" in map(text, wards)
    assert item.xpath(".//a[@href='https://bo-de.example.vn/tin/ns-5.html']")
    assert "ngân" in " ".join(mark.text_content().lower() for mark in item.iter("mark"))
    assert len(item.find_class("chip")) <= 3


def test_row_10_a_snippet_is_a_passage_around_the_first_match(client: FlaskClient) -> None:
    """160 to 240 characters, cut between words, with "…" where the text goes on."""
    page = get(client, "/search?q=trụ sở giờ làm việc")
    snippets = [text(each) for each in page.find_class("snippet")]
    cut = [each for each in snippets if "…" in each]
    assert cut
    words = {word for article in articles() for word in article.text.split()}
    for each in cut:
        assert 160 <= len(each) <= 240
        assert set(each.replace("…", " ").split()) <= words
    for snippet in page.find_class("snippet"):
        assert snippet.xpath(".//mark")


def test_row_10_titles_that_are_alike_are_told_apart_by_day(client: FlaskClient) -> None:
    page = get(client, "/search?q=Công khai thu chi ngân sách")
    items = [(text(item.find("h3")), text(item.find(".//time"))) for item in results(page)]
    assert len(set(items)) == len(items) == 20


def results(page: HtmlElement) -> list[HtmlElement]:
    return page.xpath("//ol/li/article")


MARKED = [
    # what is typed, one of the marks: accents of the text are kept, whatever is typed
    ("rac", "rác"),
    ("rac thai", "rác thải"),
    ("RÁC", "rác"),
    ("ra\u0301c", "rác"),
    ("dot", "đợt"),
    ("ĐỢT", "đợt"),
    ("uy ban", "Ủy ban"),
]


@pytest.mark.parametrize(("typed", "mark"), MARKED)
def test_row_03_words_are_marked_however_they_are_typed(
    client: FlaskClient, typed: str, mark: str
) -> None:
    response = client.get(f"/search?{urlencode({'q': typed})}")
    assert f"<mark>{mark}</mark>" in response.text
    pieces = re.split("</?mark>", response.text)
    assert not [each for each in pieces if each and unicodedata.combining(each[0])]


def test_row_03_text_is_escaped_before_it_is_marked(client: FlaskClient) -> None:
    response = client.get("/search?q=ngân sách img onerror")
    assert "&lt;<mark>img</mark> src=x <mark>onerror</mark>=alert(1)&gt;" in response.text
    assert "<img src=x" not in response.text


def test_row_11_the_heading_and_the_title_say_how_many(client: FlaskClient) -> None:
    page = get(client, "/search?q=ngân sách")
    assert text(page.get_element_by_id("count")) == f"{total(page)} kết quả cho “ngân sách”"
    assert page.findtext(".//title") == f"ngân sách – {total(page)} kết quả – Tin Phường"
    assert total(page) >= 30
    answer = client.get("/search.json?q=ngân sách").json
    assert answer is not None
    assert answer["total"] == total(page)
    assert not page.get_element_by_id("count").get("aria-live")  # a whole page was loaded


def test_row_12_without_words_everything_is_listed_newest_first(client: FlaskClient) -> None:
    page = get(client, "/search")
    assert total(page) == 75
    dates = page.xpath("//ol//time/@datetime")
    assert dates == sorted(dates, reverse=True)
    assert page.xpath("//select[@name='sort']/option/@value") == ["newest", "oldest"]


def test_row_12_filters_work_without_words(client: FlaskClient) -> None:
    page = get(client, "/search?ward=phuong-bo-de-ha-noi&from=2025")
    assert 0 < total(page) < 75
    assert all(values(page, facet) for facet in ("province", "ward", "topic", "source", "type"))


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_row_16_order_by_date_the_undated_last(client: FlaskClient, order: str) -> None:
    page = get(client, f"/search?sort={order}")
    pages = [page, *(get(client, f"/search?sort={order}&page={n}") for n in (2, 3, 4))]
    dates = [each.xpath(".//time/@datetime") for page in pages for each in results(page)]
    assert [each for each in dates if not each] == dates[-1:] == [[]]
    assert dates[:-1] == sorted(dates[:-1], reverse=order == "newest")
    assert page.xpath("//option[@selected]/@value") == [order]


def test_row_16_relevance_is_for_words(client: FlaskClient) -> None:
    page = get(client, "/search?q=rác")
    options = page.xpath("//form//select[@name='sort']/option")
    assert [text(each) for each in options] == ["Liên quan nhất", "Mới nhất", "Cũ nhất"]
    assert page.xpath("//option[@selected]/@value") == ["relevance"]
    page = get(client, "/search?sort=relevance")
    assert page.xpath("//option/@value") == ["newest", "oldest"]
    assert page.xpath("//option[@selected]/@value") == ["newest"]


def test_row_17_pages_never_overlap_and_hold_everything(client: FlaskClient) -> None:
    seen: list[str] = []
    address = "/search?sort=newest"
    for _ in range(10):
        page = get(client, address)
        seen += ids(page)
        following = page.xpath("//nav//a[contains(@rel, 'next')]/@href")
        if not following:
            break
        address = following[0]
    assert len(seen) == len(set(seen)) == total(page)


def test_row_17_paging_keeps_every_parameter(client: FlaskClient) -> None:
    page = get(client, "/search?q=rác&from=2020&sort=newest&page=1")
    following = page.xpath("//nav//a[contains(@rel, 'next')]/@href")[0]
    assert dict(parse_qsl(urlsplit(following).query)) == {
        "q": "rác",
        "from": "2020-01-01",
        "sort": "newest",
        "page": "2",
    }
    current = get(client, following).xpath("//nav//a[@aria-current='page']")
    assert [text(a) for a in current] == ["2"]


def test_row_17_links_to_pages_say_what_they_are(client: FlaskClient) -> None:
    page = get(client, "/search?page=2")
    (nav,) = page.xpath("//nav[@class='pages']")
    assert nav.get("aria-label")
    assert nav.xpath(".//a[contains(@rel, 'prev')]/@href") == ["/search"]
    assert nav.xpath(".//a[contains(@rel, 'next')]/@href") == ["/search?page=3"]
    assert page.xpath("//head/link[@rel='next']/@href") == ["/search?page=3"]
    assert len(ids(page)) == 20


def test_row_17_a_page_that_is_no_number_is_the_first(client: FlaskClient) -> None:
    assert ids(get(client, "/search?q=rác&page=abc")) == ids(get(client, "/search?q=rác"))


def test_row_17_past_the_last_page_is_not_found_and_leads_to_the_first(client: FlaskClient) -> None:
    page = get(client, "/search?q=rác&page=9999", 404)
    assert page.xpath("//main//a/@href")[0] == "/search?q=r%C3%A1c"


def test_a_ward_that_is_searched_unaccented_says_what_else_is_searched(
    client: FlaskClient,
) -> None:
    page = get(client, "/search?q=rac thai")
    assert total(page) == 30
    line = page.find_class("understood")[0]
    assert "rác" in text(line)
    (literal,) = line.xpath("a/@href")
    assert dict(parse_qsl(urlsplit(literal).query)) == {"q": "rac thai", "exact": "1"}
    again = get(client, literal)
    assert total(again) == 0
    assert again.xpath("//input[@type='hidden' and @name='exact' and @value='1']")


def test_an_article_that_lacks_words_is_announced(client: FlaskClient) -> None:
    page = get(client, "/search?q=công khai thu chi ngân sách năm mới xyzzy")
    assert total(page) > 0
    assert page.find_class("partial")
    assert not get(client, "/search?q=thu gom rác").find_class("partial")


# --- facets and filters ----------------------------------------------------------------------

HONEST = [
    "/search",
    "/search?q=ngân sách",
    "/search?q=rác thải&from=2025",
    "/search?q=ngan sach&source=bo-de",
    "/search?source=bo-de&source=hai-chau&to=6/2025",
]


@pytest.mark.parametrize("address", HONEST)
def test_row_05_a_count_is_the_total_of_the_page_it_leads_to(
    client: FlaskClient, address: str
) -> None:
    page = get(client, address)
    checked = 0
    for facet in ("ward", "province", "topic", "source", "type"):
        kept = [pair for pair in parse_qsl(urlsplit(address).query) if pair[0] != facet]
        for value, (count, ticked) in values(page, facet).items():
            if not ticked:
                there = get(client, f"/search?{urlencode([*kept, (facet, value)])}")
                assert total(there) == count, (facet, value)
                checked += 1
    assert checked >= 5


def two_wards(page: HtmlElement) -> tuple[str, str]:
    first, second = list(values(page, "ward"))[:2]
    return first, second


def test_row_04_values_of_one_facet_add_up_and_facets_narrow(client: FlaskClient) -> None:
    page = get(client, "/search?q=ngân sách")
    (one, other), topic = two_wards(page), next(iter(values(page, "topic")))

    def found(*pairs: tuple[str, str]) -> set[str]:
        address = f"/search?{urlencode([('q', 'ngân sách'), *pairs])}"
        first = get(client, address)
        more = set(ids(get(client, f"{address}&page=2"))) if total(first) > 20 else set()
        return set(ids(first)) | more

    assert found(("ward", one), ("ward", other)) == found(("ward", one)) | found(("ward", other))
    assert found(("ward", one), ("topic", topic)) == found(("ward", one)) & found(("topic", topic))


@pytest.mark.parametrize("facet", ["ward", "province", "topic", "source", "type"])
def test_row_06_a_value_that_is_none_is_shown_ticked_and_can_be_dropped(
    client: FlaskClient, facet: str
) -> None:
    page = get(client, f"/search?{facet}=khong-co-dau")
    assert total(page) == 0
    assert values(page, facet)["khong-co-dau"] == (0, True)
    assert list(tags(page).values()) == ["/search"]


def test_row_06_no_value_without_articles_is_offered(client: FlaskClient) -> None:
    page = get(client, "/search?q=ngân sách&from=2025")
    for facet in ("ward", "province", "topic", "source"):
        assert all(count > 0 for count, _ in values(page, facet).values())


def test_row_07_every_applied_filter_can_be_dropped_alone(client: FlaskClient) -> None:
    page = get(client, "/search?q=ngân sách")
    one, other = two_wards(page)
    topic = next(iter(values(page, "topic")))
    pairs = [
        *(("q", "ngân sách"), ("ward", one), ("ward", other), ("topic", topic)),
        *(("from", "2025-01-01"), ("to", "2025-12-31"), ("sort", "newest")),
    ]
    page = get(client, f"/search?{urlencode(pairs)}")
    found = tags(page)
    assert len(found) == 5
    assert all(name.startswith("Bỏ lọc ") for name in found)
    for address in found.values():
        rest = parse_qsl(urlsplit(address).query)
        assert len(rest) == len(pairs) - 1
        assert set(rest) < set(pairs)
    clear = page.find_class("clear")[0].get("href")
    assert parse_qsl(urlsplit(clear).query) == [("q", "ngân sách"), ("sort", "newest")]


def test_row_13_wrong_dates_are_explained_beside_the_field(client: FlaskClient) -> None:
    page = get(client, "/search?q=rác&source=bo-de&from=31/2/2026&to=2026")
    field = page.get_element_by_id("from")
    assert field.get("aria-invalid") == "true"
    assert field.get("value") == "31/2/2026"
    error = page.get_element_by_id(field.get("aria-describedby").split()[0])
    assert text(error) == "Nhập ngày đúng dạng ngày/tháng/năm"
    assert page.get_element_by_id("to").get("value") == "31/12/2026"
    assert page.xpath("//*[@role='alert']//a/@href") == ["#from"]
    assert list(tags(page)) == [
        "Bỏ lọc Nguồn: Cổng thông tin Phường Bồ Đề",
        "Bỏ lọc Thời gian: đến 31/12/2026",
    ]
    assert page.xpath("//details[@class='panel']/@open")


TYPED_DAYS = ["15/3/2025", "15-03-2025", "2025-03-15", "15.3.2025", "15032025"]


@pytest.mark.parametrize("typed", TYPED_DAYS)
def test_row_13_days_are_read_as_readers_type_them(client: FlaskClient, typed: str) -> None:
    page = get(client, f"/search?from={typed}&to={typed}")
    assert [page.get_element_by_id(name).get("value") for name in ("from", "to")] == [
        "15/03/2025"
    ] * 2


def test_row_13_days_the_wrong_way_round_are_an_error_and_no_swap(client: FlaskClient) -> None:
    page = get(client, "/search?q=rác&from=2026&to=2025&source=bo-de")
    assert text(page.get_element_by_id("to-error")) == "“Từ ngày” phải trước “Đến ngày”"
    summary = page.find_class("problem")[0]
    assert summary.get("autofocus") is not None
    assert summary.get("tabindex") == "-1"
    assert list(tags(page)) == ["Bỏ lọc Nguồn: Cổng thông tin Phường Bồ Đề"]


def test_row_13_an_article_of_new_years_eve_is_of_the_old_year(tmp_path: Path) -> None:
    """23:30 in Vietnam is of that day there, though in UTC, and on a server anywhere else."""
    config = configuration(tmp_path)
    late = make_article("bo-de", "1", "Bài cuối năm", "Bài mẫu.", day=date(2025, 12, 31))
    assert late.published is not None
    with open_store(config["STORE"]) as store:
        with store.transaction():
            store.put(replace(late, published=replace(late.published, time=time(23, 30))))
        build(store, config["INDEX"], Annotator(load_gazetteer(), sources()).annotate, sources())
    with opened(config) as app:
        client = app.test_client()
        found = [total(get(client, f"/search?from={m}&to={m}")) for m in ("12/2025", "1/2026")]
        day = text(get(client, "/search").find(".//time"))
    assert (found, day) == ([1, 0], "31/12/2025")


def test_row_13_ready_made_spans_are_links(client: FlaskClient) -> None:
    page = get(client, "/search?ward=phuong-bo-de-ha-noi&sort=oldest&page=2")
    links = page.xpath("//ul[@class='presets']//a")
    assert [text(each) for each in links] == [
        *("Hôm nay", "7 ngày qua", "30 ngày qua", "Năm nay", "Năm trước", "Mọi thời gian")
    ]
    for each in links[:-1]:
        pairs = dict(parse_qsl(urlsplit(each.get("href")).query))
        assert set(pairs) == {"ward", "sort", "from", "to"}
        assert pairs["from"] <= pairs["to"]


def test_row_14_days_are_typed_as_text_with_an_example_beside_them(client: FlaskClient) -> None:
    page = get(client, "/search")
    assert not page.xpath("//input[@type='date'] | //input[@placeholder]")
    for name in ("from", "to"):
        field = page.get_element_by_id(name)
        assert (field.get("type"), field.get("inputmode")) == ("text", "numeric")
        (hint,) = (page.get_element_by_id(each) for each in field.get("aria-describedby").split())
        assert text(hint) == "Ví dụ: 15/3/2026, 3/2026 hoặc 2026"


def test_row_13_a_month_is_meant_whole(client: FlaskClient) -> None:
    page = get(client, "/search?q=ngân sách&from=5/2025&to=5/2025&source=viet-hung")
    assert page.xpath("//ol//time/@datetime")[0].startswith("2025-05-12")
    assert total(page) == 1


def test_nothing_found_says_what_would_find_something(client: FlaskClient) -> None:
    page = get(client, "/search?q=rác thải&source=bo-de&from=2030")
    assert text(page.get_element_by_id("count")) == "Không tìm thấy bài nào cho “rác thải”"
    assert page.get_element_by_id("q").get("value") == "rác thải"
    offers = page.xpath("//div[@class='nothing']//li")
    assert text(offers[0]) == "Bỏ “từ 01/01/2030” → 10 bài"
    for offer in offers:
        count = int(text(offer).split("→ ")[1].split()[0])
        assert total(get(client, offer.find("a").get("href"))) == count > 0


# --- the article page ------------------------------------------------------------------------


def test_an_article_whose_portal_agreed_is_shown_whole(client: FlaskClient) -> None:
    title = "Công khai thu chi ngân sách tháng 5 của Phường Bồ Đề"
    page = get(client, article_called(client, title))
    assert text(page.find(".//h1")) == title
    assert "Đăng ngày 12/05/2025 lúc 08:30" in text(page)
    assert "bằng 103% dự toán được giao." in text(page)
    assert page.xpath("//a[@href='https://bo-de.example.vn/tin/ns-5.html']")
    assert page.xpath("//link[@rel='canonical']/@href") == [
        "https://bo-de.example.vn/tin/ns-5.html"
    ]
    numbers = page.xpath("//a[contains(@href, 'so%3A')]/@href")
    assert [parse_qsl(urlsplit(number).query) for number in numbers] == [[("q", "so:154-KH/ĐU")]]
    assert "Thu thập lúc 01/03/2026 lúc 09:00" in text(page)


def test_an_article_of_another_portal_is_a_beginning_and_a_link(client: FlaskClient) -> None:
    title = "Công khai thu chi ngân sách tháng 5 của Phường Việt Hưng"
    page = get(client, article_called(client, title))
    body = text(page.find_class("text")[0])
    assert "…" in body
    assert len(body.split("…")[0]) <= 240
    assert "trong giờ làm việc. Người dân" not in body
    assert page.xpath("//a[@href='https://viet-hung.example.vn/tin/ns-5.html']")


def test_an_article_without_date_says_so(client: FlaskClient) -> None:
    page = get(client, article_called(client, "Bài không rõ ngày"))
    assert "Không rõ ngày đăng" in text(page)


def test_numbers_of_persons_are_hidden_everywhere(client: FlaskClient) -> None:
    address = article_called(client, "Thông báo mẫu")
    for where in (address, "/search?q=Thông báo mẫu", "/search.json?q=Thông báo mẫu"):
        shown = client.get(where).text
        assert "345.678" not in shown
        assert "001086012345" not in shown
    assert "••••.•••.•78" in client.get(address).text
    assert "7.950.000.000 đồng" in client.get(address).text


def test_attachments_and_edits_are_shown(client: FlaskClient) -> None:
    page = get(client, article_called(client, "Bài có tệp đính kèm"))
    assert page.xpath("//a[@href='https://bo-de.example.vn/du-toan.pdf']/text()") == ["Dự toán.pdf"]
    page = get(client, article_called(client, "Bài bị sửa"))
    assert "Đã sửa 1 lần" in text(page)


def test_copies_and_the_text_of_files_are_shown(tmp_path: Path) -> None:
    """Of a portal that agreed to whole texts, and of one that did not."""
    config = configuration(tmp_path)
    body = "Bài mẫu về việc thu gom rác thải ở các tổ dân phố và giữ sạch đường làng ngõ xóm. " * 3
    file = Attachment("https://bo-de.example.vn/a.pdf", "Dự toán")
    scan = Attachment("https://bo-de.example.vn/b.pdf", "Quyết định")
    late = make_article("bo-de", "1", "Bài một", body, day=date(2026, 3, 2))
    early = make_article("viet-hung", "1", "Bài hai", body, day=date(2026, 3, 1))
    with open_store(config["STORE"]) as store:
        with store.transaction():
            store.put(replace(late, attachments=(file, scan)))
            store.put(replace(early, attachments=(replace(file),)))
            note(store, "bo-de", file.url, "00", FileText("text", "Chi mua cây bàng\n" * 90))
            note(store, "bo-de", scan.url, "00", FileText("scan"))
            note(store, "viet-hung", file.url, "00", FileText("text", "Chi mua cây bàng\n" * 90))
        build(store, config["INDEX"], Annotator(load_gazetteer(), sources()).annotate, sources())
    with opened(config) as app:
        client = app.test_client()
        one, two = get(client, "/articles/1"), get(client, "/articles/2")
        found = get(client, "/search?q=cây bàng")
        of_words = get(client, "/search?q=rác thải")
    assert "(bản quét)" in text(one)
    assert text(one).count("cây bàng") == 90
    assert 0 < text(two).count("cây bàng") < 20
    assert one.xpath("//section[@id='copies']//a/@href") == ["/articles/2"]
    assert "đăng sớm nhất" in text(one.get_element_by_id("copies"))
    assert "Bài này được đăng sớm nhất" in text(two.get_element_by_id("copies"))
    assert "Trong tệp Dự toán:" in text(found)
    assert "Trong tệp" not in text(of_words)
    assert "và 1 bài tương tự" in text(of_words)


def test_pages_that_ask_for_restraint_and_one_taken_down(tmp_path: Path) -> None:
    """By the robots meta of their own pages; the portal's entry says `full` all the same."""
    config = configuration(tmp_path)
    day, body = date(2026, 3, 1), "Câu mẫu kín đáo. " * 30 + "Hết bài mẫu."
    usual = make_article("bo-de", "thuong", "Bài thường", body, day=day)
    with open_store(config["STORE"]) as store:
        with store.transaction():
            store.put(usual)
            store.put(replace(usual, identity="luu", noarchive=True))
            store.put(replace(usual, identity="trich", nosnippet=True))
            store.put(replace(usual, identity="go"))
            store.withdraw(4, datetime(2026, 4, 2, tzinfo=VIETNAM))
        annotator = Annotator(load_gazetteer(), sources())
        build(store, config["INDEX"], annotator.annotate, sources())
    with opened(config) as app:
        shown = [text(get(app.test_client(), f"/articles/{number}")) for number in range(1, 5)]
        found = total(get(app.test_client(), "/search?q=mẫu"))
    assert ["Hết bài mẫu." in page for page in shown] == [True, False, False, False]
    assert ["kín đáo" in page for page in shown] == [True, True, False, False]
    assert "Cổng tin đã gỡ bài này; chúng tôi nhận thấy ngày 02/04/2026" in shown[3]
    assert found == 3


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_an_article_that_is_none_is_not_found(client: FlaskClient, number: str) -> None:
    page = get(client, f"/articles/{number}", 404)
    assert text(page.find(".//h1")) == "Không tìm thấy trang"


# --- every page ------------------------------------------------------------------------------

PAGES = ["/", "/search", "/search?q=rác&page=2", "/search?q=xyzzy", "/articles/1", "/status"]
BAD = ["/nowhere", "/search?page=99", "/articles/999999"]


@pytest.mark.parametrize("address", PAGES + BAD)
def test_landmarks_and_headings(client: FlaskClient, address: str) -> None:
    page = html.fromstring(client.get(address).text)
    assert page.get("lang") == "vi"
    assert [child.tag for child in page.find("body")] == ["a", "header", "main", "footer"]
    levels = [int(h.tag[1]) for h in page.iter("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in zip([0, *levels], levels, strict=False))
    skip = page.find("body/a").get("href")
    assert page.get_element_by_id(skip.removeprefix("#")).get("tabindex") == "-1"
    names = [element.get("id") for element in page.xpath("//*[@id]")]
    assert len(names) == len(set(names))
    assert "lienhe@example.vn" in text(page.find("body/footer"))


@pytest.mark.parametrize("address", PAGES + BAD)
def test_row_01_no_inline_script_or_style_and_no_dead_link(
    client: FlaskClient, address: str
) -> None:
    page = html.fromstring(client.get(address).text)
    assert not page.xpath(
        "//style | //script[not(@src or @type = 'application/ld+json')] | //@style"
    )
    assert not [name for name in page.xpath("//@*") if name.attrname.startswith("on")]
    assert "#" not in page.xpath("//a/@href")
    for control in page.xpath("//input | //select | //button[not(@type='button')]"):
        assert [form.get("method") for form in control.iterancestors("form")] == ["get"]


@pytest.mark.parametrize(
    "address",
    [
        *PAGES,
        *BAD,
        *("/static/style.css", "/static/search.js", "/static/icon.svg", "/static/none"),
        *("/search.json", "/search.json?page=x", "/search.json?page=99", "/wards/x"),
    ],
)
def test_every_answer_has_the_security_headers(client: FlaskClient, address: str) -> None:
    headers = client.get(address, buffered=True).headers
    own = {"Cross-Origin-Resource-Policy"} if address.startswith("/search.json") else set()
    for name, value in HEADERS.items():
        assert headers[name] == value or name in own


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
@pytest.mark.parametrize("address", ["/", "/search", "/search.json", "/articles/1"])
def test_pages_are_for_reading_only(client: FlaskClient, method: str, address: str) -> None:
    response = client.open(address, method=method)
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert client.head(address).status_code == 200


def test_static_files_are_kept_under_addresses_that_change_with_them(client: FlaskClient) -> None:
    address = get(client, "/").xpath("//link[@rel='stylesheet']/@href")[0]
    response = client.get(address, buffered=True)
    assert re.search(r"\?v=[0-9a-f]{10}$", address)
    assert response.cache_control.max_age == 365 * 24 * 3600


# --- what readers and crawled pages may hold ---------------------------------------------------

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{ 7*7 }}{% debug %}",
    "</title><svg/onload=alert(1)>",
    "&lt;script&gt;",
    "\u202ertl",
]


def live(page: HtmlElement) -> list[str]:
    """Foreign elements, handlers and addresses that would run something."""
    return [
        *map(str, page.xpath("//svg[not(@class='chart')] | //script[not(@src)]")),
        *(each for each in page.xpath("//@src") if not each.startswith("/static/")),
        *(name.attrname for name in page.xpath("//@*") if name.attrname.startswith("on")),
        *(each for each in page.xpath("//@href") if each.lower().strip().startswith("javascript")),
    ]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize(
    "name", ["q", "ward", "topic", "source", "type", "province", "from", "to", "sort", "page"]
)
def test_nothing_asked_comes_alive(client: FlaskClient, name: str, payload: str) -> None:
    page = get(client, f"/search?{urlencode({'q': 'rác', name: payload})}")
    assert live(page) == []
    assert "49" not in text(page.find(".//title"))


def test_nothing_crawled_comes_alive(client: FlaskClient) -> None:
    page = get(client, "/search?q=ngân sách&from=7/7/2025&to=7/7/2025")
    assert live(page) == []
    (link,) = [a for a in page.xpath("//h3/a") if "onerror" in text(a)]
    assert text(link) == HOSTILE_TITLE
    assert not page.xpath("//a[starts-with(@href, 'javascript')]")
    page = get(client, link.get("href"))
    assert live(page) == []
    assert text(page.find(".//h1")) == HOSTILE_TITLE
    assert "<script>alert(3)</script>" in text(page)
    assert "<b onmouseover=alert(6)>mở đầu</b>" in text(page)
    assert not page.xpath("//a[contains(@href, 'evil') or contains(@href, 'alert')]")


WEIRD = [
    b"q=%00",
    b"q=%ED%A0%80",  # a lone surrogate in CESU
    b"q=%FF%FE",
    b"q=" + b"x" * 100_000,
    b"q=" + b"a%20" * 5_000,
    b"q=%22",
    b"q=%22%22%22",
    b"q=((((((((((",
    b"q=-",
    b"q=--ng%C3%A2n",
    b"q=OR+OR+OR",
    b"q=*",
    b"q=a*+%3F+~2+%5E5",
    b"q=tieude:",
    b"q=so:&exact=1",
    b"q=phuong:nguon:so:",
    b"q=truoc:99999999",
    b"q=%E2%80%8B",  # a zero-width space
    b"q=%F0%9F%98%80",
    b"q=%CC%81",  # a combining mark alone
    b"q&ward&from=&to=&sort=&page=",
    b"%%%&&&===",
    b"ward=" + b"&ward=".join(str(n).encode() for n in range(400)),
    b"from=99999999999&to=-1",
    b"page=999999999",
]


@pytest.mark.parametrize("raw", WEIRD, ids=lambda raw: raw[:24].decode())
def test_no_query_breaks_a_page(client: FlaskClient, raw: bytes) -> None:
    for path, allowed in (("/search", {200, 404}), ("/search.json", {200, 400})):
        response = client.get(path, environ_overrides={"QUERY_STRING": raw.decode()})
        assert response.status_code in allowed


# --- when something is missing -----------------------------------------------------------------


def test_row_41_without_an_index_the_page_names_the_command(
    small_site: dict[str, Any], tmp_path: Path
) -> None:
    with opened({**small_site, "INDEX": tmp_path / "none"}) as app:
        client = app.test_client()
        for address in ("/", "/search?q=rác"):
            page = get(client, address, 503)
            assert "tinphuong index" in text(page)
            assert client.get(address).headers["Retry-After"]
        assert get(client, "/search?q=rác", 503).get_element_by_id("q").get("value") == "rác"
        answer = client.get("/search.json")
        assert answer.status_code == 503
        assert "tinphuong index" in answer.json["detail"]


def test_without_a_store_the_page_names_the_command(
    small_site: dict[str, Any], tmp_path: Path
) -> None:
    config = {**small_site, "INDEX": tmp_path / "no", "STORE": tmp_path / "none.db"}
    with opened(config) as app:
        for address in ("/", "/articles/1", "/status"):
            assert "tinphuong crawl" in text(get(app.test_client(), address, 503))


def test_the_index_is_found_as_soon_as_it_is_there(
    small_site: dict[str, Any], tmp_path: Path
) -> None:
    index = tmp_path / "whoosh"
    with opened({**small_site, "INDEX": index}) as app:
        client = app.test_client()
        assert client.get("/search").status_code == 503
        index.symlink_to(small_site["INDEX"], target_is_directory=True)
        assert client.get("/search").status_code == 200


class Broken:
    """Stands in for Reading; every search fails."""

    def search(self, query: object) -> None:
        raise RuntimeError("secret of the machine room")


@pytest.mark.parametrize("address", ["/search?q=rác", "/search.json"])
def test_a_fault_of_ours_is_a_page_that_tells_nothing(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr("webui.views.reading", Broken)
    monkeypatch.setattr("webui.api.reading", Broken)
    response = client.get(address)
    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_without_a_contact_the_page_says_so(small_site: dict[str, Any]) -> None:
    with opened({**small_site, "CONTACT": ""}) as app:
        assert "chưa cho biết địa chỉ liên hệ" in text(get(app.test_client(), "/status"))


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/search?q=rác", "text/html"), ("/search.json?q=rác", "application/problem+json")],
)
def test_row_41_a_query_that_takes_too_long_is_given_up(
    path: str, kind: str, small_site: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = itertools.count(step=QUERY_SECONDS + 1)
    with opened(small_site) as app:
        monkeypatch.setattr("indexer.search.monotonic", lambda: next(ticks))
        monkeypatch.setattr("indexer.engine.generation.monotonic", lambda: next(ticks))
        answer = app.test_client().get(path)
        assert (answer.status_code, answer.mimetype) == (503, kind)
        assert "Câu tìm quá nặng" in answer.text
        monkeypatch.undo()
        assert app.test_client().get(path).status_code == 200


class Down:
    """Stands in for Reading; the disk is gone."""

    def search(self, query: object) -> None:
        raise OSError("Input/output error")


def test_row_41_when_nothing_can_be_read_the_form_is_kept(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webui.views.reading", Down)
    pairs = [("q", "rác"), ("ward", "a"), ("ward", "b"), ("from", "2025-01-01"), ("sort", "oldest")]
    page = get(client, f"/search?{urlencode([*pairs, ('page', '2')])}", 503)
    (form,) = page.xpath("//main//form")
    assert form.get("action") == "/search"
    sent = [(box.get("name"), box.get("value")) for box in form.xpath(".//input")]
    assert sorted(sent) == sorted(pairs)
    assert "Thử lại" in [text(each) for each in page.xpath("//main//a")]
    assert "Input/output" not in text(page)


def test_row_41_without_time_for_counts_there_are_results_and_a_note(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "/search?q=rác&ward=phuong-bo-de-ha-noi&sort=newest"
    whole = get(client, asked)
    now = monotonic()
    ticks = itertools.chain([now], itertools.repeat(now + QUERY_SECONDS + 1))
    monkeypatch.setattr("indexer.search.monotonic", lambda: next(ticks))
    page = get(client, asked)
    assert ids(page) == ids(whole)
    assert total(page) == total(whole)
    assert "chưa kịp đếm" in text(page.find_class("partial")[0])
    assert not page.find_class("count")
    assert page.xpath("//input[@name='ward' and @checked]/@value") == ["phuong-bo-de-ha-noi"]
    assert not whole.find_class("partial")
