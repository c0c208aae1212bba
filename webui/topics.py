"""The page of a topic: /topics/<slug>."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from indexer.query import Query
from indexer.topics import TOPICS
from webui.activity import activity, counted, newest
from webui.charts import periods

pages = Blueprint("topics", __name__)

WARDS = 20
"""Wards named on the page of a topic, those with the most articles."""


@pages.get("/topics/<slug>")
def topic(slug: str) -> str:
    """When and where a topic was written of, and the latest."""
    if slug not in TOPICS:
        abort(404)
    query = Query(topics=(slug,))
    results = counted(query)
    months = activity(query, newest(results))
    return render_template(
        "topic.html",
        name=TOPICS[slug],
        slug=slug,
        query=query,
        results=results,
        months=months,
        periods=periods(query, months),
        wards=[value for value in results.facets["wards"] if value.count][:WARDS],
    )
