"""From page to article: the sample portals of every family, with their layout and without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.article import VIETNAM, Article
from crawler.extract import Extraction, extract
from crawler.page import Page, parse
from crawler.portals import Portal
from crawler.store import from_record, to_record
from tests.portals.frames import article_page, contact_page, home_page, listing_page
from tests.portals.sites import SampleArticle, Site, article_path, listing_path, load_sites

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=VIETNAM)
SITES = load_sites()
ARTICLES = [(site, article) for site in SITES for article in site.articles]
PORTAL = Portal("p", "P", "W", "V", ("http://xa.example.vn/",), ("xa.example.vn",))
UNKNOWN = replace(PORTAL, layout="general")
PAGE = "<html><head>{2}<title>{0} - Cổng</title></head><body>{1}</body></html>"
TEXT = (
    "UBND phường tổ chức hội nghị về thu gom rác thải sinh hoạt với sự tham gia của 120 hộ dân ở "
    "12/12 tổ dân phố; các ý kiến tập trung vào giờ thu gom và phân loại rác tại nguồn."
)


def read(html: str, path: str = "/tin", portal: Portal = PORTAL) -> Extraction:
    page = Page(f"http://xa.example.vn{path}", NOW, 200, {}, html.encode())
    parsed = parse(page)
    assert parsed is not None
    return extract(parsed, portal)


def article_in(html: str, path: str = "/tin", portal: Portal = PORTAL) -> Article:
    extraction = read(html, path, portal)
    assert extraction.article is not None, extraction.reason
    return extraction.article


def of_site(site: Site, article: SampleArticle, portal: Portal) -> Article:
    html = article_page(site.family, article, site, requests=7)
    return article_in(html, article_path(site.family, article), portal)


def page_of(title: str, body: str, head: str = "") -> str:
    return PAGE.format(title, body, head)


def ids(value: object) -> str:
    return value.family if isinstance(value, Site) else str(getattr(value, "id", ""))


@pytest.mark.parametrize(("site", "article"), ARTICLES, ids=ids)
def test_a_known_family(site: Site, article: SampleArticle) -> None:
    found = of_site(site, article, PORTAL)
    lead = (article.lead,) if article.lead and site.family == "wordpress" else ()
    assert found.title == article.title
    assert found.body == (*lead, *article.body)
    assert found.lead == ("" if lead else article.lead)
    assert found.captions == article.captions
    assert found.byline == article.byline
    assert [each.name for each in found.attachments] == list(article.attachments)
    assert found.section == site.sections[article.section]


@pytest.mark.parametrize(("site", "article"), ARTICLES, ids=ids)
def test_dates_of_a_known_family(site: Site, article: SampleArticle) -> None:
    found = of_site(site, article, PORTAL).published
    in_address = site.family == "sharepoint"
    if article.printed:
        assert found is not None
        assert (found.day, found.source) == (article.written.date(), "layout")
        assert found.time == article.written.time() or ":" not in article.printed
    elif in_address:
        assert found is not None
        assert (found.day, found.time, found.source) == (article.written.date(), None, "address")
    else:
        assert found is None


@pytest.mark.parametrize(("site", "article"), ARTICLES, ids=ids)
def test_an_unknown_family(site: Site, article: SampleArticle) -> None:
    """Nothing of the article is lost; nothing is added but what the frame says of its byline."""
    found = of_site(site, article, UNKNOWN)
    known = of_site(site, article, PORTAL)
    assert found.title == article.title
    lines = {found.lead, *found.body, *found.captions, found.byline}
    assert {article.lead, *article.body, *article.captions} <= lines
    extra = lines - {article.lead, *article.body, *article.captions, ""}
    assert all(article.byline and article.byline in line for line in extra)
    if known.published and known.published.source == "layout":
        assert found.published is not None
        assert found.published.moment == known.published.moment


@pytest.mark.parametrize("portal", [PORTAL, UNKNOWN], ids=["known", "unknown"])
@pytest.mark.parametrize("site", SITES, ids=ids)
def test_pages_without_an_article(site: Site, portal: Portal) -> None:
    for section in site.sections:
        for number in range(1, site.pages(section) + 1):
            html = listing_page(site.family, section, site, number)
            extraction = read(html, listing_path(site.family, section, number), portal)
            assert (extraction.article, extraction.reason) == (None, "a listing page")
    assert read(home_page(site.family, site), "/", portal).reason == "a listing page"
    assert read(contact_page(site.family, site), "/lien-he", portal).reason == "no article text"


@pytest.mark.parametrize("site", SITES, ids=ids)
def test_a_moved_counter_changes_nothing(site: Site) -> None:
    article = site.articles[0]
    path = article_path(site.family, article)
    pages = [article_page(site.family, article, site, requests=n) for n in (1, 4001)]
    first, second = (article_in(html, path) for html in pages)
    assert pages[0] != pages[1]
    assert first.sha256 == second.sha256


def test_the_clock_in_the_head_is_no_date() -> None:
    html = page_of(
        "Họp về rác thải",
        f"<div>Thursday, 18/07/2024</div><h1>Họp về rác thải</h1><p>Sáng ngày 11/5, {TEXT}</p>",
    )
    assert article_in(html).published is None


def test_a_labelled_date_beats_the_clock() -> None:
    html = page_of(
        "Họp về rác thải",
        "<div>Thursday, 18/07/2024</div><h1>Họp về rác thải</h1>"
        f"<span>Ngày đăng: 21/01/2021</span> <span>Lượt xem: 87</span><p>{TEXT}</p>",
    )
    found = article_in(html)
    assert found.published is not None
    assert found.published.day == date(2021, 1, 21)
    assert found.body == (TEXT,)


def test_published_and_updated() -> None:
    html = page_of(
        "Họp về rác thải",
        "<h1>Họp về rác thải</h1><p>Cập nhật: 03/02/2021 10:00</p><p>Đăng ngày: 02/02/2021</p>"
        f"<p>{TEXT}</p>",
    )
    found = article_in(html)
    assert found.published is not None
    assert found.updated is not None
    assert (found.published.day, found.updated.day) == (date(2021, 2, 2), date(2021, 2, 3))


def test_a_date_for_machines() -> None:
    head = '<meta property="article:published_time" content="2021-02-02T03:30:00Z">'
    html = page_of("Họp về rác thải", f"<h1>Họp về rác thải</h1><p>{TEXT}</p>", head)
    found = article_in(html).published
    assert found is not None
    assert (found.moment, found.source) == (datetime(2021, 2, 2, 10, 30, tzinfo=VIETNAM), "meta")


@pytest.mark.parametrize(
    ("path", "moment"),
    [
        ("/2021/02/13/hop-ve-rac-thai/", datetime(2021, 2, 13, tzinfo=VIETNAM)),
        (
            "/cchc/hop-ve-rac-thai-2823251013160715.htm",
            datetime(2025, 10, 13, 16, 7, tzinfo=VIETNAM),
        ),
        ("/2021/hop-ve-rac-thai", None),
    ],
)
def test_a_date_in_the_address(path: str, moment: datetime | None) -> None:
    html = page_of("Họp về rác thải", f"<h1>Họp về rác thải</h1><p>{TEXT}</p>")
    found = article_in(html, path).published
    assert (found and found.moment) == moment


def test_a_date_counted_back() -> None:
    html = page_of("Họp về rác thải", f"<h1>Họp về rác thải</h1><p>2 giờ trước</p><p>{TEXT}</p>")
    found = article_in(html).published
    assert found is not None
    assert found.moment == NOW - timedelta(hours=2)


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("<p>Triệu Biển</p>", "Triệu Biển"),
        ("<p>Thu Hằng - Trọng Toàn</p>", "Thu Hằng - Trọng Toàn"),
        ("<p>Đinh Bình!</p>", "Đinh Bình!"),
        ("<p>Nguồn: baobackan.vn</p>", "Nguồn: baobackan.vn"),
        ("<p>Tác giả: Xuân Thoa</p>", "Xuân Thoa"),
        ("<p>Tin, ảnh: Lan Anh</p>", "Tin, ảnh: Lan Anh"),
        ("<p align=right>Ban Văn hóa xã hội phường</p>", "Ban Văn hóa xã hội phường"),
        # no bylines
        ("<p align=right>admin admin</p>", ""),
        ("<p>Hội nghị kết thúc lúc 11 giờ.</p>", ""),
        ("<p>Từ nay đến cuối năm phường tiếp tục vận động</p>", ""),
        ("<p>TRÂN TRỌNG THÔNG BÁO</p>", ""),
    ],
)
def test_bylines(line: str, byline: str) -> None:
    html = page_of(
        "Họp",
        f"<h1 class=entry-title>Họp</h1><article><div class=entry-content>"
        f"<p>{TEXT}</p>{line}</div></article>",
    )
    assert article_in(html).byline == byline


def test_attachments_have_absolute_addresses_and_names() -> None:
    html = page_of(
        "Họp về rác thải",
        f"<h1>Họp về rác thải</h1><p>{TEXT}</p><p>Xem <a href='/kh/b%E1%BA%A3n.pdf?v=1'> </a> và"
        " <a href='to-trinh.docx'>tờ trình</a>, <a href='javascript:x'>in</a></p>",
    )
    found = article_in(html, "/tin/bai").attachments
    assert [(each.url, each.name) for each in found] == [
        ("http://xa.example.vn/kh/b%E1%BA%A3n.pdf?v=1", "bản.pdf"),
        ("http://xa.example.vn/tin/to-trinh.docx", "tờ trình"),
    ]


def test_pictures_are_kept_as_links() -> None:
    html = page_of(
        "Họp về rác thải",
        f"<img src='/bieu-trung.png'><h1>Họp về rác thải</h1><p>{TEXT}</p><p><img src='anh/1.jpg'>"
        "<img data-src='https://anh.example.vn/2.jpg' src='data:image/gif;base64,R0lGOD'>"
        "<img src='anh/1.jpg'><img src='data:image/png;base64,iVBOR'><img></p>",
    )
    article = article_in(html, "/tin/bai")
    assert article.pictures == (
        "http://xa.example.vn/tin/anh/1.jpg",
        "https://anh.example.vn/2.jpg",
    )
    assert from_record(to_record(article)) == article


HEARING = ("Họp về rác thải", f"<h1>Họp về rác thải</h1><p>{TEXT}</p>")
CANONICAL = '<link rel="canonical" href="{}">'


@pytest.mark.parametrize(
    ("canonical", "identity"),
    [
        ("/bai-that", "http://xa.example.vn/bai-that"),
        ("/tin/-/view_content/77-bai", "view_content/77"),
    ],
)
def test_identity_by_canonical_address(canonical: str, identity: str) -> None:
    html = page_of(*HEARING, CANONICAL.format(canonical))
    assert article_in(html).identity == identity


@pytest.mark.parametrize(
    "canonical", ["/", "http://khac.example.vn/bai", "javascript:x", "http://["]
)
def test_canonical_addresses_that_say_nothing(canonical: str) -> None:
    html = page_of(*HEARING, CANONICAL.format(canonical))
    assert article_in(html).identity == article_in(page_of(*HEARING), "/khac").identity
    assert len(article_in(html).identity) == 64


def test_a_portals_own_selectors() -> None:
    html = "<i id=t>Tên bài</i><u>12/05/2022</u><div id=b>Một<br>Hai<b>Ba</b></div><p>ngoài</p>"
    own = replace(PORTAL, selectors={"title": "#t", "date": "u", "body": "#b", "drop": "b"})
    extraction = read(html, portal=own)
    assert extraction.article is not None
    assert (extraction.article.title, extraction.article.body) == ("Tên bài", ("Một", "Hai"))
    assert extraction.article.published is not None
    assert extraction.layout == "own"
    assert [(each.line, each.rule) for each in extraction.removed] == [("Ba", "the layout")]


def test_text_comes_through_letter_by_letter() -> None:
    texts = (
        "Thu ngân sách đạt 6.167.267.743 đồng/4.282.000.000 đồng = 144% kế hoạch, đ/c Bí thư",
        "Đường 81m, 07/2022; tỷ lệ 0,54% ; “khéo” - Kế hoạch số 18-KH/ĐU ngày 22/12/2020 (6 -> 60)",
    )
    body = "".join(f"<p>{text.replace('>', '&gt;')}</p>" for text in texts)
    html = page_of("Họp", f"<h1 itemprop=headline class=title>Họp</h1><div id=news-bodyhtml>{body}")
    assert article_in(html).body == texts


@pytest.mark.parametrize(
    "html",
    [
        "<p></p>",
        "<html><body><script>x</script></body></html>",
        "<html><title>Chỉ có tên</title><body>ngắn</body></html>",
        "<div>" * 5000 + "sâu" + "</div>" * 5000,
        "<p>x" * 20_000,
        "<table><tr><td>" * 300 + "x",
        "<a href='http://['>x</a><h1>T</h1><p>" + "dài " * 100,
        "<html><body><p>" + "một dòng " * 100_000,
        "</div></p><b><i></b><p>" * 1000,
        "<h1 class=asset-full-content-title></h1><div class=asset-content></div>",
        "<h1 class=asset-full-content-title>T</h1><div class=asset-content></div>",
        "<base href='http://['><title>T</title><h1>T</h1><p>" + "dài " * 100 + "<a href=x.pdf>y",
    ],
)
@pytest.mark.parametrize("portal", [PORTAL, UNKNOWN], ids=["known", "unknown"])
def test_bad_pages_do_no_harm(html: str, portal: Portal) -> None:
    extraction = read(html, portal=portal)
    assert (extraction.article is None) == bool(extraction.reason)


@given(st.data())
@settings(max_examples=60)
def test_damaged_pages_do_no_harm(data: st.DataObject) -> None:
    """Pages cut anywhere, with a piece of them repeated elsewhere."""
    site, article = data.draw(st.sampled_from(ARTICLES))
    html = article_page(site.family, article, site)
    places = st.integers(500, len(html))
    start, end, where, cut = (data.draw(places) for _ in range(4))
    damaged = html[:where] + html[start:end] + html[where:cut]
    extraction = read(damaged, portal=data.draw(st.sampled_from([PORTAL, UNKNOWN])))
    assert (extraction.article is None) == bool(extraction.reason)


def test_a_block_theme_of_wordpress() -> None:
    """Title, date, section and author stand in blocks of their own, date and author below."""
    text = "".join(f"<p>Đoạn {number} của bài mẫu: {TEXT}</p>" for number in range(3))
    title, section = "Ra quân trồng cây (bài mẫu)", '<a href="/c/" rel="tag">Thông báo</a>'
    article = article_in(
        f"""<body class="single single-post"><main><h1 class="wp-block-post-title">{title}</h1>
        <div class="entry-content wp-block-post-content">{text}</div>
        <div class="wp-block-group"><p>Posted</p>
        <div class="wp-block-post-date"><time datetime="2024-05-03T08:00:00+07:00">03/05/2024</time>
        </div><p>in</p><div class="taxonomy-category wp-block-post-terms">{section}</div>
        <p>by</p><p class="wp-block-post-author__name">Ban biên tập</p></div></main>"""
    )
    assert (article.layout, article.title, len(article.body)) == ("wordpress", title, 3)
    assert article.published is not None
    assert article.published.day == date(2024, 5, 3)
    assert (article.section, article.byline) == ("Thông báo", "Ban biên tập")


def test_a_listing_of_a_block_theme() -> None:
    teaser = (
        '<li class="wp-block-post"><h2 class="wp-block-post-title"><a href="/a">Bài {}</a></h2>'
        f'<div class="wp-block-post-excerpt"><p>{TEXT}</p></div></li>'
    )
    html = page_of("Tin tức", f"<h1>Tin</h1><ul>{teaser.format(1)}{teaser.format(2)}</ul>")
    assert read(html).reason == "a listing page"
