"""Sample pages and their gold: what must come out of each, and what of its frame must not.

The gold is written down beside the page: the blocks of articles.toml say what the article is, and
whatever else frames.toml and the templates put on the page is none of it. No extractor has a say.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from crawler.article import VIETNAM
from crawler.page import Page
from tests.portals.sites import load_sites, slug

HERE = Path(__file__).parent
FETCHED = datetime(2025, 11, 20, 9, 30, tzinfo=VIETNAM)
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")

PRINTED, PLAIN = 3, 2
"""Articles of a site from articles.toml, and from the sample portals."""

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """One article as its author wrote it."""

    title: str
    section: str
    written: datetime
    blocks: tuple[Block, ...]
    lead: str = ""
    byline: str = ""
    attachments: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Lead, body, captions and byline: all that must come out, and nothing else."""
        inside = [line for block in self.blocks for line in lines_of(block)]
        return tuple(line for line in (self.lead, *inside, self.byline) if line)


@dataclass(frozen=True, slots=True)
class SamplePage:
    """A page, the article on it, and lines that stand on the page but not in the article.

    `layout` is the entry of layouts.toml that knows the page, "" for none.
    """

    site: str
    layout: str
    page: Page
    text: Text
    frame: tuple[str, ...]


def lines_of(block: Block) -> list[str]:
    """The lines of one block of articles.toml."""
    if "table" in block:
        return [" ".join(row) for row in block["table"]]
    if "more" in block:
        return []
    lines = block["li"] if "li" in block else [next(iter(block.values()))]
    return [line.replace("[[", "").replace("]]", "") for line in lines]


def load_pages() -> list[SamplePage]:
    """Five pages of each site, in the order of frames.toml."""
    frames = tomllib.loads((HERE / "frames.toml").read_text(encoding="utf-8"))
    nasty, plain = _texts(), _plain_texts()
    pages = []
    for number, site in enumerate(frames["site"]):
        texts = [nasty[(number * PRINTED + n) % len(nasty)] for n in range(PRINTED)]
        texts += plain[number * PLAIN : (number + 1) * PLAIN]
        others = [*nasty[number % 3 :: 3], *plain[-4:]]
        pages += [_page(site, frames, text, others, n) for n, text in enumerate(texts, 1)]
    return pages


def page_with(template: str, title: str, body: list[str]) -> Page:
    """Any text on a page of a site, as its system would serve it."""
    frames = tomllib.loads((HERE / "frames.toml").read_text(encoding="utf-8"))
    site = next(each for each in frames["site"] if each["template"] == template)
    blocks = tuple({"p": paragraph} for paragraph in body)
    text = Text(title, "Tin tức", datetime(2025, 9, 14, 9, 5), blocks)
    return _page(site, frames, text, _texts()[:6], 1).page


def _texts() -> list[Text]:
    entries = tomllib.loads((HERE / "articles.toml").read_text(encoding="utf-8"))["article"]
    return [Text(**{**each, "blocks": tuple(each["blocks"])}) for each in entries]


def _plain_texts() -> list[Text]:
    return [
        Text(
            article.title,
            site.sections[article.section],
            article.written,
            (*_plain_blocks(article.body, article.captions),),
            article.lead,
            article.byline,
        )
        for number in range(12)
        for site in load_sites()
        for article in site.articles[number : number + 1]
    ]


def _plain_blocks(body: tuple[str, ...], captions: tuple[str, ...]) -> Iterator[Block]:
    yield {"p": body[0]}
    yield from ({"img": caption} for caption in captions)
    yield from ({"p": paragraph} for paragraph in body[1:])


def _page(
    site: Mapping[str, str], frames: Mapping[str, Any], text: Text, others: list[Text], number: int
) -> SamplePage:
    related = [each for each in others if each is not text][:6]
    today = FETCHED + timedelta(days=number)
    html = TEMPLATES.get_template(f"{site['template']}.html").render(
        article=text,
        section=text.section,
        site=site,
        related=related,
        weekday=WEEKDAYS[text.written.weekday()],
        today=f"{WEEKDAYS[today.weekday()]}, {today:%d/%m/%Y}",
        english_today=f"{today:%A, %d/%m/%Y}",
        views=60 + 7 * number,
        online=2 + number,
        total=f"{482190 + 31 * number}",
        **{name: frames[name] for name in FRAME},
    )
    path = site["path"].format(n=4100 + number, slug=slug(text.title))
    page = Page(f"http://{site['template']}.example.vn{path}", today, 200, {}, html.encode())
    mores = [block["more"] for block in text.blocks if "more" in block]
    around = [site["name"], site["slogan"], site["office"], *mores, *_flat(frames)]
    around += [each.title for each in related]
    return SamplePage(site["template"], site["layout"], page, text, tuple(around))


FRAME = ("menu", "notices", "teasers", "links", "footer", "comments")


def _flat(frames: Mapping[str, Any]) -> Iterator[str]:
    for name in FRAME:
        for each in frames[name]:
            yield from [each] if isinstance(each, str) else each


def _linked(text: str) -> Markup:
    """The text with links where [[…]] stands."""
    marked = str(escape(text)).replace("[[", '<a href="/van-ban">').replace("]]", "</a>")
    return Markup(marked)


TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["linked"] = _linked
