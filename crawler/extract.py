"""Extract: a page's article, or why it has none. Pure: a page in, a record out."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import lxml.html

from crawler import fields
from crawler.article import Article
from crawler.blocks import Block, squeezed
from crawler.boilerplate import Removed, stripped
from crawler.frame import NOTHING, Frame, strip_frame
from crawler.general import Place, place_of
from crawler.layouts import Layout, lists, named, recognise
from crawler.page import ParsedPage
from crawler.portals import Portal
from crawler.spam import evidence_in

GENERAL = "general"
QUARANTINED = "quarantined"
"""How the reason begins where a page is spam: it is seen in the status, and never searched."""
REPEATED = "repeated by the portal"
OWN = "own"
"""The layout of an article that only a portal's own selectors could read."""

MAY_DATE = frozenset(("date line", "footer", REPEATED))
"""Rules whose lines may say when the article was published; Drupal puts that into a footer."""

SHORTEST = 150
"""Letters an article has, unless something else says that it is one."""

MOST_ELEMENTS, MOST_LETTERS = 30_000, 2_000_000
"""What a page may hold: nobody wrote more, and reading it would take seconds and much memory."""

LINKS, LINKED = 3, 0.3
"""So many lines that are links, and so large a share of all lines, make a page a listing; one does
if it is the first, and as long as a title."""
TITLE = 25

TEASERS = 0.6
"""So do links and texts that are cut short, where they are this share of the lines."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """The article of a page, or None and the reason in words.

    `layout` names the family that read it. `removed` are the lines taken for boilerplate.
    """

    article: Article | None
    reason: str
    layout: str
    removed: tuple[Removed, ...]


def extract(parsed: ParsedPage, portal: Portal, frame: Frame = NOTHING) -> Extraction:
    """The article of a page, or why there is none. `frame` is what the portal's other pages show.

    1. A known family tells by its selectors where title and body are, or that the page lists.
    2. On any other page the general way finds them.
    3. What the portal itself repeats is its frame: it is no part of the place, and goes from its
       edges.
    4. Boilerplate rules take from the body what is not the article.
    5. The other fields are read around it.
    6. What is left must be an article; where no layout vouches for it, it must look like one. What
       somebody smuggled in to sell is quarantined.
    """
    if too_much := _too_much(parsed):
        return Extraction(None, too_much, GENERAL, ())
    # 1
    layout = _layout_of(parsed, portal)
    place = _by_layout(layout, parsed)
    exact = place is not None
    if not exact and lists(layout, parsed):
        return Extraction(None, "a listing page", layout.name, ())
    # 2
    if place is None:
        layout, place = named(GENERAL), place_of(parsed.root, frame)
    if place is None:
        return Extraction(None, "no article text", GENERAL, ())
    # 3
    html, dropped = _html(layout, place, NOTHING if exact else frame)
    # 4
    title = place.title if place.heading is None else ""
    blocks, taken = stripped(html, parsed.page.fetched_at, exact, title)
    removed = (*dropped, *taken)
    # 5
    article = _article(parsed, portal, layout, place, blocks, removed)
    # 6
    if exact:
        reason = "" if blocks or article.lead or article.published else "no article text"
    else:
        reason = _reason(place, blocks, removed, article)
    if not reason and (evidence := evidence_in(article.title, article.text)):
        reason = f"{QUARANTINED}: {evidence.kind}"
        removed = (*removed, Removed(", ".join(evidence.words), f"spam: {evidence.kind}"))
    return Extraction(None if reason else article, reason, layout.name, removed)


def _too_much(parsed: ParsedPage) -> str:
    """Why a page is not even looked at; "" where it is."""
    if len(list(islice(parsed.root.iter(), MOST_ELEMENTS + 1))) > MOST_ELEMENTS:
        return "too many elements"
    return "too much text" if len(parsed.root.text_content()) > MOST_LETTERS else ""


def _layout_of(parsed: ParsedPage, portal: Portal) -> Layout:
    """The layout that portals.toml names, or the page shows; with the portal's own selectors."""
    known = recognise(parsed) if portal.layout == "auto" else named(portal.layout)
    if portal.selectors:
        return (known or named(GENERAL).renamed(OWN)).overridden(portal.selectors)
    return known or named(GENERAL)


def _by_layout(layout: Layout, parsed: ParsedPage) -> Place | None:
    bodies = layout.find("body", parsed.root)
    for heading in layout.find("title", parsed.root):
        title = squeezed(heading.text_content())
        if title and bodies:
            return Place(title, heading, (bodies[0],))
    return None


def _html(layout: Layout, place: Place, frame: Frame) -> tuple[str, list[Removed]]:
    """The body as HTML without what its layout drops and what the portal repeats."""
    body = lxml.html.Element("div")
    body.extend(copy.deepcopy(part) for part in place.body)
    body[-1].tail = None
    dropped = list(layout.finds("drop", body))
    removed = [Removed(squeezed(each.text_content()), "the layout") for each in dropped]
    for each in dropped:
        each.drop_tree()
    removed += [Removed(text, REPEATED) for text in strip_frame(body, frame)]
    html = lxml.html.tostring(body, encoding="unicode")
    return html, [each for each in removed if each.line]


def _reason(
    place: Place, blocks: Sequence[Block], removed: Sequence[Removed], article: Article
) -> str:
    """Why this is no article; "" where it is one. A short text needs a heading and a date."""
    teasers = sum(each.rule == "teaser" for each in removed)
    dated = place.heading is not None and article.published is not None
    prose = sum(len(block.text) for block in blocks if block.linked < LINKED)
    if (teasers > 1 or _is_listing(blocks)) and not (dated and prose >= SHORTEST):
        return "a listing page"
    letters = sum(len(block.text) for block in blocks)
    return "" if letters >= SHORTEST or (dated and letters) else "no article text"


def _is_listing(blocks: Sequence[Block]) -> bool:
    linked = sum(block.linked > 0.8 and block.tag != "tr" for block in blocks)
    cut = sum(block.text.endswith(("...", "…")) for block in blocks)
    if linked and cut and linked + cut >= TEASERS * len(blocks):
        return True
    begins = bool(blocks) and blocks[0].linked > 0.8 and len(blocks[0].text) >= TITLE
    return (linked >= LINKS or begins) and linked >= LINKED * len(blocks)


def _article(
    parsed: ParsedPage,
    portal: Portal,
    layout: Layout,
    place: Place,
    blocks: Sequence[Block],
    removed: Sequence[Removed],
) -> Article:
    root = parsed.root
    taken = [each.line for each in removed if each.rule in MAY_DATE]
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
        attachments=fields.attachments_of(layout, parsed, place.body),
        pictures=fields.pictures_of(parsed, place.body),
        layout=layout.name,
        fetched_at=parsed.page.fetched_at,
    )
