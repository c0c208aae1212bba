"""Sample sites and their articles, as records; where each article stands on a site of its family.

All texts are ours (see the TOML files beside this module); no person, case or document is real.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

PAGE_SIZE = 5
"""Articles on one page of a listing: thirteen articles make three pages."""


@dataclass(frozen=True, slots=True)
class SampleArticle:
    """One article as its author wrote it. `printed` is the date line of the page, "" for none;
    "{views}" in it becomes the view counter."""

    id: int
    title: str
    body: tuple[str, ...]
    printed: str = ""
    lead: str = ""
    captions: tuple[str, ...] = ()
    byline: str = ""
    attachments: tuple[str, ...] = ()
    section: str = "tin-tuc"
    written: datetime = datetime(2025, 8, 1, 8, 0)

    @property
    def slug(self) -> str:
        return slug(self.title)


@dataclass(frozen=True, slots=True)
class Site:
    """One sample portal: whose it is, its host on loopback, its sections and its articles."""

    id: str
    family: str
    host: str
    name: str
    ward: str
    province: str
    office: str
    sections: Mapping[str, str]
    articles: tuple[SampleArticle, ...] = ()
    sitemap: bool = False

    def listed(self, section: str) -> tuple[SampleArticle, ...]:
        """Newest first; the first section, as on many portals, lists the articles of all."""
        everything = section == next(iter(self.sections))
        chosen = (a for a in self.articles if everything or a.section == section)
        return tuple(sorted(chosen, key=lambda article: article.written, reverse=True))

    def pages(self, section: str) -> int:
        return max(1, -(-len(self.listed(section)) // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class Addresses:
    """How a family of sites forms its addresses: patterns for str.format."""

    article: str
    listing: str
    later: str
    printed: str = ""


ADDRESSES = {
    "liferay": Addresses(
        article="/{a.section}/-/view_content/{a.id}-{a.slug}.html",
        listing="/{section}",
        later="/{section}?p_p_id=101_INSTANCE_mau&p_p_lifecycle=0&_101_INSTANCE_mau_cur={number}",
        printed="/{a.section}/-/view_content/pop_up/{a.id}-{a.slug}.html",
    ),
    "nukeviet": Addresses(
        article="/vi/news/{a.section}/{a.slug}-{a.id}.html",
        listing="/vi/news/{section}/",
        later="/vi/news/{section}/page-{number}/",
        printed="/vi/news/print/{a.section}/{a.slug}-{a.id}.html",
    ),
    "wordpress": Addresses(
        article="/{a.slug}/",
        listing="/category/{section}/",
        later="/category/{section}/page/{number}/",
    ),
    "vnpt": Addresses(
        article="/web/guest/{a.section}/-/asset_publisher/mauBaiViet01/content/id/{a.id}/{a.slug}",
        listing="/web/guest/{section}",
        later="/web/guest/{section}?_101_INSTANCE_mauBaiViet01_cur={number}",
    ),
    "sharepoint": Addresses(
        article="/portal/Pages/{a.written:%Y-%m-%d}/{a.slug}{a.id}.aspx",
        listing="/portal/Pages/{section}.aspx",
        later="/portal/Pages/{section}.aspx?page={number}",
    ),
}


def article_path(family: str, article: SampleArticle) -> str:
    """The path under which a site of this family shows the article."""
    return ADDRESSES[family].article.format(a=article)


def print_path(family: str, article: SampleArticle) -> str:
    """The path of the article's print view; "" where the family has none."""
    return ADDRESSES[family].printed.format(a=article)


def listing_path(family: str, section: str, number: int = 1) -> str:
    """The path and query of one page of a section's listing."""
    pattern = ADDRESSES[family].listing if number == 1 else ADDRESSES[family].later
    return pattern.format(section=section, number=number)


def slug(title: str) -> str:
    """The title as portals put it into addresses.

    >>> slug("Thu ngân sách 6 tháng đạt 144%: Đà tăng tốt")
    'thu-ngan-sach-6-thang-dat-144-da-tang-tot'
    """
    plain = unicodedata.normalize("NFD", title.lower().replace("đ", "d"))
    kept = (
        c if c.isascii() and c.isalnum() else " " for c in plain if not unicodedata.combining(c)
    )
    return "-".join("".join(kept).split())


def load_sites() -> tuple[Site, ...]:
    """The five sample portals, in the order of their hosts."""
    sites = [_site(tomllib.loads(path.read_text())) for path in HERE.glob("*.toml")]
    return tuple(sorted(sites, key=lambda site: site.host))


def _site(entry: dict[str, Any]) -> Site:
    dating = entry.pop("dating")
    articles = tuple(_article(item, dating) for item in entry.pop("article"))
    return Site(**entry, articles=articles)


def _article(item: dict[str, Any], dating: str) -> SampleArticle:
    """`dating` is the site's way of printing a date (for strftime); an article may have its own."""
    item["printed"] = item["written"].strftime(item.pop("dating", dating))
    item["body"] = [" ".join(paragraph.split()) for paragraph in item["body"].split("\n\n")]
    for name in ("body", "captions", "attachments"):
        item[name] = tuple(item.get(name, ()))
    return SampleArticle(**item)
