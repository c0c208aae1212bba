"""The general way: where title and article stand on a page of an unknown family.

trafilatura says which text is the article's; we look up the part of the page below the heading that
holds it, and that part is then read as the body of a known family is: with its tables and its
spelling.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document

from crawler.blocks import squeezed
from crawler.boilerplate import begins_another, is_footer
from crawler.frame import Frame
from crawler.urls import is_file

NEARLY_ALL = 0.85
"""Share of the article's letters that its place must hold, where no heading tells the place."""

SEVERAL = 3

TWICE, LONGEST_LEAD = 2, 400
"""The article reaches one level further up where that more than doubles what is found of it, and
what is found may be no more than its lead (letters)."""

SHORTEST = 20
"""Letters of a piece of text that can be looked up in the article; shorter ones stand anywhere."""

ENOUGH = 100
"""Letters of an article that can be looked for: of a shorter one trafilatura sees the frame."""

THINNED = 0.8
"""An element of which links are this share is no article; trafilatura does not get to see it."""

ALL_FRAME = 0.9

SILENT = frozenset(("script", "style", "noscript", "option", "title", "template", "svg"))
MUTE = SILENT - {"title"} | {"link", "meta", "img", "select", "nav", "footer", "input", "button"}
COLUMNS = frozenset(("td", "th"))

MOST = 8
"""Headings that are looked at, the last of those that show the title."""

SHORTEST_TITLE = 8
LONGEST_TITLE = 300
HEADINGS = ("h1", "h2", "h3", "h4")
TITLE_CLASS = re.compile(r"title|headline|tieu-?de|tit\b|heading", re.I)
SEPARATOR = re.compile(r"\s+[-–—|»:>]+\s+|::")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands: its title, the element that shows it (None where only <title> has
    it), and the elements that hold the article below."""

    title: str
    heading: HtmlElement | None
    body: tuple[HtmlElement, ...]


@dataclass(frozen=True, slots=True)
class Letters:
    """For every element: the letters it shows, those of links to other pages and of the portal's
    frame among them, and those of what trafilatura takes for the article."""

    shown: dict[HtmlElement, int]
    linked: dict[HtmlElement, int]
    framed: dict[HtmlElement, int]
    held: dict[HtmlElement, int]


def place_of(root: HtmlElement, frame: Frame) -> Place | None:
    """Title and body of the article on a page; None where there is none.

    The body is what stands below the heading, as far up as the article that trafilatura found
    reaches; where no heading leads to it, the smallest element that holds it.
    """
    letters = _weighed(root, frame)
    title, headings = headlines(root, frame)
    if not title:
        return None
    _look_up(squeezed(_article_in(_thinned(root, letters))), title, letters)
    for way, climbs in ((letters, True), (_all_held(letters), False)):
        places = [Place(text, each, _below(each, way, climbs)) for text, each in headings[:MOST]]
        best = max(places, key=lambda place: _sum(way.held, place.body), default=None)
        if best and best.body:
            return best
    return Place(title, None, (_smallest(root, letters),)) if letters.held[root] else None


def _article_in(page: HtmlElement) -> str:
    """What trafilatura takes for the article; "" where it finds none.

    It need not be exact at the edges, so the quicker way will do that would rather take too much.
    """
    found = trafilatura.bare_extraction(page, fast=True, favor_recall=True, include_comments=False)
    return (found.text or "") if isinstance(found, Document) else ""


def _sum(letters: dict[HtmlElement, int], elements: Iterable[HtmlElement]) -> int:
    return sum(letters[each] for each in elements)


def _weighed(root: HtmlElement, frame: Frame) -> Letters:
    """How much text each element shows, and how much of it is linked or the portal's frame."""
    shown = dict.fromkeys(root.iter(), 0)
    linked, framed = dict.fromkeys(shown, 0), dict.fromkeys(shown, 0)
    for element in reversed(shown):  # children before parents
        text, tail, parent = element.text, element.tail, element.getparent()
        if text and element.tag not in SILENT:
            _add(text, element, frame, shown, framed)
        if element.tag == "a" and not is_file(element.get("href") or ""):
            linked[element] = shown[element]
        if parent is not None:
            if tail:
                _add(tail, parent, frame, shown, framed)
            for count in (shown, linked, framed):
                count[parent] += count[element]
    return Letters(shown, linked, framed, dict.fromkeys(shown, 0))


def _add(
    text: str,
    element: HtmlElement,
    frame: Frame,
    shown: dict[HtmlElement, int],
    framed: dict[HtmlElement, int],
) -> None:
    letters = len(text.strip())
    shown[element] += letters
    if letters and frame.shows(text):
        framed[element] += letters


def _thinned(root: HtmlElement, letters: Letters) -> HtmlElement:
    """A copy of the page without what is surely no article: menus, scripts."""
    thin = copy.deepcopy(root)
    for element, twin in zip(letters.shown, list(thin.iter()), strict=True):
        mute = element.tag in MUTE or _is_menu(element, letters) or _is_frame(element, letters)
        if mute and twin.getparent() is not None:
            twin.drop_tree()
    return thin


def _is_menu(element: HtmlElement, letters: Letters) -> bool:
    linked = letters.linked[element]
    return linked > THINNED * letters.shown[element] and _has_links(element)


def _is_frame(element: HtmlElement, letters: Letters) -> bool:
    """Whether an element shows hardly anything but what the portal shows on its other pages."""
    return letters.framed[element] > ALL_FRAME * letters.shown[element]


def _has_links(element: HtmlElement) -> bool:
    return sum(1 for _ in islice(element.iter("a"), SEVERAL)) == SEVERAL


def _look_up(article: str, title: str, letters: Letters) -> None:
    """Note where the text of the article stands, outside of links and headings of its own."""
    in_links = {each for link in next(iter(letters.held)).iter("a") for each in link.iter()}
    for element in reversed(letters.held):
        parent = element.getparent()
        for text, inside in ((element.text, element), (element.tail, parent)):
            if not text or len(text) < SHORTEST or inside in in_links or inside.tag in SILENT:
                continue
            piece = squeezed(text)
            if len(piece) >= SHORTEST and piece != title and piece in article:
                letters.held[inside] += len(piece)
        if parent is not None:
            letters.held[parent] += letters.held[element]


def _all_held(letters: Letters) -> Letters:
    """As if trafilatura took all that is no link for the article."""
    held = {
        each: 0 if _is_frame(each, letters) else shown - letters.linked[each]
        for each, shown in letters.shown.items()
    }
    return replace(letters, held=held)


def _below(heading: HtmlElement, letters: Letters, climbs: bool) -> tuple[HtmlElement, ...]:
    """The elements below a heading that hold the article; () where there is nothing of it.

    `climbs` says that more of it further up counts, and not only what comes next.
    """
    found, passed, held = list[HtmlElement](), list[HtmlElement](), 0
    branch, parent = heading, heading.getparent()
    while parent is not None and not (found and branch.tag in COLUMNS):
        passed += _until_another(branch.itersiblings(), letters)
        more = _sum(letters.held, passed)
        if more > TWICE * held and held < (LONGEST_LEAD if climbs else ENOUGH):
            found, held = [*found, *passed], held + more
            passed = []
        branch, parent = parent, parent.getparent()
    return tuple(found)


def _until_another(siblings: Iterable[HtmlElement], letters: Letters) -> Iterator[HtmlElement]:
    """What belongs to the article: menus are left out, and what begins another one ends it."""
    held = 0
    for each in siblings:
        links = _is_links(each, letters) and letters.held[each] <= ENOUGH
        if held and (begins_another(each) or (links and letters.shown[each] > ENOUGH)):
            return
        if not links and not is_footer(each):
            yield each
            held += letters.held[each]


def _is_links(element: HtmlElement, letters: Letters) -> bool:
    """Whether an element is mostly a list of links to other pages."""
    return 2 * letters.linked[element] > letters.shown[element] and _has_links(element)


def _smallest(root: HtmlElement, letters: Letters) -> HtmlElement:
    enough = NEARLY_ALL * letters.held[root]
    place, inner = root, [root]
    while inner:
        place = inner[0]
        inner = [child for child in place if letters.held[child] >= enough]
    return place


def headlines(root: HtmlElement, frame: Frame) -> tuple[str, list[tuple[str, HtmlElement]]]:
    """The article's title, and the headings that may be it with their elements, the last first.

    The <title> of a page mostly begins or ends with the article's title; the heading that it
    repeats is the one that counts, for many portals have a heading over every box. Where it names
    the portal alone, any heading that is no link may be the title.
    """
    whole = squeezed(root.findtext(".//title") or "")
    shown = [(squeezed(e.text_content()), e) for e in root.iter() if _may_be_title(e)]
    shown = [(text, e) for text, e in shown if SHORTEST_TITLE <= len(text) <= LONGEST_TITLE]
    unlinked = {text for text, e in shown if e.find(".//a") is None}
    begins, ends = whole.startswith, whole.endswith
    repeated = [text for text, _ in shown if begins(text)]
    repeated = repeated or [text for text in unlinked if ends(text)]
    repeated = [text for text in repeated if not frame.shows(text)] or repeated
    title = max(repeated or (text for text, _ in shown if text in whole), key=len, default="")
    if not repeated:
        metas = root.xpath("//meta[@property='og:title']")
        title = squeezed(metas[0].get("content") or "") if metas else title
    parts = SEPARATOR.split(whole)
    if title or len(parts) > 1:
        title = title or str(parts[0])
        return title, [(text, e) for text, e in reversed(shown) if text == title]
    loose = [(text, e) for text, e in reversed(shown) if text in unlinked]
    return whole, [each for each in loose if not frame.shows(each[0])] or loose


def _may_be_title(element: HtmlElement) -> bool:
    if element.tag in HEADINGS:
        return True
    names = f"{element.get('class', '')} {element.get('id', '')} {element.get('itemprop', '')}"
    return element.tag not in ("title", "meta") and bool(TITLE_CLASS.search(names))
