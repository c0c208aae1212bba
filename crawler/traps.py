"""Traps: addresses without end are known by what they do not bring.

Calendars, session ids and paging without an end give ever new addresses of one shape. A shape is
followed as long as, now and then, one of its pages is an article that was new, or leads to one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

FRUITLESS = 40
"""Pages of one shape, looked at for the first time, that may bring nothing new in a row."""

FRUITLESS_IN_ALL = 1000
"""So many of a portal, whatever their shapes."""

TRIED_AGAIN = 3
"""Pages of a shape that was given up which each further crawl tries all the same."""

WORDS = 3
"""Words joined by hyphens from which on a part of a path counts as somebody's title."""


@lru_cache(maxsize=1024)
def shape(url: str) -> str:
    """What addresses of one kind of page have in common: numbers, titles and ids left open.

    >>> shape("http://xa.example.vn/lich/2031/07?ngay=5")
    '/lich/0/0?ngay'
    >>> shape("http://xa.example.vn/tin-tuc/hoi-nghi-ngan-sach-99.html")
    '/tin-tuc/*.html'
    >>> shape("http://xa.example.vn/tin?sid=9f86d081884c7d65&trang=2")
    '/tin?sid&trang'
    """
    parts = urlsplit(url)
    path = "/".join(map(_open, unquote(parts.path).split("/")))
    names = sorted({each.partition("=")[0] for each in parts.query.split("&") if each})
    return path + ("?" + "&".join(names) if names else "")


def _open(part: str) -> str:
    stem, dot, suffix = part.rpartition(".")
    if not dot or not suffix.isalpha() or len(suffix) > 5:
        stem, dot, suffix = part, "", ""
    words = re.split(r"[-_ ]+", stem)
    titled = len(words) >= WORDS or (any(map(str.isdecimal, words)) and len(words) > 1)
    if titled or re.fullmatch(r"(?=.*\d)(?=.*[a-z])[0-9a-z]{12,}", stem, re.IGNORECASE):
        stem = "*"
    return re.sub(r"\d+", "0", stem) + dot + suffix
