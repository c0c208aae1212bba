"""What readers can ask in one line, what the pages say of it, and how they are helped to ask."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.parsed import get, ids, text, total
from tests.small_site import opened

BO_DE = "phuong-bo-de-ha-noi"


@pytest.fixture(scope="module")
def client(small_site: dict[str, Any]) -> Iterator[FlaskClient]:
    with opened(small_site) as app:
        yield app.test_client()


def found(client: FlaskClient, words: str, others: str = "") -> tuple[int, list[str]]:
    """How many articles the words find, and the first of them in order of their addresses."""
    page = get(client, f"/search?q={quote(words)}{others}")
    return total(page), sorted(ids(page))


@pytest.mark.parametrize(
    ("words", "same", "others"),
    [
        ("“thu gom”", '"thu gom"', ""),
        ('"thu gom', '"thu gom"', ""),  # a quote left open closes at the end
        ("rác HOẶC ngân", "rác OR ngân", ""),
        ("trước:2025-03 ngân", "ngân", "&to=2025-02-28"),
        ("sau:3/2025 ngân", "ngân", "&from=2025-04-01"),
        ("phuong:Bồ Đề ngân", "ngân", f"&ward={BO_DE}"),
        ("nguon:bo-de ngân", "ngân", "&source=bo-de"),
        ("so:154-KH/ĐU", "số:154-KH/ĐU", ""),
    ],
)
def test_row_42_operators(client: FlaskClient, words: str, same: str, others: str) -> None:
    assert found(client, words) == found(client, same, others)
    assert found(client, words)[0] > 0


def test_row_42_minus_and_title(client: FlaskClient) -> None:
    budget, waste = found(client, "ngân")[0], found(client, "rác")[0]
    assert found(client, "ngân OR rác")[0] == budget + waste
    assert found(client, "ngân OR rác -rác")[0] == budget
    assert found(client, "tieude:phân")[0] == 0 < found(client, "phân")[0]


def test_row_42_random_text_is_answered(client: FlaskClient) -> None:
    for words in random_texts(300):
        assert client.get(f"/search?q={quote(words)}").status_code == 200, words


@pytest.mark.soak
def test_row_42_very_much_random_text_is_answered(client: FlaskClient) -> None:
    for words in random_texts(10_000, seed=42):
        assert client.get(f"/search?q={quote(words)}").status_code == 200, words


def random_texts(count: int, seed: int = 7) -> Iterator[str]:
    """Texts of pieces of the grammar and of any characters, most of them nonsense."""
    pick = random.Random(seed)
    pieces = [
        *(
            "ngân",
            "sách",
            "rac",
            "phuong:",
            "tieude:",
            "nguon:",
            "so:",
            "truoc:",
            "sau:",
            "2026-03",
        ),
        *('"', "“", "”", "-", " OR ", " HOẶC ", "31/2/2026", "Bồ Đề", "Bến Nghé", "phường", "UBND"),
        *("(", "*", "\\", "%", "<b>", "a" * 300, "154-KH/ĐU", ":", "9" * 40, "'; DROP TABLE x --"),
    ]
    for _ in range(count):
        strange = [chr(pick.choice((pick.randrange(1, 0x300), pick.randrange(1, 0xD800))))]
        yield "".join(
            pick.choice(pieces + strange) + pick.choice(("", " "))
            for _ in range(pick.randint(1, 8))
        )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("rac", "Đang tìm cả từ có dấu: rác."),
        ("UBND họp", "Đang tìm cả ủy ban nhân dân (UBND)."),
        ("phường Bến Nghé", "Đang tìm cả Phường Sài Gòn, Hồ Chí Minh (phường Bến Nghé)."),
        ("phuong:Bến Nghé rác", "Chỉ lấy bài của Phường Sài Gòn, Hồ Chí Minh."),
        ('rác -nguon:"bồ đề"', "Không lấy bài từ Cổng thông tin Phường Bồ Đề."),
        ("rác truoc:3/2026", "Chỉ lấy bài trước 01/03/2026."),
        ("rác sau:2025", "Chỉ lấy bài sau 31/12/2025."),
        ("phuong:xyz rác", "Không có phường, xã nào tên “xyz”."),
        ("nguon:xyz rác", "Không có nguồn nào tên “xyz”."),
    ],
)
def test_row_20_what_was_understood_is_said(client: FlaskClient, words: str, sentence: str) -> None:
    (line,) = get(client, f"/search?q={quote(words)}").find_class("understood")
    assert sentence in text(line)
    (literal,) = line.xpath("a/@href")
    assert dict(parse_qsl(urlsplit(literal).query)) == {"q": words, "exact": "1"}
    get(client, literal)


def test_row_20_nothing_is_said_of_words_with_accents(client: FlaskClient) -> None:
    assert not get(client, "/search?q=rác thải").find_class("understood")


def test_row_02_words_without_accents_find_every_spelling(client: FlaskClient) -> None:
    assert found(client, "rac") == found(client, "rác")
    assert found(client, '"rac"', "&exact=1")[0] == 0


@pytest.mark.parametrize("words", ["bồ đề", "BỒ ĐỀ", "bô\u0300 đê\u0300"])
def test_row_02_one_spelling_in_several_forms_finds_the_same(
    client: FlaskClient, words: str
) -> None:
    assert found(client, words) == found(client, "Bồ Đề")


def test_row_25_an_old_name_in_the_words_finds_the_ward_of_today(client: FlaskClient) -> None:
    """Phường Ngọc Thụy lies in Phường Bồ Đề since 2025."""
    everything = found(client, "", f"&ward={BO_DE}")[0]
    assert found(client, "phường Ngọc Thụy")[0] >= everything > 0


def test_row_18_what_to_try_where_nothing_is_found(client: FlaskClient) -> None:
    """The search without each filter, then what there is at all; and the form as it was."""
    page = get(client, f"/search?q=rác&ward={BO_DE}&topic=y-te&from=2020")
    assert text(page.get_element_by_id("count")) == "Không tìm thấy bài nào cho “rác”"
    assert page.xpath("//input[@id='q']/@value") == ["rác"]
    assert page.xpath(f"//input[@name='ward' and @value='{BO_DE}' and @checked]")
    tried = page.xpath("//div[@class='nothing']//li")
    assert [text(each.find("a")) for each in tried] == ["Bỏ “Y tế”", "Xóa tất cả bộ lọc"]
    for row in tried:
        found = total(get(client, row.find("a").get("href")))
        assert text(row).endswith(f"→ {found} bài")
        assert found > 0
    assert "Dữ liệu có từ 20/03/2024 đến 20/02/2026, gồm 13 nguồn." in text(page)


def test_row_18_another_query_stands_before_all_else(client: FlaskClient) -> None:
    page = get(client, "/search?q=ngaan sách")
    assert total(page) == 0
    (meant,) = page.xpath("//p[@class='meant'][following::div[@class='nothing']]//a")
    assert total(get(client, meant.get("href"))) > 0


def test_row_18_without_accents_it_may_be_found(client: FlaskClient) -> None:
    page = get(client, "/search?q=“ủy bản”")
    assert total(page) == 0
    (retry,) = page.xpath("//div[@class='nothing']//li/a")
    assert text(retry) == "Tìm không dấu"
    assert total(get(client, retry.get("href"))) > 0


def test_row_19_another_query_is_one_link_with_the_changed_word_marked(
    client: FlaskClient,
) -> None:
    page = get(client, f"/search?q=dự toán ngaan sách&ward={BO_DE}&sort=newest")
    (line,) = page.find_class("meant")
    assert text(line) == "Có phải ý bạn là dự toán ngân sách?"
    assert [text(each) for each in line.iter("mark")] == ["ngân"]
    (link,) = line.xpath("a/@href")
    asked = parse_qsl(urlsplit(link).query)
    assert asked == [("q", "dự toán ngân sách"), ("ward", BO_DE), ("sort", "newest")]
    assert total(get(client, link)) > 0


@pytest.mark.parametrize("words", ["ngân sách", "rac", "ngan sach", "xyzzy", "lịch tiếp công dân"])
def test_row_19_nothing_is_offered_for_what_is_right_or_unknown(
    client: FlaskClient, words: str
) -> None:
    assert not get(client, f"/search?q={quote(words)}").find_class("meant")


def test_row_21_completions_are_those_of_opensearch(client: FlaskClient) -> None:
    response = client.get("/suggest?q=ngan s")
    assert response.mimetype == "application/x-suggestions+json"
    typed, texts, kinds, addresses = response.get_json(force=True)
    assert typed == "ngan s"
    assert texts[0] == "ngân sách"
    assert kinds[0] == "Từ khóa"
    assert len(texts) == len(kinds) == len(addresses) <= 6
    for each in addresses:
        assert client.get(each.removeprefix("http://localhost")).status_code == 200


@pytest.mark.parametrize("typed", ["", "n", "<b>", "a" * 5000, "phường " * 90, "\x00", "%"])
def test_row_21_any_text_may_be_begun(client: FlaskClient, typed: str) -> None:
    response = client.get("/suggest", query_string={"q": typed})
    assert response.status_code == 200
    assert len(response.get_json(force=True)) == 4


def test_row_25_wards_are_found_by_their_old_names(client: FlaskClient) -> None:
    page = get(client, "/wards?q=ngoc thuy")
    assert page.xpath("//main//a[@href='/wards/phuong-bo-de-ha-noi']")


def test_row_42_the_help_explains_every_operator_by_a_search(client: FlaskClient) -> None:
    page = get(client, "/help")
    examples = page.xpath("//dl/dt/a")
    said = " ".join(map(text, examples))
    for sign in ("“", " -", "HOẶC", "tieude:", "phuong:", "nguon:", "so:", "sau:", "trước:"):
        assert sign in said
    for each in examples:
        get(client, each.get("href"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"all": "thu gom rác"}, "thu gom rác"),
        ({"phrase": "“thu gom”", "none": "nhựa"}, '"thu gom" -nhựa'),
        ({"any": "rác ngân", "ward": "Bồ Đề"}, 'rác OR ngân phuong:"Bồ Đề"'),
        ({"title": "ra quân", "source": "bo-de"}, 'tieude:ra tieude:quân nguon:"bo-de"'),
        ({"number": "154-KH/ĐU"}, 'so:"154-KH/ĐU"'),
        ({"all": "rác", "after": "2024", "before": "1 / 3 / 2026"}, "rác sau:2024 truoc:1/3/2026"),
    ],
)
def test_row_42_the_form_builds_the_same_query(
    client: FlaskClient, fields: dict[str, str], words: str
) -> None:
    response = client.get("/advanced", query_string={**fields, "source": fields.get("source", "")})
    assert response.status_code == 303
    assert dict(parse_qsl(urlsplit(response.location).query)) == {"q": words}
    assert total(get(client, response.location)) > 0


def test_row_42_a_day_that_is_none_stays_in_the_form(client: FlaskClient) -> None:
    page = get(client, "/advanced?all=rác&before=31/2/2026")
    (wrong,) = page.xpath("//input[@aria-invalid='true']")
    assert wrong.get("value") == "31/2/2026"
    described = wrong.get("aria-describedby").split()
    assert "Nhập ngày" in text(page.get_element_by_id(described[0]))
    assert page.xpath("//input[@id='all']/@value") == ["rác"]


def test_row_42_the_form_stands_empty_first(client: FlaskClient) -> None:
    page = get(client, "/advanced")
    assert len(page.xpath("//form[@class='advanced']//input")) == 10
