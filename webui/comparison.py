"""Two to four wards side by side: /compare, and the same numbers as a spreadsheet, /compare.csv."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from indexer.query import Query
from indexer.results import Bar, FacetValue, Results, Timeline
from indexer.topics import TOPICS
from indexer.wards import load_gazetteer
from webui.activity import activity, counted, newest
from webui.charts import Period, periods
from webui.names import name_of
from webui.params import changed
from webui.spreadsheet import written
from webui.wards import LONGEST_NAME, like, named

pages = Blueprint("comparison", __name__)

FEWEST, MOST = 2, 4
"""Wards that are compared."""

OFFERED = 12
"""Wards to choose from beside those chosen or named: those with the most articles."""


@dataclass(frozen=True, slots=True)
class Ward:
    """One of the wards compared: how many articles in all, by topic and by month."""

    name: str
    query: Query
    total: int
    topics: Counter[str]
    months: Timeline
    periods: list[Period]

    def of_topic(self, topic: str) -> Query:
        """The search of its articles of a topic."""
        return changed(self.query, topics=(topic,))

    def of_month(self, bar: Bar) -> Query:
        """The search of its articles of a month."""
        return changed(self.query, since=bar.since, until=bar.until)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`topics` are (slug, name) of all that any of the wards has, the most frequent first; `top` is
    the highest count of a month, to which all charts are drawn."""

    wards: tuple[Ward, ...]
    topics: tuple[tuple[str, str], ...]
    top: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """The wards asked for: those that are used, those that are none of ours, and whether some were
    left out because they are too many."""

    wards: tuple[str, ...]
    unknown: tuple[str, ...]
    cut: bool


@pages.get("/compare")
def compare() -> str:
    """The wards that were chosen, side by side, and a form to choose them in."""
    chosen = read(request.args.getlist("ward"))
    name = request.args.get("q", "").strip()[:LONGEST_NAME]
    return render_template(
        "compare.html",
        chosen=chosen,
        name=name,
        offered=offered(name, chosen),
        most=MOST,
        comparison=comparison(chosen.wards) if len(chosen.wards) >= FEWEST else None,
    )


@pages.get("/compare.csv")
def spreadsheet() -> Response:
    """Topics × wards, the sums first."""
    compared = comparison(read(request.args.getlist("ward")).wards)
    response = Response("\ufeff" + written(rows(compared)), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="tin-phuong-so-sanh.csv"'
    return response


def rows(compared: Comparison) -> list[list[str]]:
    """The table as cells of text."""
    return [
        [_("Chủ đề"), *(ward.name for ward in compared.wards)],
        [_("Tất cả"), *(str(ward.total) for ward in compared.wards)],
        *(
            [name, *(str(ward.topics[slug]) for ward in compared.wards)]
            for slug, name in compared.topics
        ),
    ]


def read(slugs: list[str]) -> Chosen:
    """The first MOST wards that there are, each once."""
    distinct = list(dict.fromkeys(slugs))
    known = [slug for slug in distinct if load_gazetteer().unit(slug)]
    unknown = tuple(slug for slug in distinct if slug not in known)
    return Chosen(tuple(known[:MOST]), unknown[:MOST], len(known) > MOST)


def offered(name: str, chosen: Chosen) -> list[FacetValue]:
    """The wards to tick: those chosen, those of the name, then those with most articles."""
    found = counted(Query()).facets["wards"]
    counts = {value.value: value.count for value in found}
    meant = [each.slug for unit, today in named(name) for each in (today or (unit,))]
    others = [value.value for value in like(name, found) if value.count]
    slugs = dict.fromkeys([*chosen.wards, *meant, *others[:OFFERED]])
    return [
        FacetValue(slug, name_of("ward", slug), counts.get(slug, 0), slug in chosen.wards)
        for slug in slugs
    ]


def comparison(slugs: tuple[str, ...]) -> Comparison:
    """What is told of these wards: two searches for each."""
    queries = [Query(wards=(slug,)) for slug in slugs]
    found = [counted(query) for query in queries]
    last = max(map(newest, found), default=date.min)
    months = [activity(query, last) for query in queries]
    top = max((bar.count for each in months for bar in each.bars), default=0)
    wards = tuple(_ward(*each, top) for each in zip(queries, found, months, strict=True))
    sums = sum((ward.topics for ward in wards), Counter[str]())
    topics = sorted(sums, key=lambda slug: (-sums[slug], slug))
    return Comparison(wards, tuple((slug, TOPICS.get(slug, slug)) for slug in topics), top)


def _ward(query: Query, results: Results, months: Timeline, top: int) -> Ward:
    return Ward(
        name=name_of("ward", query.wards[0]),
        query=query,
        total=results.total,
        topics=Counter({each.value: each.count for each in results.facets["topics"]}),
        months=months,
        periods=periods(query, months, top),
    )
