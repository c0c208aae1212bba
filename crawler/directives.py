"""Directives: what a page asks of those who index it, in its markup and in its HTTP headers.

Read as Google's robots meta tag specification has it: `name` is "robots" or the crawler's own, the
header is X-Robots-Tag, and of all that is said the strictest counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from crawler.dates import moment_of

NAMES = frozenset({"robots", "tinphuong"})
"""Who is meant by what concerns us."""

WEEKDAY = re.compile(r"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*, *", re.I)
"""The day before a date: its comma is none between directives."""

VALUED = re.compile(r"(unavailable_after|max-(?:snippet|image-preview|video-preview)) *: *(.*)")
ADDRESSED = re.compile(r"([\w.-]+) *: *(.*)")


@dataclass(frozen=True, slots=True)
class Directives:
    """What is not wanted: to be found at all, its links followed, a copy of it shown, a passage."""

    noindex: bool = False
    nofollow: bool = False
    noarchive: bool = False
    nosnippet: bool = False


def directives_of(
    headers: Mapping[str, str], root: HtmlElement | None, now: datetime
) -> Directives:
    """What a page asks for, or a file, which has no root, at a moment.

    Header names are lower-case, repeated headers joined.

    >>> import lxml.html
    >>> root = lxml.html.fromstring('<html><head><meta name="robots" content="noarchive">')
    >>> directives_of({"x-robots-tag": "otherbot: noindex"}, root, datetime.now())
    Directives(noindex=False, nofollow=False, noarchive=True, nosnippet=False)
    """
    said = {*_of_header(headers.get("x-robots-tag", "")), *_of_markup(root)}
    late = any(_is_past(word, now) for word in said)
    return Directives(
        noindex=late or not said.isdisjoint({"noindex", "none"}),
        nofollow=not said.isdisjoint({"nofollow", "none"}),
        noarchive=not said.isdisjoint({"noarchive", "nocache"}),
        nosnippet=not said.isdisjoint({"nosnippet", "max-snippet:0"}),
    )


def _of_markup(root: HtmlElement | None) -> Iterator[str]:
    for meta in () if root is None else root.iter("meta"):
        if (meta.get("name") or "").strip().lower() in NAMES:
            for word in _parts(meta.get("content") or ""):
                yield _directive(word)


def _of_header(header: str) -> Iterator[str]:
    """What is said to everybody and to us; a crawler's name holds until the next name."""
    ours = True
    for part in _parts(header):
        word = part
        if not VALUED.fullmatch(part) and (named := ADDRESSED.fullmatch(part)):
            ours, word = named[1] in NAMES, named[2]
        if ours:
            yield _directive(word)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in WEEKDAY.sub("", text.lower()).split(",")]


def _directive(word: str) -> str:
    """Without spaces round the colon, which alone some pages write."""
    valued = VALUED.fullmatch(word)
    return f"{valued[1]}:{valued[2]}" if valued else word


def _is_past(word: str, now: datetime) -> bool:
    name, _, value = word.partition(":")
    moment = moment_of(value.upper()) if name == "unavailable_after" else None
    return moment is not None and moment <= now
