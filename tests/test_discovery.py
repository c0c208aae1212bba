"""What a crawl finds beside links: sitemaps, feeds, attachments; and what it must not follow.

A lane without a network: the portal's answers are a table, by path.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crawler.archive import read_capture
from crawler.article import VIETNAM
from crawler.captures import newest_first
from crawler.frontier import Address
from crawler.page import Page
from crawler.portals import Portal
from crawler.robots import keep
from crawler.store import Store, open_store
from tests.replay_site import drive
from tests.test_spider import Reply, article, listing

HOST = "http://127.0.0.2"
PORTAL = Portal(
    "mau", "Phường Mẫu", "Phường Mẫu", "Hà Nội", (f"{HOST}/",), ("127.0.0.2",), allow_private=True
)
XML = {"Content-Type": "application/xml"}
NOW = datetime(2026, 1, 1, tzinfo=VIETNAM)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "articles.db") as store:
        yield store


def crawl(store: Store, folder: Path, pages: dict[str, Reply], now: datetime = NOW) -> list[str]:
    """One crawl of the portal; the paths asked for, in order."""
    asked: list[str] = []

    async def download(portal: Portal, address: Address) -> Page:
        asked.append(address.url.removeprefix(HOST))
        reply = pages.get(asked[-1], Reply(b"", 404))
        sent = {"Content-Type": "text/html; charset=utf-8"} | reply.headers
        headers = {name.lower(): value for name, value in sent.items()}
        return Page(address.url, now, reply.status, headers, reply.body)

    drive(store, folder, download, PORTAL)
    return asked


def titles(store: Store) -> list[str]:
    return sorted(each.article.title for each in store.all_articles())


def sitemap(*paths: str, modified: str = "") -> bytes:
    last = f"<lastmod>{modified}</lastmod>" if modified else ""
    urls = "".join(f"<url><loc>{HOST}{path}</loc>{last}</url>" for path in paths)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def index(*paths: str) -> bytes:
    maps = "".join(f"<sitemap><loc>{HOST}{path}</loc></sitemap>" for path in paths)
    return f"<sitemapindex>{maps}</sitemapindex>".encode()


def feed(*paths: str) -> bytes:
    items = "".join(f"<item><link>{HOST}{path}</link></item>" for path in paths)
    return f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()


def named(path: str) -> Reply:
    """A start page that links nothing and names a feed."""
    link = f'<link rel="alternate" type="application/rss+xml" href="{path}">'
    return Reply(f"<html><head>{link}<title>x</title></head><body>Mẫu</body></html>".encode())


def test_an_index_of_sitemaps_leads_to_every_article(store: Store, tmp_path: Path) -> None:
    pages = {
        "/": listing(),
        "/sitemap.xml": Reply(index("/a.xml", "/b.xml.gz"), headers=XML),
        "/a.xml": Reply(sitemap("/bai-1", "/bai-2"), headers=XML),
        "/b.xml.gz": Reply(gzip.compress(sitemap("/bai-3")), headers={"Content-Type": "x/gzip"}),
        **{f"/bai-{number}": article(str(number)) for number in (1, 2, 3)},
    }
    crawl(store, tmp_path, pages)
    assert titles(store) == ["Bài mẫu 1", "Bài mẫu 2", "Bài mẫu 3"]


def test_sitemaps_that_robots_txt_names_take_the_place_of_the_usual_one(
    store: Store, tmp_path: Path
) -> None:
    """In full (sitemaps.org); a mere path is met all the same, and another site is not asked."""
    named = f"Sitemap: {HOST}/a.xml\nSITEMAP: /b.xml\nSitemap: https://khac.example.vn/c.xml\n"
    keep(store.connection, HOST, time.time(), named.encode())
    pages = {
        "/": listing(),
        "/a.xml": Reply(sitemap("/bai-1"), headers=XML),
        "/b.xml": Reply(sitemap("/bai-2"), headers=XML),
        "/bai-1": article("một"),
        "/bai-2": article("hai"),
    }
    assert sorted(crawl(store, tmp_path, pages)) == ["/", "/a.xml", "/b.xml", "/bai-1", "/bai-2"]


@pytest.mark.parametrize("kind", ["application/rss+xml", "text/html", "text/plain"])
def test_a_feed_that_a_page_names_is_followed(kind: str, store: Store, tmp_path: Path) -> None:
    """Whatever it is labelled as, and again at every crawl of the portal."""
    pages = {
        "/": named("/tin.rss"),
        "/tin.rss": Reply(feed("/bai-1"), headers={"Content-Type": kind}),
        "/bai-1": article("1"),
        "/bai-2": article("2"),
    }
    crawl(store, tmp_path, pages)
    pages["/tin.rss"] = Reply(feed("/bai-2", "/bai-1"), headers={"Content-Type": kind})
    store.connection.execute("UPDATE addresses SET due = 0 WHERE kind IN ('start', 'feed')")
    assert sorted(crawl(store, tmp_path, pages)) == ["/", "/bai-2", "/tin.rss"]
    assert titles(store) == ["Bài mẫu 1", "Bài mẫu 2"]


def test_a_sitemap_that_tells_of_a_change_has_the_page_looked_at(
    store: Store, tmp_path: Path
) -> None:
    pages = {
        "/": listing("/bai-1", "/bai-2"),
        "/sitemap.xml": Reply(sitemap("/bai-1", modified="2020-01-01"), headers=XML),
        "/bai-1": article("1"),
        "/bai-2": article("2"),
    }
    crawl(store, tmp_path, pages)
    hour = timedelta(hours=1)
    today = (datetime.now(VIETNAM) - hour).isoformat(timespec="seconds")
    store.connection.execute(
        "UPDATE addresses SET fetched_at = fetched_at - 99999, due = CASE kind"
        " WHEN 'sitemap' THEN 0 ELSE due END"
    )
    pages["/sitemap.xml"] = Reply(sitemap("/bai-1", modified=today), headers=XML)
    assert sorted(crawl(store, tmp_path, pages)) == ["/", "/bai-1", "/sitemap.xml"]


def test_attachments_of_an_article_are_archived(store: Store, tmp_path: Path) -> None:
    pdf = Reply(b"%PDF-1.7 bai mau", headers={"Content-Type": "application/pdf"})
    page = article("1")
    link = '<p><a href="/tep/ke-hoach.pdf">Kế hoạch</a> <a href="/khac.invalid">x</a></p></div>'
    page = Reply(page.body.replace(b"</div>", link.encode(), 1))
    pages = {"/": listing("/bai-1", "/roi.pdf"), "/bai-1": page, "/tep/ke-hoach.pdf": pdf}
    asked = crawl(store, tmp_path, pages)
    assert asked.count("/tep/ke-hoach.pdf") == 1
    assert "/roi.pdf" not in asked  # no article's
    kept = {each.url: read_capture(tmp_path, each.capture).body for each in newest_first(store)}
    assert kept[f"{HOST}/tep/ke-hoach.pdf"] == pdf.body
    rows = store.connection.execute(
        "SELECT kind, state, outcome FROM addresses WHERE url LIKE '%.pdf'"
    )
    assert rows.fetchall() == [("attachment", "live", "attachment")]


def meta(content: str, page: Reply) -> Reply:
    tag = f'<meta name="robots" content="{content}"><title>'
    return Reply(page.body.replace(b"<title>", tag.encode(), 1))


def test_wishes_of_pages_are_honoured(store: Store, tmp_path: Path) -> None:
    """noindex: no article; nofollow: no links; noarchive: not in the archive; nosnippet: kept."""
    pages = {
        "/": listing("/giau", "/dung", "/dung-luu", "/dung-trich"),
        "/giau": meta("noindex", article("giấu")),
        "/dung": meta("nofollow", listing("/bai-1")),
        "/bai-1": article("1"),
        "/dung-luu": meta("noarchive", article("đừng lưu")),
        "/dung-trich": meta("nosnippet", article("đừng trích")),
    }
    asked = crawl(store, tmp_path, pages)
    assert "/bai-1" not in asked
    wishes = {
        each.article.title: (each.article.noarchive, each.article.nosnippet)
        for each in store.all_articles()
    }
    assert wishes == {"Bài mẫu đừng lưu": (True, False), "Bài mẫu đừng trích": (False, True)}
    assert f"{HOST}/dung-luu" not in {each.url for each in newest_first(store)}


def test_what_was_forgotten_is_not_asked_for_again(store: Store, tmp_path: Path) -> None:
    with store.transaction() as connection:
        url = f"{HOST}/bai-1"
        connection.execute("INSERT INTO tombstones VALUES ('mau', ?, ?, '', 0, 'x')", (url, url))
    pages = {"/": listing("/bai-1", "/bai-2"), "/bai-1": article("1"), "/bai-2": article("2")}
    assert "/bai-1" not in crawl(store, tmp_path, pages)
    assert titles(store) == ["Bài mẫu 2"]
