"""Fields: what stands beside an article's paragraphs, read from where a layout or the page puts it.

Dates come from the first of these that has one: the layout's place, the page's machine-readable
fields, a line of its own near the article, the address. The running text never dates an article,
and neither does the clock in a page's head.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from crawler.article import Attachment, PrintedDate
from crawler.blocks import BLOCK_TAGS, Block, squeezed
from crawler.boilerplate import date_of_line, line_rule
from crawler.dates import DateLine, from_address, from_machine, read_line
from crawler.layouts import Layout, identity_in, load_layouts, named
from crawler.page import ParsedPage
from crawler.urls import base_of, joined, same_site

DOCUMENT = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|odt|ods|rtf|zip|rar|7z)(?:/|$)", re.I)
"""In an address's path; Liferay puts more behind the file's name."""

ABOVE, BETWEEN, BELOW = 6, 12, 8
"""Lines above the title, between title and body, and below the body in which a date may stand."""

LONGEST_CAPTION = 250
LONGEST_BYLINE = 70
LABELLED_BYLINE = re.compile(
    r"(?P<label>(?:tác giả|người viết|bài và ảnh|tin,? (?:và )?ảnh|tin|ảnh|bài|biên tập|thực hiện"
    r"|nguồn(?: tin)?|theo)(?: bài viết)?|bởi|by)\s*[:：]\s*\S.*",
    re.I,
)
AUTHOR_LABEL = re.compile(r"^(?:(?:tác giả(?: bài viết)?|người viết)\s*:|(?:bởi|by)\b)\s*", re.I)
NAMES = re.compile(r"(?:(?:[^\W\d_]\.?[\w.’']*[!.,]?|[-–—&+/()]|và)(?: |$))+")
HOME = re.compile(r"trang (?:chủ|nhất)|home|bạn đang (?:ở|xem).*|[>»/|]*", re.I)


def dates_of(
    parsed: ParsedPage,
    layout: Layout,
    heading: HtmlElement | None,
    body: Sequence[HtmlElement],
    taken: Iterable[str],
) -> tuple[PrintedDate | None, PrintedDate | None]:
    """When the article was published and, where told apart, updated.

    `taken` are lines that the boilerplate rules took from the body for being dates.
    """
    now = parsed.page.fetched_at
    lines = [line for text in taken if (line := date_of_line(text, now))]
    published = _by_layout(layout, "date", parsed) or _by_machine("machine_date", parsed)
    updated = _by_layout(layout, "updated", parsed) or _by_machine("machine_updated", parsed)
    if published is None:
        if not any(line.label == "published" for line in lines):
            lines += _lines_around(parsed, heading, body)
        best = min(lines, key=lambda line: line.label == "updated", default=None)
        published = best.printed("line", 0.9 if best.label else 0.7) if best else None
        updated = updated or _first(lines, "updated", best)
    return published or _by_address(parsed.page.url), updated


def _by_layout(layout: Layout, field: str, parsed: ParsedPage) -> PrintedDate | None:
    for element in layout.finds(field, parsed.root):
        text = squeezed(element.text_content())
        line = read_line(text, parsed.page.fetched_at) or _machine(element)
        if line:
            return line.printed("layout", 1.0)
    return None


def _by_machine(field: str, parsed: ParsedPage) -> PrintedDate | None:
    for element in named("general").finds(field, parsed.root):
        if line := _machine(element):
            return line.printed("meta", 0.95)
    return None


def _machine(element: HtmlElement) -> DateLine | None:
    return from_machine(element.get("content") or element.get("datetime") or "")


def _first(lines: Iterable[DateLine], label: str, but: DateLine | None) -> PrintedDate | None:
    found = next((line for line in lines if line.label == label and line is not but), None)
    return found.printed("line", 0.9) if found else None


def _by_address(url: str) -> PrintedDate | None:
    for layout in load_layouts():
        if layout.date_in_address and (match := layout.date_in_address.search(url)):
            return from_address(match)
    return None


def _lines_around(
    parsed: ParsedPage, heading: HtmlElement | None, body: Sequence[HtmlElement]
) -> list[DateLine]:
    """The date lines near the article: unlabelled ones only between title and body."""
    above, between, below = _surroundings(parsed.root, heading, body)
    now = parsed.page.fetched_at
    found = [
        *((line, True) for text in between[:BETWEEN] if (line := date_of_line(text, now))),
        *((line, False) for text in below[:BELOW] if (line := date_of_line(text, now))),
        *((line, False) for text in above[-ABOVE:] if (line := date_of_line(text, now))),
    ]
    return [line for line, anyhow in found if anyhow or line.label]


def _surroundings(
    root: HtmlElement, heading: HtmlElement | None, body: Sequence[HtmlElement]
) -> tuple[list[str], list[str], list[str]]:
    """The page's lines above the title, between it and the body, and below the body."""
    places: tuple[list[str], list[str], list[str]] = ([], [], [])
    parts_of_body, at, parts = set(body), 0, list[str]()
    walk = iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if element.tag in BLOCK_TAGS or element.tag == "br" or element is heading:
            if line := squeezed("".join(parts)):
                places[at].append(line)
            parts.clear()
        if event == "end":
            at = max(at, 1) if element is heading else at
            parts.append(element.tail or "")
        elif element in parts_of_body or element.tag in ("script", "style", "select", "noscript"):
            at = 2 if element in parts_of_body else at
            walk.skip_subtree()
        elif element is not heading:
            parts.append(element.text or "")
    return places


def lead_of(layout: Layout, root: HtmlElement) -> str:
    """The lead where the layout has a place for it; "" otherwise."""
    return squeezed(" ".join(element.text_content() for element in layout.find("lead", root)))


def captions_apart(blocks: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    """Paragraphs and captions of pictures, each in order."""
    captions = [block for block in blocks if _is_caption(block)]
    return [block for block in blocks if not _is_caption(block)], captions


def _is_caption(block: Block) -> bool:
    if len(block.text) > LONGEST_CAPTION:
        return False
    styled = block.align == "center" or block.emphasised > 0.8
    return block.caption or (block.after_picture and styled)


def byline_of(
    layout: Layout, root: HtmlElement, blocks: Sequence[Block]
) -> tuple[str, list[Block]]:
    """Who wrote it, and the blocks without the line that says so."""
    for element in layout.find("byline", root):
        text = _author(squeezed(element.text_content()))
        if text and not line_rule(text):
            return text, list(blocks)
    if len(blocks) > 1 and _is_byline(blocks[-1]):
        return _author(blocks[-1].text), list(blocks[:-1])
    return "", list(blocks)


def _author(text: str) -> str:
    """A byline without the word that announces it; a source keeps its "Nguồn:".

    >>> _author("Tác giả bài viết: Triệu Biển"), _author("Nguồn: baobackan.vn")
    ('Triệu Biển', 'Nguồn: baobackan.vn')
    """
    return AUTHOR_LABEL.sub("", text)


def _is_byline(block: Block) -> bool:
    """A labelled line, a line of names, or a short one set to the right, that ends no sentence."""
    text = block.text
    if len(text) > LONGEST_BYLINE or re.search(r"[.;:?…/]$", text) or "\t" in text:
        return False
    if LABELLED_BYLINE.fullmatch(text) or (block.align == "right" and block.tag != "tr"):
        return True
    return 2 <= len(text.split()) <= 8 and NAMES.fullmatch(text) is not None and not text.isupper()


def section_of(layout: Layout, root: HtmlElement, title: str) -> str:
    """The last step of the way to the article, as the portal names it; "" where it shows none."""
    steps = layout.find("section", root) or named("general").find("section", root)
    names = [squeezed(step.text_content()).strip(" »>/|") for step in steps]
    fitting = [name for name in names if not HOME.fullmatch(name) and name != title]
    return fitting[-1] if fitting and len(fitting[-1]) < 100 else ""


def attachments_of(
    layout: Layout, parsed: ParsedPage, body: Iterable[HtmlElement]
) -> tuple[Attachment, ...]:
    """The files that the article links, each once."""
    places = [*layout.finds("attachments", parsed.root), *body]
    found: dict[str, Attachment] = {}
    for link in (link for place in places for link in place.iter("a")):
        url = _absolute(parsed, link.get("href") or "")
        if url and DOCUMENT.search(urlsplit(url).path):
            name = squeezed(link.text_content()) or unquote(urlsplit(url).path.rsplit("/", 1)[-1])
            found.setdefault(url, Attachment(url, name))
    return tuple(found.values())


def pictures_of(parsed: ParsedPage, body: Iterable[HtmlElement]) -> tuple[str, ...]:
    """The addresses of the pictures in the body, each once, in order; of those that are loaded
    late the one that is loaded."""
    pictures = (image for part in body for image in part.iter("img"))
    sources = (image.get("data-src") or image.get("src") or "" for image in pictures)
    found = dict.fromkeys(_absolute(parsed, source.strip()) for source in sources)
    return tuple(url for url in found if url)


def identity_of(parsed: ParsedPage, hosts: Sequence[str], *seen: str) -> str:
    """What tells the article apart: the id in its address, else the canonical address, else a hash
    of what is `seen` (title, date, text)."""
    if identity := identity_in(parsed.page.url):
        return identity
    for link in parsed.root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            url = _absolute(parsed, link.get("href") or "")
            if url and same_site(url, hosts) and urlsplit(url).path not in ("", "/"):
                return identity_in(url) or url
    return hashlib.sha256("\x1f".join(seen).encode()).hexdigest()


def _absolute(parsed: ParsedPage, href: str) -> str | None:
    """The canonical form of a link on the page; None for what is no web address."""
    return joined(base_of(parsed.root, parsed.page.url), href) if href else None
