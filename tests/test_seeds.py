"""The five texts this project was conceived for, in the page frames of every family.

They are read from beside the data folder at test time; only what is asked of them stands here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from crawler.article import VIETNAM, Article
from crawler.boilerplate import line_rule
from crawler.extract import extract
from crawler.page import Page, parse
from crawler.portals import Portal
from tests.portals.frames import article_page
from tests.portals.sites import SampleArticle, Site, article_path, load_sites

pytestmark = pytest.mark.data

PORTAL = Portal("seed", "Mầm", "", "", ("http://phuong.example.vn/",), ("phuong.example.vn",))
PORTALS = {"known": PORTAL, "unknown": replace(PORTAL, layout="general")}
NOW = datetime(2026, 9, 1, tzinfo=VIETNAM)
SITES = load_sites()

PRINTED = {
    "000": None,
    "001": None,  # an event "Sáng ngày 11/5" is no date of publication
    "002": datetime(2022, 10, 6, 20, 47, tzinfo=VIETNAM),
    "003": datetime(2021, 2, 19, 13, 40, tzinfo=VIETNAM),
    "004": datetime(2022, 1, 14, 15, 2, tzinfo=VIETNAM),
}
BYLINES = {"000": "Triệu Biển", "001": "Xuân Thoa"}

DATE_LINE = re.compile(r"(?:Cập nhật: |Ngày đăng )?\d\d[/-]\d\d[/-]\d{4} .*")
GLUED = re.compile(r"\s{2,}(?=Thống kê truy cập$)")
"""Where the text of a page lost the line break before its counter."""


@dataclass(frozen=True)
class Seed:
    """One text: the lines above the title, title, date's line, paragraphs, lines below."""

    number: str
    head: tuple[str, ...]
    title: str
    printed: str
    body: tuple[str, ...]
    tail: tuple[str, ...]


@pytest.fixture(scope="session")
def seeds(data: Path) -> dict[str, Seed]:
    """The seeds by number; skips where they are not beside the data."""
    files = sorted((data.parent / "seeds").glob("*.txt"))
    if not files:
        pytest.skip("there is no folder of seed texts beside the data")
    return {path.name[:3]: seed(path) for path in files}


def seed(path: Path) -> Seed:
    """One file, taken apart by hand-written rules that are not those under test."""
    text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
    lines = [" ".join(line.split()) for line in split_lines(text)]
    lines = [line for line in lines if line]
    start = next(number for number, line in enumerate(lines) if len(line) > 40)
    end = next((n for n, line in enumerate(lines) if line == "Thống kê truy cập"), len(lines))
    dated = DATE_LINE.fullmatch(lines[start + 1])
    return Seed(
        number=path.name[:3],
        head=tuple(lines[:start]),
        title=lines[start],
        printed=lines[start + 1] if dated else "",
        body=tuple(lines[start + 1 + bool(dated) : end]),
        tail=tuple(lines[end:]),
    )


def split_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from GLUED.split(line)


def read(seed: Seed, site: Site, portal: Portal, tail: tuple[str, ...] = ()) -> Article:
    """The seed through a frame of the site's family; `tail` are lines put into its body."""
    sample = SampleArticle(
        id=77, title=seed.title, body=(*seed.body, *tail), printed=seed.printed, written=NOW
    )
    html = article_page(site.family, sample, site)
    path = "/bai" if site.family == "sharepoint" else article_path(site.family, sample)
    page = Page(f"http://phuong.example.vn{path}", NOW, 200, {}, html.encode())
    parsed = parse(page)
    assert parsed is not None
    extraction = extract(parsed, portal)
    assert extraction.article is not None, extraction.reason
    return extraction.article


def lines_of(article: Article) -> list[str]:
    return [each for each in (article.lead, *article.body, *article.captions) if each]


@pytest.mark.parametrize("portal", PORTALS.values(), ids=PORTALS)
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.family)
@pytest.mark.parametrize("number", PRINTED)
def test_a_seed_in_every_frame(
    seeds: dict[str, Seed], number: str, site: Site, portal: Portal
) -> None:
    seed = seeds[number]
    article = read(seed, site, portal)
    byline = BYLINES.get(number, "")
    assert article.title == seed.title
    assert article.byline == byline
    assert lines_of(article) == [line for line in seed.body if line != byline]
    assert (article.published and article.published.moment) == PRINTED[number]


@pytest.mark.parametrize("portal", PORTALS.values(), ids=PORTALS)
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.family)
def test_the_boilerplate_of_the_seeds_inside_the_body(
    seeds: dict[str, Seed], site: Site, portal: Portal
) -> None:
    around = tuple(line for seed in seeds.values() for line in (*seed.head, *seed.tail))
    assert len(around) >= 6
    for seed in seeds.values():
        clean = read(seed, site, portal)
        dirty = read(seed, site, portal, around)
        assert lines_of(dirty) == lines_of(clean)
        assert dirty.byline == clean.byline


def test_the_frame_of_every_seed_is_known_by_its_words(seeds: dict[str, Seed]) -> None:
    for seed in seeds.values():
        assert all(line_rule(line) for line in (*seed.head, *seed.tail))
        assert not any(line_rule(line) for line in seed.body)
