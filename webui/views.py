"""The pages: parse → search → render."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, abort, make_response, render_template, request
from werkzeug.wrappers import Response

from crawler.article import VIETNAM
from indexer.query import Query
from indexer.results import FacetValue, Results
from webui import choices, params
from webui.charts import periods
from webui.reading import reading
from webui.recovery import recoveries

pages = Blueprint("pages", __name__)

NEWS_AT_HOME = 5
FACETS_AT_HOME = ("topic", "ward", "province")


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
    today = datetime.now(VIETNAM).date()
    page = render_template(
        "search.html",
        asked=asked,
        query=asked.query,
        results=results,
        filters=params.filters(asked.query),
        cleared=params.cleared(asked.query),
        groups=choices.facet_groups(asked.query, results),
        periods=periods(asked.query, results.timeline),
        presets=params.presets(asked.query, today),
        today=today,
        meant=reading().did_you_mean(asked.query, results),
        recoveries=recoveries(asked.query) if not results.total else [],
        days=reading().days() if not results.total else None,
        page_numbers=page_numbers(asked.query.page, results.pages),
        at_page=lambda number: params.at_page(asked.query, number),
        changed=params.changed,
    )
    return _unlisted(page)


@pages.get("/search/facets/<name>")
def facet(name: str) -> Response:
    """Every value of a facet under a search, to look through and tick; `page` is one of theirs."""
    asked = params.read(request.args.items(multi=True)).query
    find = " ".join(request.args.get("find", "").split())[: params.TEXT_LIMIT]
    by_name = request.args.getlist("order")[-1:] == ["name"]
    values = _offered(name, asked)
    return _unlisted(
        render_template(
            "facet.html",
            name=name,
            query=params.at_page(asked, 1),
            kept=[pair for pair in params.to_pairs(asked) if pair[0] not in (name, "page")],
            find=find,
            by_name=by_name,
            listed=choices.listed(name, values, find, by_name, asked.page),
            path=request.path,
            changed=params.changed,
            page_numbers=page_numbers,
        )
    )


@pages.get("/search/facets/<name>/values")
def facet_values(name: str) -> Response:
    """The same values as a list without a page around it, for the box inside a facet."""
    asked = params.read(request.args.items(multi=True)).query
    return _unlisted(render_template("values.html", name=name, values=_offered(name, asked)))


def _offered(name: str, asked: Query) -> list[FacetValue]:
    """The values of a facet under a search, whichever its page; 404 where it is no facet."""
    if name not in params.FACETS:
        abort(404)
    return choices.offered(name, asked, reading().search(params.at_page(asked, 1)))


def _unlisted(page: str) -> Response:
    """The answer, not to be listed by other search engines."""
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def home_groups(results: Results) -> list[choices.FacetGroup]:
    """The facets to browse by, in their order at home."""
    groups = {group.name: group for group in choices.facet_groups(Query(), results)}
    return [groups[name] for name in FACETS_AT_HOME if name in groups]


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
