"""What the sample portals promise: enough articles, marked, invented, and shown as portals do."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import pytest
import vietnamadminunits
from lxml import html

from crawler.portals import load_portals
from tests.portals.frames import (
    MARK,
    article_page,
    contact_page,
    home_page,
    listing_page,
    print_page,
)
from tests.portals.server import portals_toml, serve
from tests.portals.sites import (
    ADDRESSES,
    SampleArticle,
    Site,
    article_path,
    listing_path,
    load_sites,
    print_path,
)

SITES = {site.id: site for site in load_sites()}
ARTICLES = [(site, article) for site in SITES.values() for article in site.articles]
NETWORK = build_opener(ProxyHandler({}))
MERGER = date(2025, 7, 1)


def words(article: SampleArticle) -> str:
    """All that its author wrote, one line a paragraph."""
    parts = (article.title, article.lead, *article.body, *article.captions, *article.attachments)
    return "\n".join(parts)


@pytest.fixture(scope="module")
def bases() -> Iterator[dict[str, str]]:
    with serve() as bases:
        yield bases


def get(url: str, **headers: str) -> tuple[int, dict[str, str], str]:
    request = Request(url, headers={name.replace("_", "-"): each for name, each in headers.items()})
    try:
        with NETWORK.open(request, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read().decode(errors="replace")
    except HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read().decode(errors="replace")


def links(url: str, text: str) -> list[str]:
    """The links of a page to its own site, without the way into the language trap."""
    found = [urljoin(url, each) for each in html.fromstring(text).xpath("//a/@href")]
    own = [
        each.partition("#")[0] for each in found if urlsplit(each).netloc == urlsplit(url).netloc
    ]
    return [each for each in own if not urlsplit(each).path.startswith(("/en/", "/vi/vi/"))]


# --- the texts


def test_five_sites_in_five_families() -> None:
    assert len(SITES) == 5
    assert {site.family for site in SITES.values()} == set(ADDRESSES)
    assert len({site.host for site in SITES.values()}) == 5


@pytest.mark.parametrize("site", SITES.values(), ids=list(SITES))
def test_a_site_has_at_least_twelve_articles_in_sections_it_has(site: Site) -> None:
    assert len(site.articles) >= 12
    assert len({article.id for article in site.articles}) == len(site.articles)
    assert all(3 <= len(article.body) <= 8 for article in site.articles)
    assert {article.section for article in site.articles} == set(site.sections)


def test_the_wards_are_real_ones_two_of_today_and_one_merged_away() -> None:
    """The merged one has exactly one successor, and no text of it is younger than the merger."""
    dataset = Path(vietnamadminunits.__file__).parent / "data" / "dataset.db"
    with sqlite3.connect(f"file:{dataset}?mode=ro", uri=True) as units:
        today = set(units.execute("SELECT ward, provinceShort FROM admin_units"))
        before = set(units.execute("SELECT ward, provinceShort FROM admin_units_legacy"))
    units.close()
    current = {site.id for site in SITES.values() if (site.ward, site.province) in today}
    assert len(current) >= 2
    (merged,) = (site for site in SITES.values() if site.id not in current)
    assert (merged.ward, merged.province) in before
    assert all(article.written.date() < MERGER for article in merged.articles)


def test_budget_is_a_topic_of_several_wards() -> None:
    about = [site.id for site, article in ARTICLES if "ngân sách" in words(article).lower()]
    assert len(about) >= 8
    assert len(set(about)) >= 3


# What the searching rooms are tried with stands somewhere in the texts.
SPELLINGS = ["UBND", "HĐND", "GPMB", "1.234,5 tỷ", "144%", "07/2022", "K1", "Tổ 5", "81m"]
TONES = ["hoà", "hòa", "uỷ", "ủy", "khoá", "khóa"]


@pytest.mark.parametrize("spelling", SPELLINGS + TONES)
def test_the_texts_have(spelling: str) -> None:
    assert any(spelling in words(article) for _, article in ARTICLES)


def test_document_numbers_are_none_that_was_issued() -> None:
    numbers = [
        int(number)
        for _, article in ARTICLES
        for number in re.findall(r"\b(\d+)(?:/\d{4})?[-/][A-ZĐ]\w*", words(article))
    ]
    assert len(numbers) >= 15
    assert min(numbers) >= 99_000


def test_bylines_say_that_they_are_invented() -> None:
    assert all("mẫu" in article.byline for _, article in ARTICLES)


def test_only_the_press_release_stands_twice() -> None:
    alike = [
        (first.title, second.title)
        for (_, first), (_, second) in combinations(ARTICLES, 2)
        if SequenceMatcher(None, first.body, second.body).quick_ratio() > 0.2
        or first.title == second.title
    ]
    assert len(alike) == 1
    assert all(title.startswith("Tháng cao điểm hỗ trợ") for title in alike[0])


# --- the dates


def test_every_site_dates_in_its_own_way_and_some_articles_have_no_date() -> None:
    """The ways of the five seeds; see the heads of the TOML files."""
    ways = {
        "truc-bach": r"Ngày đăng \d\d/\d\d/20\d\d \| \d\d:\d\d \| Lượt xem: \{views\}",
        "thuy-xuan": r"Cập nhật: \d\d/\d\d/20\d\d \d\d:\d\d",
        "sa-dec": r"",
        "nghia-lo": r"\d\d-\d\d-20\d\d \d\d:\d\d",
        "son-linh": r"",
    }
    for name, way in ways.items():
        printed = [article.printed for article in SITES[name].articles]
        usual = [each for each in printed if re.fullmatch(way, each)]
        assert 12 <= len(usual) < len(printed)


def test_sa_dec_names_the_day_in_the_first_sentence_and_other_years_below() -> None:
    starts = r"(Sáng|Chiều|Tối)?( n|N|, n|.*sáng n)gày \d+/\d+,"
    dated = [article for article in SITES["sa-dec"].articles if re.match(starts, article.body[0])]
    assert len(dated) >= 8
    assert any("Sáng ngày 11/5," in article.body[0] for article in dated)
    assert all(re.search(r"\b20\d\d\b", "\n".join(article.body)) for article in dated[:3])


# --- the frames


@pytest.mark.parametrize("family", ADDRESSES)
def test_every_page_is_marked(family: str) -> None:
    site = SITES["truc-bach"]
    section = next(iter(site.sections))
    pages = [
        article_page(family, site.articles[0], site),
        listing_page(family, section, site, 2),
        home_page(family, site),
        contact_page(family, site),
        print_page(family, site.articles[0], site),
    ]
    for page in pages:
        root = html.fromstring(page)
        assert MARK in root.findtext(".//title")
        assert MARK in root.xpath("string(//meta[@name='description']/@content)")
        assert MARK.lower() in root.find("body").text_content().lower()


@pytest.mark.parametrize("family", ADDRESSES)
def test_a_frame_takes_any_text_and_shows_all_of_it(family: str) -> None:
    article = SampleArticle(
        id=7,
        title="Tiêu đề <thử> & “ngoặc”",
        body=("Đoạn một, 5 < 6.", "Đoạn hai."),
        printed="Ngày đăng 01/02/2021 | 13:40 | Lượt xem: {views}",
        lead="Lời dẫn.",
        captions=("Chú thích ảnh",),
        byline="Người viết mẫu",
        attachments=("Tệp.pdf",),
    )
    page = html.fromstring(article_page(family, article, SITES["nghia-lo"], requests=5))
    text = page.text_content()
    shown = (article.title, *article.body, article.lead, *article.captions, article.byline)
    for part in (*shown, *article.attachments, "01/02/2021 | 13:40 | Lượt xem: 73"):
        assert part in text
    assert not page.xpath("//thử")


@pytest.mark.parametrize("family", ADDRESSES)
def test_a_frame_without_date_lead_or_byline_prints_none(family: str) -> None:
    bare = SampleArticle(id=8, title="Tiêu đề", body=("Một.", "Hai."))
    text = html.fromstring(article_page(family, bare, SITES["sa-dec"])).text_content()
    assert "None" not in text
    assert "2025" not in text.split("Một.")[0].split("Tiêu đề")[-1]


# --- the servers


@pytest.mark.parametrize("site", SITES.values(), ids=list(SITES))
def test_every_article_can_be_reached_by_links(site: Site, bases: dict[str, str]) -> None:
    start = bases[site.id] + "/"
    seen, waiting = {start}, [start]
    while waiting:
        url = waiting.pop()
        status, head, text = get(url)
        if status == 200 and head["Content-Type"].startswith("text/html") and text:
            new = set(links(url, text)) - seen
            seen |= new
            waiting += new
    paths = {urlsplit(url).path for url in seen}
    assert {article_path(site.family, article) for article in site.articles} <= paths
    assert len(seen) < 150


@pytest.mark.parametrize("site", SITES.values(), ids=list(SITES))
def test_an_unchanged_article_is_answered_with_304(site: Site, bases: dict[str, str]) -> None:
    url = bases[site.id] + article_path(site.family, site.articles[0])
    status, head, _ = get(url)
    assert status == 200
    assert get(url, If_None_Match=head["ETag"])[0] == 304
    assert get(url, If_Modified_Since=head["Last-Modified"])[0] == 304
    assert get(url, If_None_Match='"other"', If_Modified_Since=head["Last-Modified"])[0] == 200


@pytest.mark.parametrize("site", SITES.values(), ids=list(SITES))
def test_the_counter_moves_with_every_request(site: Site, bases: dict[str, str]) -> None:
    url = bases[site.id] + article_path(site.family, site.articles[0])
    first, second = get(url), get(url)
    assert first[2] != second[2]
    assert first[1]["ETag"] == second[1]["ETag"]


def test_the_first_listing_of_the_old_ward_has_three_pages(bases: dict[str, str]) -> None:
    site = SITES["truc-bach"]
    section = next(iter(site.sections))
    found: set[str] = set()
    for number in (1, 2, 3):
        url = bases[site.id] + listing_path(site.family, section, number)
        found |= {link for link in links(url, get(url)[2]) if "view_content" in link}
    assert len(found) == len(site.articles)
    assert get(bases[site.id] + listing_path(site.family, section, 4))[0] == 404


def test_the_language_trap_has_no_end_and_shows_the_same_article(bases: dict[str, str]) -> None:
    site = SITES["truc-bach"]
    path = article_path(site.family, site.articles[0])
    for _ in range(4):
        status, _, text = get(bases[site.id] + path)
        assert status == 200
        assert site.articles[0].title in text
        deeper = [each for each in html.fromstring(text).xpath("//a/@href") if each.endswith(path)]
        path = deeper[0]
        assert path.startswith(("/en/", "/vi/"))
    assert (
        site.articles[0].body[0]
        in get(bases[site.id] + print_path(site.family, site.articles[0]))[2]
    )


# Path on the SharePoint site, status, type and whether anything is in it.
ODD = [
    ("/loi-he-thong.aspx", 500, "text/plain", True),
    ("/trang-trong.aspx", 200, "text/html", False),
    ("/lich-cong-tac.txt", 200, "text/plain", True),
    ("/gioi-thieu.pdf", 200, "application/pdf", True),
    ("/lien-he", 200, "text/html", True),
    ("/khong-co", 404, "text/plain", True),
]


@pytest.mark.parametrize(("path", "status", "kind", "filled"), ODD)
def test_what_a_crawler_must_survive(
    path: str, status: int, kind: str, filled: bool, bases: dict[str, str]
) -> None:
    found, head, text = get(bases["son-linh"] + path)
    assert (found, head["Content-Type"].split(";")[0], bool(text)) == (status, kind, filled)


def test_odd_pages_are_linked_from_the_start_page(bases: dict[str, str]) -> None:
    start = bases["son-linh"] + "/"
    paths = {urlsplit(link).path for link in links(start, get(start)[2])}
    assert {path for path, status, *_ in ODD if status != 404} <= paths


def test_attachments_are_pdf_files(bases: dict[str, str]) -> None:
    site = SITES["nghia-lo"]
    article = next(article for article in site.articles if len(article.attachments) == 2)
    url = bases[site.id] + article_path(site.family, article)
    files = [link for link in links(url, get(url)[2]) if link.endswith(".pdf")]
    assert len(files) == 2
    assert all(get(file)[2].startswith("%PDF-1.4") for file in files)


def test_robots_and_sitemaps(bases: dict[str, str]) -> None:
    with_map = [site for site in SITES.values() if site.sitemap]
    assert 1 <= len(with_map) < len(SITES)
    for site in SITES.values():
        status, _, robots = get(bases[site.id] + "/robots.txt")
        assert status == 200
        assert ("Sitemap:" in robots) == site.sitemap
        assert get(bases[site.id] + "/sitemap.xml")[0] == (200 if site.sitemap else 404)
    for site in with_map:
        body = get(bases[site.id] + "/sitemap.xml")[2]
        assert body.count("<loc>") == len(site.articles)


def test_the_demo_file_is_one_that_the_crawler_reads(tmp_path: Path) -> None:
    file = tmp_path / "portals.toml"
    file.write_text(portals_toml(18_080))
    portals = load_portals(file)
    assert portals.contact
    assert [portal.id for portal in portals.portals] == list(SITES)
    assert all(portal.allow_private and portal.show == "full" for portal in portals.portals)
    assert portals.portals[0].start == ("http://127.0.0.2:18080/",)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_command_says_where_it_serves_and_ends_when_told(stop: signal.Signals) -> None:
    command = [sys.executable, "-m", "tests.portals"]
    root = Path(__file__).parent.parent
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in SITES]
        assert get(lines[-1].split()[0])[0] == 200
        process.send_signal(stop)
        assert process.wait(timeout=20) == 0
    assert [urlsplit(line.split()[0]).hostname for line in lines] == [
        site.host for site in SITES.values()
    ]
