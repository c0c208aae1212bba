"""/search.json: the search page for programs, with the same parameters and the same links."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from werkzeug.wrappers import Response

from indexer.query import PAGE_SIZE, Query
from indexer.results import FacetValue, Hit, Results
from webui import params
from webui.errors import problem
from webui.masking import masked
from webui.names import name_of
from webui.reading import reading

api = Blueprint("api", __name__)

PATH = "/search.json"


@api.get(PATH)
def search() -> Response:
    """Results as JSON; 400 with the parameters that were wrong."""
    asked = params.read(request.args.items(multi=True))
    if asked.errors:
        return wrong(asked.errors)
    results = reading().search(asked.query)
    if asked.query.page > max(results.pages, 1):
        return wrong({"page": f"Chỉ có {results.pages} trang"})
    response = jsonify(answer(asked.query, results))
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def wrong(errors: dict[str, str] | Any) -> Response:
    """400: which parameters are wrong, and why."""
    listed = [{"parameter": name, "detail": detail} for name, detail in errors.items()]
    return problem(400, "Tham số không hợp lệ", "; ".join(errors.values()), errors=listed)


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
    }
