"""Layouts: the families of portals that layouts.toml describes, ready for use on a parsed page."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import cast

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from crawler.page import ParsedPage

LAYOUTS = Path(__file__).with_name("layouts.toml")

SELECTORS = (
    *("article", "listing", "title", "date", "updated", "lead", "body", "byline", "section"),
    *("attachments", "machine_date", "machine_updated", "drop"),
)
"""The fields of layouts.toml that are selectors; a portal may have its own for any of them."""

Places = tuple[CSSSelector, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """One family. `fields` holds the selectors of layouts.toml, compiled, by their names there."""

    name: str
    address: re.Pattern[str] | None
    identity: str
    date_in_address: re.Pattern[str] | None
    fields: Mapping[str, Places]

    def find(self, field: str, root: HtmlElement) -> list[HtmlElement]:
        """The elements of the first place that is there; [] where none is."""
        places = self.fields.get(field, ())
        return next((found for place in places if (found := _elements(place, root))), [])

    def finds(self, field: str, root: HtmlElement) -> Iterator[HtmlElement]:
        """The elements of all places, in the order of the places."""
        for place in self.fields.get(field, ()):
            yield from _elements(place, root)

    def renamed(self, name: str) -> Layout:
        """This family under another name."""
        return replace(self, name=name)

    def overridden(self, selectors: Mapping[str, str]) -> Layout:
        """This family with a portal's own selectors in place of its own."""
        return replace(self, fields={**self.fields, **compiled(selectors)})


def compiled(selectors: Mapping[str, str | list[str]]) -> dict[str, Places]:
    """Selectors by their field. Raises SelectorError (a SyntaxError) for what is no CSS."""
    return {
        name: tuple(map(CSSSelector, [each] if isinstance(each, str) else each))
        for name, each in selectors.items()
    }


@cache
def load_layouts() -> tuple[Layout, ...]:
    """All families, in the order in which they are tried."""
    tables = tomllib.loads(LAYOUTS.read_text(encoding="utf-8"))["layout"]
    return tuple(
        Layout(
            name=table["name"],
            address=_pattern(table.get("address")),
            identity=table.get("identity", ""),
            date_in_address=_pattern(table.get("date_in_address")),
            fields=compiled({name: table[name] for name in SELECTORS if name in table}),
        )
        for table in tables
    )


def recognise(parsed: ParsedPage) -> Layout | None:
    """The family whose article, or else whose listing, this page is; None for an unknown one."""
    families = load_layouts()
    article = (layout for layout in families if layout.find("article", parsed.root))
    return next(article, None) or next((each for each in families if lists(each, parsed)), None)


def lists(layout: Layout, parsed: ParsedPage) -> bool:
    """Whether the page is a listing of this family: more than one article's teaser stands on it."""
    return len(layout.find("listing", parsed.root)) > 1


def identity_in(url: str) -> str | None:
    """The id that a known family carries in the address of an article, under any address of it.

    >>> identity_in("http://so.example.vn/en/tin/-/view_content/pop_up/2397883-ten-bai.html")
    'view_content/2397883'
    >>> identity_in("http://phuong.example.vn/tin-tuc") is None
    True
    """
    for layout in load_layouts():
        if layout.address and (match := layout.address.search(url)):
            return "/".join((layout.identity, *match.groups())).lower()
    return None


def named(name: str) -> Layout:
    """The family of that name. Raises KeyError."""
    return {layout.name: layout for layout in load_layouts()}[name]


def _elements(place: CSSSelector, root: HtmlElement) -> list[HtmlElement]:
    return cast("list[HtmlElement]", place(root))  # CSS finds nothing but elements


def _pattern(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None
