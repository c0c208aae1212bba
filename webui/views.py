"""The pages: parse → search → render."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from crawler.article import VIETNAM
from crawler.attached import attached_to
from crawler.health import PortalState, portal_states
from indexer.families import family_of
from indexer.normalize import fold
from indexer.query import Query
from indexer.results import FacetValue, Results
from webui import params
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

SNIPPET = 240
"""Characters shown of an article whose portal did not agree to more."""

FILE_SHOWN = 20_000
"""Characters shown of an attached file, where its portal agreed to whole texts."""

FILE_STATES: Mapping[str, str] = {
    "scan": "bản quét",
    "locked": "có mật khẩu",
    "damaged": "tệp hỏng",
    "too much": "tệp quá lớn",
}
"""What readers call a file without a text of its own."""

STATES: Mapping[str, str] = {
    "ok": "Bình thường",
    "delayed": "Chậm",
    "failing": "Lỗi",
    "paused": "Tạm dừng",
    "never": "Chưa thu thập",
}
"""What readers call the state of a portal."""

LAST_NUMBER = 2**63 - 1
"""The largest row number of SQLite."""


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
        presets=params.presets(asked.query, datetime.now(VIETNAM).date()),
        recoveries=recoveries(asked.query) if not results.total else [],
        page_numbers=page_numbers(asked.query.page, results.pages),
        at_page=lambda number: params.at_page(asked.query, number),
        changed=params.changed,
    )
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@pages.get(f"/articles/<int(max={LAST_NUMBER}):number>")
def article(number: int) -> str:
    """One article: whole where its portal agreed to it, else its beginning and the link.

    Of one that its portal took down no more than title, date and link.
    """
    with reading().store() as store:
        stored = store.articles([number]).get(number)
        if stored is None:
            abort(404)
        revisions = store.revisions(number)
        files = attached_to(store, stored.article)
        family = family_of(store, number)
    source = current_app.config["SOURCES"].get(stored.article.portal)
    if stored.withdrawn_at:
        return render_template("withdrawn.html", stored=stored, article=stored.article)
    return render_template(
        "article.html",
        stored=stored,
        article=stored.article,
        document=reading().document(number),
        source=source,
        whole=source is not None and source.show == "full" and not stored.article.noarchive,
        snippet=0 if stored.article.nosnippet else SNIPPET,
        revisions=revisions,
        files=files,
        file_states=FILE_STATES,
        file_shown=FILE_SHOWN,
        copies=[each for each in family if not each.withdrawn_at],
        first=family[0].id,
        Query=Query,
    )


@pages.get("/wards/<slug>")
def ward(slug: str) -> Response:
    """The articles of a ward."""
    return redirect(params.link(Query(wards=(slug,))))


@pages.get("/status")
def status() -> str:
    """How each portal is doing."""
    portals, now = current_app.config["PORTALS"], datetime.now(VIETNAM)
    with reading().store() as store:
        states = {each.portal: each for each in portal_states(store, portals, now.timestamp())}
        waiting = store.waiting()
    rows = [(source, states.get(id)) for id, source in current_app.config["SOURCES"].items()]
    return render_template(
        "status.html", query=Query(), rows=rows, waiting=waiting, state_of=state_of, now=now
    )


def state_of(state: PortalState | None) -> str:
    """The state of a portal in words."""
    return STATES[state.state if state else "never"]


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
            groups.append(FacetGroup(name, LABELS[name], tuple(shown), tuple(more)))
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
    tried = [(f"Bỏ “{filter_name(applied)}”", applied.without) for applied in filters]
    if len(filters) > 1:
        tried.append(("Xóa tất cả bộ lọc", params.cleared(query)))
    if fold(query.text) != query.text.lower():
        tried.append(("Tìm không dấu", params.changed(query, text=fold(query.text))))
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
