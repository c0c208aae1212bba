"""Sample pages of many systems, each read as if its own family were in nobody's list.

The pages and what is the article on each are written by us (tests/pages); trafilatura reads them
beside us. What is held against the gold: lead, body, captions and byline.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from unittest.mock import patch

import trafilatura

from benchmarks.gold import PORTAL, seen, token_f1
from crawler import layouts
from crawler.article import Article
from crawler.extract import extract
from crawler.frame import NOTHING, Frame, learned, sample_of
from crawler.page import ParsedPage, parse
from tests.pages.pages import SamplePage, load_pages


@dataclass(frozen=True, slots=True)
class Read:
    """One page, read by us without its own family, and the token F1 of both."""

    sample: SamplePage
    article: Article | None
    f1: float
    peer: float


def read_all() -> list[Read]:
    """Every sample page, its own family left out of layouts.toml."""
    return [_read(each, NOTHING) for each in load_pages()]


def read_knowing() -> list[Read]:
    """The same by who has learned the portal's frame from its other pages."""
    reads = []
    for _, site in groupby(load_pages(), lambda each: each.site):
        pages = list(site)
        shown = [sample_of(_parsed(each).root, each.text.title).texts for each in pages]
        for number, each in enumerate(pages):
            reads.append(_read(each, learned([*shown[:number], *shown[number + 1 :]])))
    return reads


def error_beside(reads: Sequence[Read]) -> float:
    """Our error (1 - F1) as a share of trafilatura's."""
    return sum(1 - each.f1 for each in reads) / sum(1 - each.peer for each in reads)


def frame_lines(read: Read) -> Iterator[str]:
    """Lines of the article that are the page's frame, by the gold."""
    body = (*read.article.body, *read.article.captions) if read.article else ()
    return (line for line in body if line in read.sample.frame)


def _parsed(sample: SamplePage) -> ParsedPage:
    page = parse(sample.page)
    assert page is not None
    return page


def _read(sample: SamplePage, frame: Frame) -> Read:
    others = tuple(each for each in layouts.load_layouts() if each.name != sample.layout)
    page = _parsed(sample)
    with patch.object(layouts, "load_layouts", lambda: others):
        article = extract(page, PORTAL, frame).article
    peer = trafilatura.bare_extraction(page.root, include_comments=False)
    text = unicodedata.normalize("NFC", getattr(peer, "text", "") or "")
    wanted = "\n".join(sample.text.lines)
    return Read(sample, article, token_f1(seen(article), wanted), token_f1(text, wanted))
