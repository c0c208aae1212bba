"""Choices: which values of a facet can be ticked here, in which order, and by which old names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from indexer.normalize import fold
from indexer.query import Query
from indexer.results import FacetValue, Results
from indexer.wards import load_gazetteer
from webui.names import LABELS, name_of
from webui.params import FACETS

IN_VIEW = 8
"""Values of a facet on the search page; all stand on the page of the facet."""

ON_A_PAGE = 100
"""Values on one page of a facet."""

NAMES_KEPT = 8192
"""Values whose old names stay in memory: more than there are wards."""


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """A facet as the search page shows it: some of its values, and how many there are."""

    name: str
    label: str
    shown: tuple[FacetValue, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a facet's values, those ticked that are not on it, and how many there are."""

    values: tuple[FacetValue, ...]
    elsewhere: tuple[FacetValue, ...]
    total: int
    page: int
    pages: int


def facet_groups(query: Query, results: Results) -> list[FacetGroup]:
    """The facets in the order of the page; none without a value.

    Values come in the order of the results, never moved because they were ticked: a ticked one
    that is not among the first joins them at their end.
    """
    groups = []
    for name, label in LABELS.items():
        if name in FACETS and (values := offered(name, query, results)):
            ticked = [value for value in values[IN_VIEW:] if value.selected]
            shown = (*values[:IN_VIEW], *ticked)
            groups.append(FacetGroup(name, str(label), shown, len(values)))
    return groups


def offered(name: str, query: Query, results: Results) -> list[FacetValue]:
    """Values with articles, and every ticked one even without; wards of the provinces ticked."""
    found = results.facets.get(FACETS[name], ())
    known = {value.value for value in found}
    ticked = getattr(query, FACETS[name])
    absent = [FacetValue(v, name_of(name, v), 0, True) for v in ticked if v not in known]
    values = [value for value in found if value.count or value.selected] + absent
    if name == "ward" and query.provinces:
        return [each for each in values if each.selected or _lies_in(each.value, query.provinces)]
    return values


def _lies_in(ward: str, provinces: Sequence[str]) -> bool:
    unit = load_gazetteer().unit(ward)
    return unit is not None and unit.province_slug in provinces


def listed(
    name: str, values: Sequence[FacetValue], find: str = "", by_name: bool = False, page: int = 1
) -> Listed:
    """The page of those values whose name, or an old name, holds the text that is looked for.

    Accents are not told apart. A page past the last one is the last.
    """
    wanted = fold(find)
    found = [each for each in values if wanted in _words(name, each.value, each.label)]
    if by_name:
        found.sort(key=lambda each: _sorted_as(name, each))
    pages = max(math.ceil(len(found) / ON_A_PAGE), 1)
    page = min(page, pages)
    here = tuple(found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE])
    elsewhere = tuple(each for each in values if each.selected and each not in here)
    return Listed(here, elsewhere, len(found), page, pages)


def _sorted_as(name: str, value: FacetValue) -> tuple[str, str]:
    """Wards by their names alone, so that "Xã Yên Sở" does not stand behind every "Phường"."""
    unit = load_gazetteer().unit(value.value) if name == "ward" else None
    return fold(unit.short if unit else value.label), value.label


@lru_cache(NAMES_KEPT)
def _words(name: str, value: str, label: str) -> str:
    """What a value is found by, without accents."""
    return fold(f"{label}, {old_names(name, value)}")


@lru_cache(NAMES_KEPT)
def old_names(name: str, value: str) -> str:
    """What the ground of a ward or a province was called before 1 July 2025, "" for others."""
    gazetteer = load_gazetteer()
    if name == "province":
        return ", ".join(each.name for each in gazetteer.merged_into(value))
    unit = gazetteer.unit(value) if name == "ward" else None
    before = [gazetteer.unit(slug) for slug in unit.predecessors] if unit else []
    names = [part for each in before if each for part in each.label.split(", ")]
    return ", ".join(dict.fromkeys(names))
