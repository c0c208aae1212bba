"""A portal that is crawled without a network, for the tests of what happens to its pages later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from crawler.archive import Archive
from crawler.article import VIETNAM
from crawler.frontier import Address
from crawler.lane import Download, Lane
from crawler.locks import Locks
from crawler.page import Page
from crawler.portals import Portal
from crawler.store import Store, Stored

HOME = "https://xa.example.vn"
PORTAL = Portal(
    id="xa-mau",
    name="Xã Mẫu",
    ward="Xã Mẫu",
    province="Hà Nội",
    start=(f"{HOME}/",),
    hosts=("xa.example.vn",),
)
DAY = datetime(2024, 5, 1, 8, tzinfo=VIETNAM)
HTML = {"content-type": "text/html; charset=utf-8"}


def article(name: str, text: str = "", more: str = "", file: str = "") -> bytes:
    """A page with an article (bài mẫu); `more` stands in its head, `file` is linked by it."""
    paragraphs = "".join(
        f"<p>Đoạn {number} của bài mẫu {name}: hội nghị bàn về ngân sách và trồng cây. {text}</p>"
        for number in range(4)
    )
    link = f'<p><a href="{file}">Kế hoạch kèm theo</a></p>' if file else ""
    return f"""<html><head><meta name="generator" content="WordPress 6.5"><title>Bài {name}</title>
        {more}</head><body class="single single-post"><article class="post">
        <h1 class="entry-title">Bài mẫu {name}</h1>
        <div class="entry-content">{paragraphs}{link}</div></article></body></html>""".encode()


def listing(*paths: str) -> bytes:
    """A page that lists others."""
    links = "".join(f'<li><a href="{path}">Xem tin (mẫu)</a></li>' for path in paths)
    return f"<html><head><title>Tin tức</title></head><body><ul>{links}</ul></body></html>".encode()


def page(path: str, body: bytes, when: datetime = DAY) -> Page:
    return Page(f"{HOME}{path}", when, 200, HTML, body)


def crawl(store: Store, folder: Path, pages: Mapping[str, bytes], when: datetime = DAY) -> Lane:
    """Crawl all these pages, known before or not, on that day."""
    store.connection.execute("UPDATE addresses SET due = 0")

    async def download(portal: Portal, address: Address) -> Page:
        path = address.url.removeprefix(HOME)
        body = pages.get(path)
        kind = {"content-type": "application/pdf"} if path.endswith(".pdf") else HTML
        return Page(address.url, when, 404 if body is None else 200, kind, body or b"")

    return drive(store, folder, download, PORTAL)


def drive(store: Store, folder: Path, download: Download, portal: Portal) -> Lane:
    """A lane driven to its end."""
    archive = Archive(folder)
    lane = Lane(store, archive, portal, Locks(folder))

    async def way() -> None:
        async for _ in lane.pages(download):
            pass

    asyncio.run(way())
    archive.close()
    return lane


def unindexed(store: Store) -> list[Stored]:
    """The articles that wait to be indexed."""
    return list(store.articles(store.ids(unindexed=True)).values())
