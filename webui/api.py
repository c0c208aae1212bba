"""/search.json: the search page for programs, with the same parameters and the same links."""

from __future__ import annotations

from typing import Any

from flask import jsonify, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from indexer.query import PAGE_SIZE, Query
from indexer.results import FacetValue, Hit, Results
from webui import atom, params, spreadsheet
from webui.masking import masked
from webui.names import name_of
from webui.programs import for_programs, open_blueprint, wrong
from webui.reading import reading

answers = open_blueprint("api", __name__)

PATH = "/search.json"


@answers.get(PATH)
@for_programs
def search(query: Query) -> Response:
    """A page of results as JSON; 400 past the last one."""
    results = reading().search(query)
    if query.page > max(results.pages, 1):
        return wrong({"page": _("Chỉ có %(pages)s trang", pages=results.pages)})
    return jsonify(answer(query, results))


def answer(query: Query, results: Results) -> dict[str, Any]:
    """The whole answer as JSON values."""
    return {
        "total": results.total,
        "page": query.page,
        "per_page": PAGE_SIZE,
        "undated": results.undated,
        "results": [result(hit) for hit in results.hits],
        "facets": {
            name: [facet_value(query, name, value) for value in results.facets.get(field, ())]
            for name, field in params.FACETS.items()
        },
        "links": links(query, results.pages),
    }


def result(hit: Hit) -> dict[str, Any]:
    """One article. Marks are [start, end) in title and snippet."""
    return {
        "id": hit.id,
        "url": hit.url,
        "page": url_for("articles.article", number=hit.id),
        "title": masked(hit.title),
        "title_marks": hit.title_marks,
        "snippet": masked(hit.snippet),
        "snippet_marks": hit.snippet_marks,
        "file": masked(hit.file),
        "copies": hit.copies,
        "published": _published(hit),
        "source": {"id": hit.portal, "name": name_of("source", hit.portal)},
        "wards": [{"slug": slug, "name": name_of("ward", slug)} for slug in hit.wards],
        "topics": [{"slug": slug, "name": name_of("topic", slug)} for slug in hit.topics],
    }


def _published(hit: Hit) -> str | None:
    """ISO 8601: the moment, or only the day where the page prints no time."""
    if hit.published is None:
        return None
    return hit.published.isoformat() if hit.has_time else hit.published.date().isoformat()


def facet_value(query: Query, name: str, value: FacetValue) -> dict[str, Any]:
    """A value with the address of the search that ticks it, or unticks it."""
    return {
        "value": value.value,
        "label": value.label,
        "count": value.count,
        "selected": value.selected,
        "toggle_url": params.link(params.toggled(query, name, value.value), PATH),
    }


def links(query: Query, pages: int) -> dict[str, str | None]:
    """This answer, its neighbours and the page for people."""

    def at(page: int) -> str | None:
        return params.link(params.at_page(query, page), PATH) if 1 <= page <= pages else None

    return {
        "self": params.link(query, PATH),
        "prev": at(query.page - 1),
        "next": at(query.page + 1),
        "html": params.link(query),
        "atom": params.link(params.changed(query, sort=None), atom.PATH),
        "csv": params.link(params.changed(query), spreadsheet.PATH),
    }
