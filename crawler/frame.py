"""Frame: what a portal shows on most of its pages is its frame, not its news. Pure.

Learned from a small sample of its articles (samples.py), for pages that no layout knows. A text of
the article that stands on most pages all the same ("Trả lời:") is safe where news surrounds it:
the frame is taken from the edges of an article only.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from zlib import crc32

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from crawler.blocks import squeezed

FEWEST, SHARE = 4, 0.6
"""From so many pages on something is learned: what stands on such a share of them."""

PASSED = 40
"""Letters of a text inside the frame that is not the frame's (a section, a day): the frame goes on
behind it."""

UNSHOWN = frozenset(("script", "style", "noscript", "option", "title", "template"))
DIGITS = re.compile(r"\d+")
LETTER = re.compile(r"[^\W\d_]")
NAME = re.compile(r"(?:[^\W\d_][\w.’']*[-–, ]*){2,8}")
"""Two words or more: where all are capitalised, they may be the byline of who writes most there."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Hashes of texts that a portal shows on most of its pages; none where nothing is learned."""

    texts: frozenset[int] = frozenset()

    def shows(self, text: str) -> bool:
        """Whether a text is the frame's; its numbers aside, for counters and clocks move."""
        return bool(self.texts) and _hashed(text) in self.texts and bool(LETTER.search(text))


@dataclass(frozen=True, slots=True)
class Sample:
    """What one page shows: hashes of its texts. `page` is a hash of its title."""

    page: int
    texts: frozenset[int]


NOTHING = Frame()
"""The frame of a portal of which nothing is learned yet."""


def sample_of(root: HtmlElement, title: str) -> Sample:
    """What a page shows, as the sample keeps it."""
    digest = hashlib.blake2b(title.casefold().encode(), digest_size=7).digest()
    texts = frozenset(_hashed(text) for text in _shown(root))
    return Sample(int.from_bytes(digest), texts)


def _shown(root: HtmlElement) -> Iterator[str]:
    for element in root.iter():
        text, tail = element.text, element.tail
        if text and element.tag not in UNSHOWN and not text.isspace():
            yield text
        if tail and not tail.isspace():
            yield tail


def learned(samples: Iterable[Iterable[int]]) -> Frame:
    """What most of the pages show.

    >>> frame = learned([{1, 2}, {1, 3}, {1, 4}, {1, 2}])
    >>> sorted(frame.texts)
    [1]
    """
    pages = [frozenset(each) for each in samples]
    if len(pages) < FEWEST:
        return Frame()
    seen = Counter(text for page in pages for text in page)
    most = math.ceil(SHARE * len(pages))
    return Frame(frozenset(text for text, count in seen.items() if count >= most))


def _hashed(text: str) -> int:
    return crc32(DIGITS.sub("0", squeezed(text)).encode())


def strip_frame(body: HtmlElement, frame: Frame) -> list[str]:
    """Take the frame's texts from both edges of a body, up to the news; what was taken, in order.

    What stands between paragraphs stays, however often the portal prints it, and so does a byline
    below the last of them.
    """
    if not frame.texts:
        return []
    texts = list(_texts(body))
    first = _edge(texts, frame)
    last = [each for each in _edge(texts[::-1], frame) if each not in first][::-1]
    if last and _is_name(last[0].text):
        del last[0]
    for each in (*first, *last):
        each.blank()
    return [squeezed(each.text) for each in (*first, *last)]


@dataclass(frozen=True, slots=True)
class _Text:
    """The text before an element's first child, or behind the element."""

    element: HtmlElement
    behind: bool
    text: str

    def blank(self) -> None:
        setattr(self.element, "tail" if self.behind else "text", " ")

    def ends_frame(self) -> bool:
        """Whether the frame cannot go on behind this: it is long, or a table's datum."""
        cells = self.element.iterancestors("td", "th")
        return len(self.text.strip()) > PASSED or next(cells, None) is not None


def _texts(body: HtmlElement) -> Iterator[_Text]:
    for event, element in iterwalk(body, events=("start", "end")):
        text = element.text if event == "start" else element.tail
        if text and not text.isspace() and (event == "end" or element.tag not in UNSHOWN):
            yield _Text(element, event == "end", text)


def _edge(texts: Iterable[_Text], frame: Frame) -> list[_Text]:
    """The frame's texts among the first, up to the news."""
    near = takewhile(lambda each: frame.shows(each.text) or not each.ends_frame(), texts)
    return [each for each in near if frame.shows(each.text)]


def _is_name(text: str) -> bool:
    words = text.split()
    return NAME.fullmatch(text.strip()) is not None and all(word[0].isupper() for word in words)
