"""Extract: a page's article, or why it has none. Pure: a page in, a record out."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import lxml.etree
from lxml.html import HtmlElement

from crawler import fields
from crawler.article import Article
from crawler.blocks import Block, squeezed
from crawler.boilerplate import Removed, stripped
from crawler.general import content_of, headline
from crawler.layouts import Layout, lists, named, recognise
from crawler.page import ParsedPage
from crawler.portals import Portal

GENERAL = "general"
OWN = "own"
"""The layout of an article that only a portal's own selectors could read."""

SHORTEST = 150
"""Letters an article has, unless something else says that it is one."""

LINKS = 3
LINKED = 0.3
"""So many lines that are links, and so large a share of all lines, make a page a listing."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """The article of a page, or None and the reason in words.

    `layout` names the family that read it. `removed` are the lines taken for boilerplate.
    """

    article: Article | None
    reason: str
    layout: str
    removed: tuple[Removed, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where on the page an article stands. `heading` is None where only <title> has the title."""

    layout: Layout
    title: str
    heading: HtmlElement | None
    body: HtmlElement


def extract(parsed: ParsedPage, portal: Portal) -> Extraction:
    """The article of a page, or why there is none.

    1. A known family tells by its selectors where title and body are, or that the page lists.
    2. On any other page the general way finds them.
    3. Boilerplate rules take from the body what is not the article.
    4. The other fields are read around it.
    5. What no layout vouches for must look like an article.
    """
    # 1
    layout = _layout_of(parsed, portal)
    place = _by_layout(layout, parsed)
    if place is None and layout and lists(layout, parsed):
        return Extraction(None, "a listing page", layout.name, ())
    # 2
    place = place or _generally(parsed)
    if place is None:
        return Extraction(None, "no article text", GENERAL, ())
    # 3
    exact = place.layout.name != GENERAL
    html, dropped = _html(place)
    blocks, taken = stripped(html, place.title, parsed.page.fetched_at, exact)
    removed = (*dropped, *taken)
    # 4
    article = _article(parsed, portal, place, blocks, removed)
    # 5
    reason = "" if exact else _reason(place, blocks, article)
    return Extraction(None if reason else article, reason, place.layout.name, removed)


def _layout_of(parsed: ParsedPage, portal: Portal) -> Layout | None:
    layout = recognise(parsed) if portal.layout == "auto" else named(portal.layout)
    if not portal.selectors:
        return layout
    return (layout or named(GENERAL).renamed(OWN)).overridden(portal.selectors)


def _by_layout(layout: Layout | None, parsed: ParsedPage) -> _Place | None:
    if layout is None:
        return None
    bodies = layout.find("body", parsed.root)
    for heading in layout.find("title", parsed.root):
        title = squeezed(heading.text_content())
        if title and bodies:
            return _Place(layout, title, heading, bodies[0])
    return None


def _generally(parsed: ParsedPage) -> _Place | None:
    title, heading = headline(parsed.root)
    body = content_of(parsed.root, title, heading)
    return _Place(named(GENERAL), title, heading, body) if body is not None and title else None


def _html(place: _Place) -> tuple[str, list[Removed]]:
    """The body as HTML without what its layout drops."""
    body = copy.deepcopy(place.body)
    dropped = [each for each in place.layout.finds("drop", body) if each is not body]
    removed = [Removed(squeezed(each.text_content()), "the layout") for each in dropped]
    for each in dropped:
        if each.getparent() is not None:
            each.drop_tree()
    html = lxml.etree.tostring(body, encoding="unicode", method="html", with_tail=False)
    return html, [each for each in removed if each.line]


def _reason(place: _Place, blocks: Sequence[Block], article: Article) -> str:
    """Why this is no article; "" where it is one. A short text needs a heading and a date."""
    linked = sum(block.linked > 0.8 and block.tag != "tr" for block in blocks)
    if linked >= LINKS and linked >= LINKED * len(blocks):
        return "a listing page"
    dated = place.heading is not None and article.published is not None
    letters = sum(len(block.text) for block in blocks)
    return "" if letters >= SHORTEST or (dated and letters) else "no article text"


def _article(
    parsed: ParsedPage,
    portal: Portal,
    place: _Place,
    blocks: Sequence[Block],
    removed: Sequence[Removed],
) -> Article:
    layout, root = place.layout, parsed.root
    taken = [each.line for each in removed if each.rule == "date line"]
    published, updated = fields.dates_of(parsed, layout, place.heading, place.body, taken)
    rest, captions = fields.captions_apart(blocks)
    byline, paragraphs = fields.byline_of(layout, root, rest)
    lead = fields.lead_of(layout, root)
    body = tuple(block.text for block in paragraphs)
    when = published.moment.isoformat() if published else ""
    return Article(
        url=parsed.page.url,
        portal=portal.id,
        identity=fields.identity_of(parsed, portal.hosts, place.title, when, lead, *body),
        title=place.title,
        published=published,
        updated=updated,
        lead=lead,
        body=body,
        captions=tuple(block.text for block in captions),
        byline=byline,
        section=fields.section_of(layout, root, place.title),
        attachments=fields.attachments_of(layout, parsed, (place.body,)),
        layout=layout.name,
        fetched_at=parsed.page.fetched_at,
    )
