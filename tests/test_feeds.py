"""Sitemaps and feeds, well written and badly, become addresses; anything else is none."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import feeds
from crawler.article import VIETNAM
from crawler.feeds import Entry, Feed, feeds_named, read_feed

HOST = "http://xa.example.vn"
AT = f"{HOST}/sitemap.xml"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEW_YEAR = datetime(2026, 1, 1, 1, 30, tzinfo=UTC)

URLSET = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="{SITEMAP}" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url><image:image><image:loc>{HOST}/anh.jpg</image:loc></image:image>
    <loc> {HOST}/bai-1.html?a=1&amp;b=2 </loc><lastmod>2026-01-01T08:30:00+07:00</lastmod></url>
  <url><loc>/bai-2.html</loc><lastmod>2026-01-01</lastmod></url>
  <url><loc>{HOST}/ke-hoach.pdf</loc></url>
  <url><loc>{HOST}/bai-1.html?a=1&amp;b=2#lai</loc></url>
  <url><loc>mailto:ubnd@xa.example.vn</loc></url>
  <url><loc><![CDATA[{HOST}/bai-3.html]]></loc><lastmod>hôm qua</lastmod></url>
</urlset>"""

URLS = Feed(
    "sitemap",
    (
        Entry(f"{HOST}/bai-1.html?a=1&b=2", NEW_YEAR),
        Entry(f"{HOST}/bai-2.html", datetime(2026, 1, 1, tzinfo=VIETNAM)),
        Entry(f"{HOST}/bai-3.html", None),
    ),
)

INDEX = f"""<sitemapindex xmlns="{SITEMAP}">
  <sitemap><loc>{HOST}/sitemap-1.xml.gz</loc><lastmod>2026-01-01T01:30:00Z</lastmod></sitemap>
  <sitemap><loc>{HOST}/sitemap-2.xml</loc></sitemap></sitemapindex>"""

SITEMAPS = Feed(
    "sitemap index",
    (Entry(f"{HOST}/sitemap-1.xml.gz", NEW_YEAR), Entry(f"{HOST}/sitemap-2.xml", None)),
)

RSS_2 = f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Bài mẫu</title><link>{HOST}/</link>
  <atom:link href="{HOST}/feed/" rel="self"/><image><url>{HOST}/logo.png</url></image>
  <item><title>Một</title><atom:link href="/khac" rel="self"/>
    <link>{HOST}/bai-1/</link><comments>{HOST}/bai-1/#c</comments>
    <pubDate>Thu, 01 Jan 2026 08:30:00 +0700</pubDate><guid isPermaLink="false">7</guid>
    <content:encoded><![CDATA[<p>Bài mẫu <a href="/khac">&</a></p>]]></content:encoded></item>
  <item><title>Không</title><guid>7</guid></item>
  <item><title>Hai</title><guid>{HOST}/bai-2/</guid></item>
  <item><title>Ba</title><guid isPermaLink="false">{HOST}/?p=3</guid></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://xa.example.vn/tin/">
  <link href="/"/><updated>2026-02-02T00:00:00Z</updated>
  <entry><link rel="replies" href="bai-1/binh-luan"/><link rel="alternate" href="bai-1"/>
    <published>2025-12-01T00:00:00Z</published><updated>2026-01-01T01:30:00Z</updated></entry>
  <entry><id>tag:xa.example.vn,2026:2</id><link href="/bai-2"/></entry></feed>"""

RSS_1 = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel rdf:about="{HOST}/rss"><link>{HOST}/</link></channel>
  <item rdf:about="{HOST}/bai-1"><link>{HOST}/bai-1</link>
    <dc:date>2026-01-01T08:30:00+07:00</dc:date></item></rdf:RDF>"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (URLSET.encode(), URLS),
        (gzip.compress(URLSET.encode(), mtime=0), URLS),
        (b"\n\n " + URLSET.encode(), URLS),  # before the declaration, where XML forbids it
        (b"\xef\xbb\xbf" + URLSET.encode(), URLS),
        (URLSET.replace("UTF-8", "UTF-16").encode("utf-16"), URLS),
        (URLSET.replace(f' xmlns="{SITEMAP}"', "").encode(), URLS),
        (URLSET.replace("&amp;", "&").encode(), URLS),  # bare ampersands
        (URLSET.replace("&amp;", "&amp;amp;").encode(), URLS),  # escaped twice
        (URLSET.removesuffix("</urlset>").encode(), URLS),  # cut short
        (INDEX.encode(), SITEMAPS),
        (f'<urlset xmlns="{SITEMAP}"/>'.encode(), Feed("sitemap", ())),
        (
            f"{HOST}/bai-1\r\n\r\n{HOST}/bai-2.html\r\n{HOST}/a.pdf\r\n{HOST}/bai-1\r\n".encode(),
            Feed("sitemap", (Entry(f"{HOST}/bai-1", None), Entry(f"{HOST}/bai-2.html", None))),
        ),
        (
            RSS_2.encode(),
            Feed("feed", (Entry(f"{HOST}/bai-1/", NEW_YEAR), Entry(f"{HOST}/bai-2/", None))),
        ),
        (
            b'<rss version="0.91"><channel><item><link>/bai-1</link></item></channel></rss>',
            Feed("feed", (Entry(f"{HOST}/bai-1", None),)),
        ),
        (RSS_1.encode(), Feed("feed", (Entry(f"{HOST}/bai-1", NEW_YEAR),))),
        (
            ATOM.encode(),
            Feed("feed", (Entry(f"{HOST}/tin/bai-1", NEW_YEAR), Entry(f"{HOST}/bai-2", None))),
        ),
    ],
)
def test_read_feed(body: bytes, expected: Feed) -> None:
    assert read_feed(body, AT) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<!DOCTYPE html><html><body><a href='/'>404</a></body></html>",  # with status 200
        b"<html xmlns='http://www.w3.org/1999/xhtml'><url><loc>/a</loc></url></html>",
        b"User-agent: *\nDisallow:",
        b"https la gi?\nbai mau",
        b'{"urls": []}',
        b"<opml><body/></opml>",
        b"\x1f\x8b not gzip",
    ],
)
def test_what_is_no_feed(body: bytes) -> None:
    assert read_feed(body, AT) is None


def test_no_entity_is_resolved_and_nothing_is_read(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    secret = tmp_path_factory.mktemp("secret") / "name"
    secret.write_text("mat-khau")
    body = (
        f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY y "noi-bo">]>'
        f"<urlset><url><loc>{HOST}/&x;&y;</loc></url></urlset>"
    )
    feed = read_feed(body.encode(), AT)
    assert feed is not None
    assert "mat-khau" not in str(feed)


def test_entities_that_grow_are_no_bomb() -> None:
    grown = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    body = (
        f'<!DOCTYPE urlset [<!ENTITY e0 "x">{grown}]><urlset><url><loc>/&e12;</loc></url></urlset>'
    )
    assert len(str(read_feed(body.encode(), AT))) < 1000


def test_at_most_so_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 500)
    entries = "".join(f"<url><loc>/{number}</loc></url>" for number in range(5000))
    markup = read_feed(f"<urlset>{entries}</urlset>".encode(), AT)
    lines = read_feed("".join(f"{HOST}/{number}\n" for number in range(600)).encode(), AT)
    assert markup is not None
    assert lines is not None
    assert len(markup.entries) == len(lines.entries) == 500


def test_a_packed_bomb_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "LARGEST", 100_000)
    first = f"<urlset><url><loc>{HOST}/bai</loc></url>"
    bomb = gzip.compress(first.encode() + b" " * 10**7 + b"<url><loc>/xa</loc></url></urlset>")
    assert read_feed(bomb, AT) == Feed("sitemap", (Entry(f"{HOST}/bai", None),))


def test_a_packed_file_that_is_cut_short() -> None:
    body = gzip.compress(URLSET.encode() + bytes(range(256)) * 50)[:-60]
    assert read_feed(body, AT) == URLS


@given(st.binary(max_size=200), st.sampled_from([b"", b"<urlset><url>", b"<rss><item><link>"]))
def test_any_bytes_are_read_or_refused(body: bytes, start: bytes) -> None:
    feed = read_feed(start + body, AT)
    assert feed is None or all(entry.url.startswith("http") for entry in feed.entries)


def test_feeds_named() -> None:
    root = lxml.html.fromstring(
        """<html><head><base href="/tin/">
        <link rel="alternate" type="application/rss+xml" title="Xã mẫu" href="/feed/">
        <link rel="ALTERNATE feed" type="application/atom+xml; charset=utf-8" href="atom">
        <link rel="alternate" type="application/rss+xml" title="Dòng bình luận" href="/bai/feed/">
        <link rel="alternate" type="application/rss+xml" href="/comments/feed/">
        <link rel="alternate" type="application/json+oembed" href="/oembed">
        <link rel="alternate" hreflang="en" href="/en/">
        <link rel="alternate" type="application/rss+xml" href="">
        <link rel="sitemap" href="/ban-do.xml">
        <link rel="stylesheet" type="text/css" href="/a.css">
        <link rel="alternate" type="application/rss+xml" href="/feed/#lai"></head><body></body>
        </html>"""
    )
    assert feeds_named(root, f"{HOST}/bai") == (
        f"{HOST}/feed/",
        f"{HOST}/tin/atom",
        f"{HOST}/ban-do.xml",
    )
