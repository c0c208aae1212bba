"""Families of portals: known by their pages, and by the ids in their addresses."""

from __future__ import annotations

from datetime import datetime

import pytest

from crawler.article import VIETNAM
from crawler.layouts import SELECTORS, compiled, identity_in, load_layouts, named, recognise
from crawler.page import Page, ParsedPage, parse
from tests.portals.frames import article_page, contact_page, listing_page
from tests.portals.sites import Site, article_path, load_sites, print_path

SITES = load_sites()
LAYOUT_OF = {
    "liferay": "liferay-hanoi",
    "vnpt": "liferay-vnpt",
    "nukeviet": "nukeviet",
    "wordpress": "wordpress",
    "sharepoint": "sharepoint",
}


def parsed(html: str) -> ParsedPage:
    page = parse(Page("http://x.example.vn/", datetime.now(VIETNAM), 200, {}, html.encode()))
    assert page is not None
    return page


@pytest.mark.parametrize(
    ("path", "identity"),
    [
        # one article under its many addresses
        ("/tin/-/view_content/2397883-de-nghi.html", "view_content/2397883"),
        ("/en/vi/en/tin/-/view_content/2397883-x.html", "view_content/2397883"),
        ("/tin/-/view_content/pop_up/2397883-x-0202.html", "view_content/2397883"),
        ("/web/guest/tin/-/asset_publisher/aB1/content/id/480101/slug", "content/480101"),
        ("/web/guest/tin/-/asset_publisher/aB1/content/ten-bai", "content/ten-bai"),
        ("/vi/news/Chinh-tri/hoi-nghi-7571.html", "news/7571"),
        ("/vi/news/print/Chinh-tri/hoi-nghi-7571.html", "news/7571"),
        ("/news/Chinh-tri/hoi-nghi-7571.html", "news/7571"),
        ("/?p=88", "p/88"),
        ("/portal/Pages/2024-5-17/Bai-CAhvbq96.aspx", "pages/2024-5-17/bai-cahvbq96"),
        ("/tintuc/lists/posts/post.aspx?ItemID=5301&Mode=1", "lists/tintuc/lists/posts/5301"),
        ("/cchc/huong-dan-2823251013160715.htm", "htm/251013160715"),
        ("/do-thi-139821/ra-quan-599825", "thanh-hoa/599825"),
        ("/Tin-noi-bat/Hoi-nguoi-cao-tuoi--102723.html", "hai-phong/102723"),
        ("/?cn=323&gd=7&tc=840", "tc/840"),
        ("/index.php?com=tintuc_ct&id_news=1330", "id_news/1330"),
    ],
)
def test_identities(path: str, identity: str) -> None:
    assert identity_in(f"http://xa.example.vn{path}") == identity


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/tin-tuc-su-kien",
        "/vi/news/Chinh-tri/",
        "/vi/news/Chinh-tri/page-2/",
        "/portal/Pages/TinTuc.aspx?page=2",
        "/category/tin-tuc/page/2/",
        "/phuong-tuong-mai/bai-viet",
        "/tin?p_p_id=101_INSTANCE_x&_101_INSTANCE_x_cur=3",
    ],
)
def test_listings_have_no_identity(path: str) -> None:
    assert identity_in(f"http://xa.example.vn{path}") is None


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.family)
def test_every_family_is_recognised(site: Site) -> None:
    for article in site.articles:
        layout = recognise(parsed(article_page(site.family, article, site)))
        assert layout is not None
        assert layout.name == LAYOUT_OF[site.family]


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.family)
def test_a_page_without_news_is_of_no_family(site: Site) -> None:
    assert recognise(parsed(contact_page(site.family, site))) is None


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.family)
def test_listings_are_recognised(site: Site) -> None:
    section = next(iter(site.sections))
    layout = recognise(parsed(listing_page(site.family, section, site)))
    assert layout is not None
    assert layout.name == LAYOUT_OF[site.family]


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.family)
def test_the_print_view_has_the_identity_of_its_article(site: Site) -> None:
    for article in site.articles:
        if path := print_path(site.family, article):
            usual = identity_in(f"http://x{article_path(site.family, article)}")
            assert usual is not None
            assert identity_in(f"http://x{path}") == usual


def test_layouts_say_nothing_that_is_not_read() -> None:
    for layout in load_layouts():
        assert set(layout.fields) <= set(SELECTORS)
        assert named(layout.name) is layout


def test_a_selector_that_is_no_css_is_refused() -> None:
    with pytest.raises(SyntaxError):
        compiled({"title": "h1["})


def test_the_first_place_that_is_there_counts() -> None:
    root = parsed("<h2 class=b>hai</h2><h1 class=a></h1>").root
    layout = named("general").overridden({"title": ".c"}).overridden({"title": ".b, .a"})
    assert [each.tag for each in layout.find("title", root)] == ["h2", "h1"]
    assert layout.find("lead", root) == []
