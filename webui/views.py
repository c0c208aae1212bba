"""The pages: parse → search → render."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from crawler.article import VIETNAM
from indexer.normalize import fold
from indexer.query import Query
from indexer.results import FacetValue, Results
from webui import params
from webui.charts import periods
from webui.names import LABELS, filter_name, name_of
from webui.reading import reading

pages = Blueprint("pages", __name__)

SHOWN_VALUES = 8
"""Values of a facet in view; the others lie behind "Xem tất cả"."""

LISTED_VALUES = 300
"""Values of a facet in the page at all, so that a page of a big country stays small."""

NEWS_AT_HOME = 5
FACETS_AT_HOME = ("topic", "ward", "province")

RECOVERIES = 12
"""Filters whose removal is tried where nothing was found: each is one more search."""


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """A facet as the page shows it: values in view, and those behind "Xem tất cả"."""

    name: str
    label: str
    shown: tuple[FacetValue, ...]
    more: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Recovery:
    """A search near one that found nothing: what it does otherwise, and how much it finds."""

    label: str
    query: Query
    total: int


@pages.get("/")
def home() -> str:
    """The search box, what can be searched, and the newest articles."""
    results = reading().search(Query())
    return render_template(
        "home.html",
        query=Query(),
        results=results,
        newest=results.hits[:NEWS_AT_HOME],
        groups=home_groups(results),
    )


@pages.get("/search")
def search() -> Response:
    """Results of a search; 404 past the last page."""
    asked = params.read(request.args.items(multi=True))
    results = reading().search(asked.query)
    if asked.query.page > max(results.pages, 1):
        abort(404)
    page = render_template(
        "search.html",
        asked=asked,
        query=asked.query,
        results=results,
        filters=params.filters(asked.query),
        cleared=params.cleared(asked.query),
        groups=facet_groups(asked.query, results),
        periods=periods(asked.query, results.timeline),
        presets=params.presets(asked.query, datetime.now(VIETNAM).date()),
        recoveries=recoveries(asked.query) if not results.total else [],
        page_numbers=page_numbers(asked.query.page, results.pages),
        at_page=lambda number: params.at_page(asked.query, number),
        changed=params.changed,
    )
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def facet_groups(query: Query, results: Results) -> list[FacetGroup]:
    """The facets in the order of the page; none without a value.

    Values come in the order of the results, never moved because they were ticked: a ticked one
    from behind "Xem tất cả" joins those in view at their end.
    """
    groups = []
    for name, field in params.FACETS.items():
        values = _values(name, getattr(query, field), results.facets.get(field, ()))
        shown = values[:SHOWN_VALUES] + [v for v in values[SHOWN_VALUES:] if v.selected]
        more = [value for value in values[SHOWN_VALUES:LISTED_VALUES] if not value.selected]
        if values:
            groups.append(FacetGroup(name, str(LABELS[name]), tuple(shown), tuple(more)))
    return groups


def home_groups(results: Results) -> list[FacetGroup]:
    """The facets to browse by, in their order at home."""
    groups = {group.name: group for group in facet_groups(Query(), results)}
    return [groups[name] for name in FACETS_AT_HOME if name in groups]


def _values(name: str, chosen: tuple[str, ...], found: tuple[FacetValue, ...]) -> list[FacetValue]:
    """Values with articles, and every chosen one even without."""
    known = {value.value for value in found}
    absent = [FacetValue(v, name_of(name, v), 0, True) for v in chosen if v not in known]
    return [value for value in found if value.count or value.selected] + absent


def recoveries(query: Query) -> list[Recovery]:
    """Searches that find something: without each filter, without all of them, without accents."""
    filters = params.filters(query)[:RECOVERIES]
    tried = [
        (_("Bỏ “%(filter)s”", filter=filter_name(applied)), applied.without) for applied in filters
    ]
    if len(filters) > 1:
        tried.append((_("Xóa tất cả bộ lọc"), params.cleared(query)))
    if fold(query.text) != query.text.lower():
        tried.append((_("Tìm không dấu"), params.changed(query, text=fold(query.text))))
    found = [Recovery(label, near, reading().search(near).total) for label, near in tried]
    return [recovery for recovery in found if recovery.total]


def page_numbers(page: int, pages: int) -> list[int | None]:
    """The pages to link: first, last and those around this one; None for a gap.

    >>> page_numbers(6, 29)
    [1, None, 5, 6, 7, None, 29]
    >>> page_numbers(1, 3)
    [1, 2, 3]
    """
    near = [n for n in range(1, pages + 1) if n in (1, pages) or abs(n - page) <= 1]
    found: list[int | None] = []
    for before, number in zip([0, *near], near, strict=False):
        if number - before == 2:
            found.append(number - 1)
        elif number - before > 2:
            found.append(None)
        found.append(number)
    return found
