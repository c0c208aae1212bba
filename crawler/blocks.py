"""Blocks: the lines of text a fragment of HTML shows, with what tells a caption from a paragraph.

A paragraph, a heading, a list item, what stands between two <br> and a row of a table are a block
each, however deeply they are wrapped. Markup is read leniently (BeautifulSoup), text is kept letter
by letter; only white space is collapsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from bs4.element import CData, NavigableString, Tag

from crawler.urls import is_file

# fmt: off
BLOCK_TAGS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main", "nav", "ol", "p", "pre",
    "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))
# fmt: on
EMPHASIS = frozenset({"em", "i"})
CAPTION_TAGS = frozenset({"figcaption", "caption"})
CAPTION_CLASS = re.compile(r"caption|chu-?thich", re.I)
INVISIBLE = re.compile("[\u200b\u2060\ufeff\xad]")
"""Zero-width spaces, byte order marks, soft hyphens: nobody sees them, and they split words."""

LONG_CELL = 300
"""Letters from which on a cell of several paragraphs is a page's layout, not a table's datum."""


@dataclass(frozen=True, slots=True)
class Block:
    """One line. `linked` (to other pages) and `emphasised` are shares of its letters, from 0 to 1;
    `file` says that it links a document.

    `after_picture` holds where nothing but a picture stands right before it. `align` is "left"
    where the page says nothing else. Cells of a table's row are separated by a tab.
    """

    text: str
    tag: str = "p"
    linked: float = 0.0
    emphasised: float = 0.0
    align: str = "left"
    caption: bool = False
    after_picture: bool = False
    file: bool = False


def squeezed(text: str) -> str:
    """The text with every run of white space as one space, without invisible characters.

    >>> squeezed("  Tổ\\xa05,\\n phường\\u200b ")
    'Tổ 5, phường'
    """
    return " ".join(INVISIBLE.sub("", text).split())


def blocks_of(fragment: Tag) -> list[Block]:
    """The blocks of a fragment in reading order; empty ones are left out.

    >>> from bs4 import BeautifulSoup
    >>> html = "<div>Một<p>Hai <b>ba</b></p>Bốn<br>Năm<table><tr><td>A<td>B</table></div>"
    >>> [block.text for block in blocks_of(BeautifulSoup(html, "lxml"))]
    ['Một', 'Hai ba', 'Bốn', 'Năm', 'A\\tB']
    """
    lines = _Lines()
    _walk(fragment, lines, _Style())
    lines.end(_Style())
    return lines.blocks


@dataclass(frozen=True, slots=True)
class _Style:
    """What the tags around a text say about it."""

    tag: str = "div"
    align: str = "left"
    linked: bool = False
    emphasised: bool = False
    caption: bool = False
    file: bool = False

    def inside(self, tag: Tag) -> _Style:
        name = tag.name
        is_block = name in BLOCK_TAGS
        file = name == "a" and is_file(str(tag.get("href") or ""))
        return replace(
            self,
            tag=name if is_block else self.tag,
            align=_align(tag) or self.align,
            linked=self.linked or (name == "a" and not file),
            emphasised=self.emphasised or name in EMPHASIS,
            caption=self.caption or name in CAPTION_TAGS or (is_block and _is_caption(tag)),
            file=self.file or file,
        )


@dataclass(slots=True)
class _Lines:
    """Gathers text until a line ends."""

    blocks: list[Block] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    linked: int = 0
    emphasised: int = 0
    file: bool = False
    picture: int = -1
    """How many blocks stand before the last picture."""

    def add(self, text: str, style: _Style) -> None:
        self.parts.append(text)
        letters = len(text) - text.count(" ")
        self.linked += letters * style.linked
        self.emphasised += letters * style.emphasised
        self.file = self.file or style.file

    def end(self, style: _Style) -> None:
        joined = "".join(self.parts)
        text = squeezed(joined)
        if text:
            letters = len(joined) - joined.count(" ")
            self.put(
                Block(
                    text=text,
                    tag=style.tag,
                    linked=min(1.0, self.linked / letters),
                    emphasised=min(1.0, self.emphasised / letters),
                    align=style.align,
                    caption=style.caption,
                    file=self.file,
                )
            )
        self.parts.clear()
        self.linked = self.emphasised = 0
        self.file = False

    def put(self, block: Block) -> None:
        below = self.picture == len(self.blocks)
        self.blocks.append(replace(block, after_picture=True) if below else block)

    def see_picture(self) -> None:
        pending = any(not part.isspace() for part in self.parts)
        self.picture = len(self.blocks) + pending


def _walk(node: Tag, lines: _Lines, style: _Style) -> None:
    for child in node.children:
        if isinstance(child, Tag):
            _enter(child, lines, style.inside(child), style)
        elif type(child) in (NavigableString, CData):  # not comments and the like
            lines.add(str(child), style)


def _enter(tag: Tag, lines: _Lines, inner: _Style, outer: _Style) -> None:
    if tag.name == "tr" and (row := _row(tag)):
        lines.end(outer)
        lines.put(row)
    elif tag.name in BLOCK_TAGS or tag.name == "br":
        lines.end(outer)
        _walk(tag, lines, inner)
        lines.end(inner)
    elif tag.name == "img":
        lines.see_picture()
    else:
        _walk(tag, lines, inner)


def _row(tag: Tag) -> Block | None:
    """A row of data as one block; None for a row that only places paragraphs on the page."""
    cells = [blocks_of(cell) for cell in tag.find_all(["td", "th"], recursive=False)]
    if sum(map(bool, cells)) < 2:
        return None
    texts = [" ".join(block.text for block in cell) for cell in cells]
    if any(
        len(cell) > 1 and len(text) > LONG_CELL for cell, text in zip(cells, texts, strict=True)
    ):
        return None
    linked = sum(block.linked * len(block.text) for cell in cells for block in cell)
    return Block("\t".join(texts).strip("\t"), "tr", linked / sum(map(len, texts)))


def _align(tag: Tag) -> str:
    align = re.search(r"text-align\s*:\s*(\w+)", str(tag.get("style") or ""))
    name = align[1] if align else str(tag.get("align") or "")
    if not name and tag.name == "center":
        return "center"
    return name.lower()


def _is_caption(tag: Tag) -> bool:
    return bool(CAPTION_CLASS.search(" ".join(map(str, tag.get_attribute_list("class")))))
