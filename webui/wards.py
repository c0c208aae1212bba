"""The pages of wards: the list of them (/wards), and what happens in one (/wards/<slug>)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crawler.article import VIETNAM
from indexer.normalize import fold
from indexer.query import Query
from indexer.results import FacetValue
from indexer.units import Unit
from indexer.wards import Gazetteer, load_gazetteer
from webui.activity import activity, counted, newest
from webui.charts import periods
from webui.coverage import coverage_of

pages = Blueprint("wards", __name__)

TOPICS = 6
"""Topics named on the page of a ward, the most frequent."""

LISTED = 60
"""Wards in a list that is of no province: those with the most articles, or of a name."""

LONGEST_NAME = 100
"""Characters of a name that is looked for."""


@pages.get("/wards")
def wards() -> str:
    """The wards with articles, of all provinces or of one, or those of a name."""
    name = request.args.get("q", "").strip()[:LONGEST_NAME]
    province = request.args.get("province", "")
    results = counted(Query())
    provinces = [value for value in results.facets["provinces"] if value.count]
    values = {value.value: value for value in results.facets["wards"] if value.count}
    return render_template(
        "wards.html",
        name=name,
        province=next((each for each in provinces if each.value == province), None),
        provinces=sorted(provinces, key=lambda value: fold(value.label)),
        named=named(name),
        values=values,
        listed=listed(like(name, values.values()), province),
    )


def listed(values: list[FacetValue], province: str) -> list[FacetValue]:
    """The wards of a province by name; of the whole country those with the most articles."""
    if not province:
        return values[:LISTED]
    found = [value for value in values if province_of(value.value) == province]
    return sorted(found, key=lambda value: fold(value.label))


def like(name: str, values: Iterable[FacetValue]) -> list[FacetValue]:
    """Those whose label has the name in it, with accents or without; all where there is none."""
    folded = fold(name)
    return [value for value in values if folded in fold(value.label)]


def province_of(slug: str) -> str:
    """The slug of the province that a ward is in; "" for one that is unknown."""
    unit = load_gazetteer().unit(slug)
    return unit.province_slug if unit else ""


def named(name: str) -> list[tuple[Unit, tuple[Unit, ...]]]:
    """The units that a reader may mean by a name, and where they are no more, what became of
    them."""
    gazetteer = load_gazetteer()
    found = gazetteer.find(name)[:LISTED] if name else ()
    return [(unit, () if unit.current else gazetteer.today(unit.slug)) for unit in found]


@pages.get("/wards/<slug>")
def ward(slug: str) -> Response | str:
    """What happens in a ward. One that is no more leads to what became of it."""
    gazetteer = load_gazetteer()
    unit = gazetteer.unit(slug)
    if unit is None:
        abort(404)
    if unit.current:
        return shown(unit, gazetteer)
    today = gazetteer.today(slug)
    if len(today) == 1:
        return redirect(url_for("wards.ward", slug=today[0].slug), 301)
    return render_template("former_ward.html", unit=unit, today=today, query=Query(wards=(slug,)))


def shown(unit: Unit, gazetteer: Gazetteer) -> str:
    """The page of a ward of today."""
    query = Query(wards=(unit.slug,))
    results = counted(query)
    months = activity(query, newest(results))
    former = [gazetteer.unit(each) for each in unit.predecessors]
    return render_template(
        "ward.html",
        unit=unit,
        query=query,
        results=results,
        months=months,
        periods=periods(query, months),
        topics=[value for value in results.facets["topics"] if value.count][:TOPICS],
        former=sorted(each.label for each in former if each),
        coverage=coverage_of([unit.slug], datetime.now(VIETNAM)),
    )
