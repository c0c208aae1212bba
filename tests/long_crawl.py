"""A crawl of many pages that are known beforehand and not read, and what its process holds."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from crawler.article import Article
from crawler.page import Page
from crawler.portals import Portal
from crawler.reading import ARTICLE, Reading
from crawler.spider import crawl

SAMPLED_EVERY = 100
"""Pages between two looks at what the process holds."""

WARM = 0.2
"""The share of the pages after which what the process holds should grow no more."""

PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Held:
    """What a process held at one moment: pages dealt with till then, bytes, open descriptors."""

    pages: int
    resident: int
    descriptors: int


def held(pages: int) -> Held:
    """What this process holds now."""
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_SIZE
    return Held(pages, resident, len(os.listdir("/proc/self/fd")))


@dataclass(frozen=True, slots=True)
class Growth:
    """How many bytes and descriptors more a crawl held at its end than after its first fifth."""

    first: Held
    last: Held

    @property
    def megabytes(self) -> float:
        return (self.last.resident - self.first.resident) / 1e6

    @property
    def descriptors(self) -> int:
        return self.last.descriptors - self.first.descriptors


def known_portals(hosts: Sequence[str], pages: int) -> list[Portal]:
    """Portals of which every address is known beforehand."""
    return [
        Portal(
            id=f"mau-{number}",
            name="Phường Mẫu",
            ward="Phường Mẫu",
            province="Hà Nội",
            start=tuple(f"http://{host}/bai-{each}" for each in range(pages)),
            hosts=(host,),
            delay=timedelta(0),
            allow_private=True,
        )
        for number, host in enumerate(hosts)
    ]


def crawl_unread(
    portals: Sequence[Portal], folder: Path, progress: Callable[[int, int], None] | None = None
) -> int:
    """Fetch, archive and store; how many articles that brought. Once a process, as crawl()."""
    store, archive = folder / "articles.db", folder / "pages"
    report = crawl(portals, store, archive, "", progress, read=unread)
    return sum(portal.new for portal in report.portals)


def growth(portals: Sequence[Portal], folder: Path) -> Growth:
    """What such a crawl came to hold while it went on."""
    samples: list[Held] = []

    def look(done: int, known: int) -> None:
        if done % SAMPLED_EVERY == 0:
            samples.append(held(done))

    crawl_unread(portals, folder, look)
    last = samples[-1]
    return Growth(next(each for each in samples if each.pages >= last.pages * WARM), last)


def unread(page: Page, portal: Portal) -> Reading:
    """An article for every page without looking into it, so that there is something to store."""
    article = Article(
        url=page.url,
        portal=portal.id,
        identity=page.url,
        title="Bài mẫu",
        published=None,
        updated=None,
        lead="",
        body=("Toàn bộ chữ ở đây là bài mẫu, không có người thật. " * 20,) * 3,
        captions=(),
        byline="",
        section="",
        attachments=(),
        layout="general",
        fetched_at=page.fetched_at,
    )
    return Reading("article", ARTICLE, hashlib.sha256(page.body).hexdigest(), article)
