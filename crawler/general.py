"""The general way: where title and article stand on a page of an unknown family.

trafilatura says which text is the article's; we look up the smallest part of the page that holds
it, and that part is then read as the body of a known family is: with its tables and its spelling.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document

from crawler.blocks import squeezed
from crawler.urls import is_file


@dataclass(slots=True)
class Letters:
    """For every element: letters it shows, letters of links to other pages among them, and letters
    of the article, as far as they stand below the heading; where the first of these stand, and how
    many the article has."""

    wanted: int

    shown: Counter[HtmlElement] = field(default_factory=Counter)
    linked: Counter[HtmlElement] = field(default_factory=Counter)
    held: Counter[HtmlElement] = field(default_factory=Counter)
    first: HtmlElement | None = None


NEARLY_ALL = 0.85
"""Share of the article's letters that its place must hold."""

SEVERAL = 3
LONGEST_NEIGHBOUR = 1500
"""Letters of an element beside the article that may belong to it."""

MOST = 0.6
"""Share of it that must stand below the heading: the rest is taken for strays from the frame."""

SHORTEST = 20
"""Letters of a piece of text that can be looked up in the article; shorter ones stand anywhere."""

ENOUGH = 100
"""Letters of an article that can be looked for: of a shorter one trafilatura sees the frame."""

SILENT = frozenset(("script", "style", "noscript", "option", "title"))

SHORTEST_TITLE = 8
HEADINGS = ("h1", "h2", "h3", "h4")
TITLE_CLASS = re.compile(r"title|headline|tieu-?de|tit\b|heading", re.I)
SEPARATOR = re.compile(r"\s+[-–—|»:]+\s+|::")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands: its title, the element that shows it (None where only <title> has
    it), and the elements that hold the article below."""

    title: str
    heading: HtmlElement | None
    body: tuple[HtmlElement, ...]


def place_of(root: HtmlElement) -> Place | None:
    """Title and body of the article on a page; None where trafilatura finds no text.

    The body is the smallest element that holds what trafilatura takes for the article, from below
    the heading, with what stands right beside it: lead and byline often stand apart.
    """
    document = trafilatura.bare_extraction(root, include_comments=False)
    title, headings = headlines(root)
    if not isinstance(document, Document) or not document.text or not title:
        return None
    first = headings[0] if headings else None
    letters = _letters(root, first, title, squeezed(document.text))
    if letters.held[root] < ENOUGH:
        below = _next_below(first, letters) if first is not None else ()
        return Place(title, first, below) if below else None
    inner = _smallest(root, letters)
    heading = _last_before(letters.first, headings, root)
    body = _beside(heading, inner, letters) if heading is not None else ()
    return Place(title, heading, body) if body else Place(title, None, (inner,))


def _smallest(root: HtmlElement, letters: Letters) -> HtmlElement:
    enough = NEARLY_ALL * letters.held[root]
    place, inner = root, [root]
    while inner:
        place = inner[0]
        inner = [child for child in place if letters.held[child] >= enough]
    return place


def _last_before(
    first: HtmlElement | None, headings: Sequence[HtmlElement], root: HtmlElement
) -> HtmlElement | None:
    """The last of the headings above the article's first words."""
    before = set(takewhile(lambda element: element is not first, root.iter()))
    return next((each for each in reversed(headings) if each in before), None)


def _beside(heading: HtmlElement, inner: HtmlElement, letters: Letters) -> tuple[HtmlElement, ...]:
    """The article below its heading; () where the two do not stand side by side."""
    branch: HtmlElement | None = heading
    while branch is not None:
        below = list(_without_links(branch.itersiblings(), inner, letters))
        held = sum(letters.held[each] for each in below)
        if held >= MOST * letters.held[inner]:
            shown = sum(letters.shown[each] for each in below)
            most = 2 * max(letters.wanted, letters.shown[inner])
            return tuple(below) if shown <= most else ()
        branch = branch.getparent()
    return ()


def _without_links(
    siblings: Iterable[HtmlElement], inner: HtmlElement, letters: Letters
) -> Iterator[HtmlElement]:
    """Menus and the like are left out; the first of them below the article ends it."""
    held = 0
    for each in siblings:
        if not _is_links(each, letters) or each is inner or letters.held[each] > ENOUGH:
            yield each
            held += letters.held[each]
        elif held >= NEARLY_ALL * letters.held[inner]:
            return


def _next_below(heading: HtmlElement, letters: Letters) -> tuple[HtmlElement, ...]:
    """What stands next below a heading, where the article's text is too short to be looked up."""
    branch, below = heading, list[HtmlElement]()
    while not below and branch.getparent() is not None:
        below = [each for each in branch.itersiblings() if letters.shown[each]]
        branch = branch.getparent()
    texts = [each for each in below if not _is_links(each, letters)]
    enough = sum(letters.shown[each] for each in texts) >= ENOUGH
    return tuple(texts if enough else below)


def _is_links(element: HtmlElement, letters: Letters) -> bool:
    """Whether an element is mostly a list of links, or too long to belong to an article beside."""
    shown = letters.shown[element]
    several = sum(1 for _ in islice(element.iter("a"), SEVERAL)) == SEVERAL
    return (several and 2 * letters.linked[element] > shown) or shown > LONGEST_NEIGHBOUR


def _letters(root: HtmlElement, heading: HtmlElement | None, title: str, article: str) -> Letters:
    letters = Letters(len(article))
    in_links = {each for link in root.iter("a") for each in link.iter()}
    below = True
    for element in reversed(list(root.iter())):  # children before parents
        parent = element.getparent()
        for text, inside in ((element.text, element), (element.tail, parent)):
            piece = squeezed(text) if text and element.tag not in SILENT else ""
            letters.shown[inside] += len(piece)
            wanted = below and len(piece) >= SHORTEST and piece != title
            if wanted and inside not in in_links and piece in article:
                letters.held[inside] += len(piece)
                letters.first = inside
        if element.tag == "a" and not is_file(element.get("href") or ""):
            letters.linked[element] = letters.shown[element]
        if parent is not None:
            for count in (letters.shown, letters.held, letters.linked):
                count[parent] += count[element]
        below = below and element is not heading
    return letters


def headlines(root: HtmlElement) -> tuple[str, list[HtmlElement]]:
    """The article's title and the elements that show it, in order; none where only <title> does.

    The <title> of a page mostly begins with the article's title; the heading that it repeats is
    the one that counts, for many portals have a heading over every box.
    """
    whole = squeezed(root.findtext(".//title") or "")
    shown = [(squeezed(e.text_content()), e) for e in root.iter() if _may_be_title(e)]
    repeated = [text for text, _ in shown if len(text) >= SHORTEST_TITLE and text in whole]
    title = max(repeated, key=lambda text: (whole.startswith(text), len(text)), default="")
    if not title:
        metas = root.xpath("//meta[@property='og:title']")
        title = squeezed(metas[0].get("content") or "") if metas else ""
    title = title or str(SEPARATOR.split(whole, maxsplit=1)[0])
    return title, [element for text, element in shown if text == title]


def _may_be_title(element: HtmlElement) -> bool:
    if element.tag in HEADINGS:
        return True
    names = f"{element.get('class', '')} {element.get('id', '')} {element.get('itemprop', '')}"
    return element.tag not in ("title", "meta") and bool(TITLE_CLASS.search(names))
