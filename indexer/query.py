"""Query: what a reader asks, as a value; and parse(text), our own small grammar.

    query   = group { group }                  all of them
    group   = part { ("OR" | "HOẶC") part }    any of them
    part    = [ "-" ] [ field ":" ] ( word | '"' words '"' )
    field   = "tieude" | "so" | "phuong" | "nguon" | "truoc" | "sau"

Whatever fits nothing else is words, and so is a day that is none. parse() takes any text and never
raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from indexer.days import read_day
from indexer.normalize import Token, normalize, syllables

Sort = Literal["relevance", "newest", "oldest"]
SORTS: tuple[Sort, ...] = get_args(Sort)
PAGE_SIZE = 20

LONGEST_QUERY = 512
"""Characters of a query that are read; the rest is left out (GOV.UK reads as many)."""

MOST_SYLLABLES = 64
"""Syllables of a query that are looked up; the rest is left out."""

Field = Literal["", "tieude", "so", "phuong", "nguon", "truoc", "sau"]
FILTERS: frozenset[Field] = frozenset(("phuong", "nguon", "truoc", "sau"))
"""Fields that say which articles are meant, not which words stand in them."""


@dataclass(frozen=True, slots=True)
class Query:
    """One search. Values of a facet are slugs: OR inside a facet, AND across.

    `since` and `until` are inclusive days in +07:00; `page` counts from 1; `literal` switches off
    every widening (accents, abbreviations, old ward names). An empty `sort` means relevance where
    there are words, else newest.
    """

    text: str = ""
    wards: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    sort: Sort | None = None
    page: int = 1
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What stands together in a query: `keys` has one syllable, or the several of a phrase.

    A word joined by signs ("154-KH/TU", "1.234,5") is a phrase of its syllables. `typed` is the
    part as normalised text.
    """

    keys: tuple[str, ...]
    typed: str
    field: Field = ""
    quoted: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is typed as nothing but words."""
        return not self.quoted and not self.field


@dataclass(frozen=True, slots=True)
class Parsed:
    """All `groups` must match, each by one of its parts at least; `excluded` must not.

    `cut` says that the text was too long to be read to its end, `wordless` that there is text but
    nothing in it that could be looked up ("???").
    """

    groups: tuple[tuple[Part, ...], ...]
    excluded: tuple[Part, ...]
    cut: bool
    wordless: bool


FIELDS: dict[str, Field] = {
    "tieude": "tieude",
    "so": "so",
    "số": "so",
    "phuong": "phuong",
    "phường": "phuong",
    "xa": "phuong",
    "xã": "phuong",
    "nguon": "nguon",
    "nguồn": "nguon",
    "truoc": "truoc",
    "trước": "truoc",
    "sau": "sau",
}
"""How a field is written, with accents or without."""

PART = re.compile(
    rf"""
    (?P<excluded>(?<!\S)-(?=\S))?
    (?:(?P<field>{"|".join(FIELDS)}):(?=\S))?
    (?: "(?P<quoted>[^"]*)"? | (?P<word>[^\s"]+) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
OR = frozenset({"OR", "HOẶC"})


def parse(text: str) -> Parsed:
    """What the text asks for. Curly quotes are quotes; one left open closes at the end.

    >>> parsed = parse('ngân sách “thu chi” -rác')
    >>> [part.keys for group in parsed.groups for part in group], parsed.excluded[0].keys
    ([('ngân',), ('sách',), ('thu', 'chi')], ('rác',))
    >>> [len(group) for group in parse("rác OR nước thải").groups]
    [2, 1]
    """
    groups: list[tuple[Part, ...]] = []
    excluded: list[Part] = []
    joining, left = False, MOST_SYLLABLES
    for found in PART.finditer(normalize(text[:LONGEST_QUERY])):
        if found[0] in OR:
            joining = bool(groups)
            continue
        part = _part(found)
        left -= len(part.keys)
        if not part.keys or left < 0:
            continue
        if found["excluded"]:
            excluded.append(part)
        elif joining:
            groups[-1] += (part,)
        else:
            groups.append((part,))
        joining = False
    return Parsed(
        groups=tuple(groups),
        excluded=tuple(excluded),
        cut=len(text) > LONGEST_QUERY or left < 0,
        wordless=bool(text.strip()) and not groups and not excluded,
    )


def _part(found: re.Match[str]) -> Part:
    """The part that one match spells."""
    typed = found["word"] or found["quoted"] or ""
    field = FIELDS[found["field"].lower()] if found["field"] else ""
    if field in ("truoc", "sau") and read_day(typed) is None:
        typed, field = f"{found['field']}:{typed}", ""
    return Part(
        keys=tuple(token.key for token in syllables(typed)),
        typed=typed.strip(),
        field=field,
        quoted=found["quoted"] is not None,
    )


def word_runs(text: str) -> tuple[str, list[list[Token]]]:
    """The text as it is read, and its words in rows that nothing parts, with their places there.

    >>> normal, rows = word_runs('rác “thu gom” phuong:Bồ tieude:hè -x')
    >>> normal, [[token.key for token in row] for row in rows]
    ('rác "thu gom" phuong:Bồ tieude:hè -x', [['rác'], ['thu', 'gom'], ['hè']])
    """
    normal = normalize(text[:LONGEST_QUERY])
    rows: list[list[Token]] = [[]]
    for found in PART.finditer(normal):
        part = _part(found)
        if not part.plain:
            rows.append([])
        if not found["excluded"] and found[0] not in OR and part.field in ("", "tieude"):
            value = "word" if found["word"] else "quoted"
            start = found.start(value)
            rows[-1] += [
                Token(key, start + first, start + last)
                for key, first, last in syllables(found[value] or "")
            ]
        if not part.plain:
            rows.append([])
    return normal, [row for row in rows if row]


def runs(groups: tuple[tuple[Part, ...], ...], joined: bool = False) -> Iterator[tuple[int, int]]:
    """Spans [start, end) of groups that are single syllables in a row: where words may hide.

    With `joined`, also syllables that signs join: where short forms and numbers may.

    >>> list(runs(parse('ủy ban "nhân dân" phường').groups))
    [(0, 2), (3, 4)]
    >>> list(runs(parse("sở GD&ĐT họp").groups, joined=True))
    [(0, 3)]
    """
    start = 0
    for position in range(len(groups) + 1):
        plain = position < len(groups) and _is_plain(groups[position], joined)
        if not plain:
            if start < position:
                yield start, position
            start = position + 1


def _is_plain(group: tuple[Part, ...], joined: bool) -> bool:
    part = group[0]
    one = len(group) == 1 and (joined or len(part.keys) == 1)
    return one and part.plain
