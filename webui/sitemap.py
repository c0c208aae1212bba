"""What robots may look at: /robots.txt, and a sitemap of the pages that are not searches.

Searches are without number, so robots are asked to leave them; articles name the original as the
page to be found. What is left are home, wards and topics (sitemaps.org, RFC 9309).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, abort, make_response, render_template, url_for
from werkzeug.wrappers import Response

from crawler.article import VIETNAM
from indexer.query import Query
from webui.addresses import absolute
from webui.reading import reading

pages = Blueprint("sitemap", __name__)

NOT_FOR_ROBOTS = ("/search", "/compare", "/suggest")
"""How paths begin that lead to ever more of their kind."""

SUBJECTS = {"wards": "wards.ward", "topics": "topics.topic"}
"""Facets whose values have pages of their own, and the endpoint of these."""

MOST = 50_000
"""Addresses in a sitemap (sitemaps.org)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page: its address, and the day of its newest article, None where that is not known."""

    address: str
    changed: date | None


@pages.get("/robots.txt")
def robots() -> Response:
    """What robots are asked to leave, and where the sitemaps are."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS), ""]
    lines.append(f"Sitemap: {absolute(url_for('sitemap.index'))}")
    response = make_response("\n".join(lines) + "\n")
    response.mimetype = "text/plain"
    return response


@pages.get("/sitemap.xml")
def index() -> Response:
    """The sitemaps there are."""
    return xml("sitemapindex", "sitemap", [_whole(name) for name in ("pages", *SUBJECTS)])


@pages.get("/sitemaps/<name>.xml")
def sitemap(name: str) -> Response:
    """The pages of wards, of topics, or the others."""
    if name == "pages":
        return xml("urlset", "url", _pages())
    if name not in SUBJECTS:
        abort(404)
    return xml("urlset", "url", subjects(name))


def subjects(name: str) -> list[Entry]:
    """The pages of those values of a facet that have articles, the most written of first."""
    newest, found = reading().newest(name), reading().search(Query()).facets[name]
    return [
        Entry(absolute(url_for(SUBJECTS[name], slug=value.value)), _day(newest, value.value))
        for value in found[:MOST]
        if value.count
    ]


def _pages() -> list[Entry]:
    """Home, whose news are those of all portals, the list of wards, and help."""
    changed = _latest(reading().newest("sources"))
    listed = [Entry(absolute(url_for(name)), changed) for name in ("pages.home", "wards.wards")]
    return [*listed, Entry(absolute(url_for("asking.help")), None)]


def _whole(name: str) -> Entry:
    """A sitemap, as new as the newest of its pages."""
    changed = _latest(reading().newest(name if name in SUBJECTS else "sources"))
    return Entry(absolute(url_for("sitemap.sitemap", name=name)), changed)


def _latest(newest: Mapping[str, datetime]) -> date | None:
    return max((day for value in newest if (day := _day(newest, value))), default=None)


def _day(newest: Mapping[str, datetime], value: str) -> date | None:
    """The day of the newest article; one that a portal dated ahead is of today."""
    if value not in newest:
        return None
    now = datetime.now(VIETNAM)
    return min(newest[value], now).astimezone(VIETNAM).date()


def xml(root: str, element: str, entries: list[Entry]) -> Response:
    """A sitemap or an index of them."""
    text = render_template("sitemap.xml", root=root, element=element, entries=entries)
    response = make_response(text)
    response.mimetype = "application/xml"
    return response
