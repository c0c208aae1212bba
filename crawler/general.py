"""The general way: where title and article stand on a page of an unknown family.

trafilatura says which text is the article's; we look up the smallest part of the page that holds
it, and that part is then read as the body of a known family is: with its tables and its spelling.
"""

from __future__ import annotations

import re
from collections import Counter

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document

from crawler.blocks import squeezed

NEARLY_ALL = 0.95
"""Share of the article's letters that its place must hold."""

SHORTEST = 20
"""Letters of a piece of text that can be looked up in the article; shorter ones stand anywhere."""

ENOUGH = 100
"""Letters of an article that can be looked for; of a shorter one trafilatura sees only the frame."""

SILENT = frozenset(("script", "style", "noscript", "option", "title"))

SHORTEST_TITLE = 8
HEADINGS = ("h1", "h2", "h3", "h4")
TITLE_CLASS = re.compile(r"title|headline|tieu-?de|tit\b|heading", re.I)
SEPARATOR = re.compile(r"\s+[-–—|»:]+\s+|::")


def content_of(root: HtmlElement, title: str, heading: HtmlElement | None) -> HtmlElement | None:
    """The element that holds the article below its heading; None without one.

    The smallest that holds what trafilatura takes for the article, and from there up as long as
    the heading stays outside and little but text comes in: a lead often stands by itself.
    """
    document = trafilatura.bare_extraction(root, include_comments=False)
    if not isinstance(document, Document) or not document.text:
        return None
    held = _letters_held(root, heading, squeezed(document.text.replace(title, " ")))
    if held[root] < ENOUGH:
        return heading.getparent() if heading is not None else None
    place, inner = root, [root]
    while inner:
        place = inner[0]
        inner = [child for child in place if held[child] >= NEARLY_ALL * held[root]]
    return _with_lead(place, heading)


def _with_lead(place: HtmlElement, heading: HtmlElement | None) -> HtmlElement:
    around = set() if heading is None else {heading, *heading.iterancestors()}
    parent = place.getparent()
    while around and parent is not None and parent not in around:
        more = _size(parent) - _size(place)
        links = _size(parent, "a") - _size(place, "a")
        if more > _size(place) or links > more / 2:
            break
        place, parent = parent, parent.getparent()
    return place


def _size(element: HtmlElement, tag: str | None = None) -> int:
    """Letters of an element, or of its descendants of one tag."""
    parts = element.iter(tag) if tag else (element,)
    return sum(len(squeezed(part.text_content())) for part in parts)


def _letters_held(
    root: HtmlElement, heading: HtmlElement | None, article: str
) -> Counter[HtmlElement]:
    """For every element, how many letters of the article stand in it and below the heading."""
    held = Counter[HtmlElement]()
    below = True
    for element in reversed(list(root.iter())):  # children before parents
        parent = element.getparent()
        for text, inside in ((element.text, element), (element.tail, parent)):
            piece = squeezed(text) if text and below and element.tag not in SILENT else ""
            held[inside] += len(piece) * (len(piece) >= SHORTEST and piece in article)
        if parent is not None:
            held[parent] += held[element]
        below = below and element is not heading
    return held


def headline(root: HtmlElement) -> tuple[str, HtmlElement | None]:
    """The article's title and the element that shows it (None where only <title> has it).

    The <title> of a page mostly begins with the article's title; the heading that it repeats is
    the one that counts, for many portals have a heading over every box.
    """
    whole = squeezed(root.findtext(".//title") or "")
    shown = [(squeezed(e.text_content()), e) for e in root.iter() if _may_be_title(e)]
    repeated = [(text, e) for text, e in shown if len(text) >= SHORTEST_TITLE and text in whole]
    if repeated:
        longest = max(len(text) for text, _ in repeated)
        return next(each for each in reversed(repeated) if len(each[0]) == longest)
    meta = squeezed(next(iter(root.xpath("//meta[@property='og:title']/@content")), ""))
    matching = next((e for text, e in shown if text == meta), None)
    return meta or SEPARATOR.split(whole, maxsplit=1)[0], matching


def _may_be_title(element: HtmlElement) -> bool:
    if element.tag in HEADINGS:
        return True
    names = f"{element.get('class', '')} {element.get('id', '')} {element.get('itemprop', '')}"
    return element.tag not in ("title", "meta") and bool(TITLE_CLASS.search(names))
