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

NEARLY_ALL = 0.9
"""Share of the article's letters that the part must hold: more, and a stray line found elsewhere on
the page takes in the frame; less, and an article in two parts loses the shorter one."""

SHORTEST = 15
"""Letters of a piece of text that can be looked up in the article; shorter ones stand anywhere."""

SHORTEST_TITLE = 8
HEADINGS = ("h1", "h2", "h3", "h4")
TITLE_CLASS = re.compile(r"title|headline|tieu-?de|tit\b|heading", re.I)
SEPARATOR = re.compile(r"\s+[-–—|»:]+\s+|::")


def content_of(root: HtmlElement) -> HtmlElement | None:
    """The smallest element that holds the article, as trafilatura sees it; None without one."""
    document = trafilatura.bare_extraction(root, include_comments=False)
    if not isinstance(document, Document) or not document.text:
        return None
    held = _letters_held(root, squeezed(document.text))
    place = root
    while inner := next((e for e in place if held[e] >= NEARLY_ALL * held[root]), None):
        place = inner
    return place if held[root] else None


def _letters_held(root: HtmlElement, article: str) -> Counter[HtmlElement]:
    """For every element, how many letters of the article stand in it."""
    held = Counter[HtmlElement]()
    for element in root.iter():
        for text, inside in ((element.text, element), (element.tail, element.getparent())):
            piece = squeezed(text) if text and len(text) >= SHORTEST else ""
            if len(piece) >= SHORTEST and piece in article:
                held[inside] += len(piece)
    for element in reversed(list(root.iter())):
        if (parent := element.getparent()) is not None:
            held[parent] += held[element]
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
        return max(repeated, key=lambda each: len(each[0]))
    meta = squeezed(next(iter(root.xpath("//meta[@property='og:title']/@content")), ""))
    matching = next((e for text, e in shown if text == meta), None)
    return meta or SEPARATOR.split(whole, maxsplit=1)[0], matching


def _may_be_title(element: HtmlElement) -> bool:
    if element.tag in HEADINGS:
        return True
    names = f"{element.get('class', '')} {element.get('id', '')} {element.get('itemprop', '')}"
    return element.tag not in ("title", "meta") and bool(TITLE_CLASS.search(names))
