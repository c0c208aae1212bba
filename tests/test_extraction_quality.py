"""Pinned floors: extraction on real pages may get better, never worse.

A floor is lowered only here, by hand, with the reason in the commit. The whole set is measured by
benchmarks/extraction.py.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.gold import PORTAL, Gold, Scores, read_gold, scores
from crawler.extract import extract
from crawler.page import parse
from crawler.portals import Portal

pytestmark = pytest.mark.data

EVERY = 12
"""Of the 1,742 articles of the gold: 146 pages."""

FLOORS = {
    "known": Scores(titles=1.0, days=1.0, clocks=1.0, f1=0.999, counter_lines=0),
    "unknown": Scores(titles=0.99, days=0.99, clocks=0.99, f1=0.993, counter_lines=0),
}
PORTALS = {"known": PORTAL, "unknown": replace(PORTAL, layout="general")}


@pytest.fixture(scope="module")
def gold(data: Path) -> list[Gold]:
    return read_gold(data, EVERY)


@pytest.mark.parametrize("way", FLOORS)
def test_the_floor_holds(gold: list[Gold], way: str) -> None:
    reached, floor = measured(gold, PORTALS[way]), FLOORS[way]
    assert reached.titles >= floor.titles
    assert reached.days >= floor.days
    assert reached.clocks >= floor.clocks
    assert reached.f1 >= floor.f1
    assert reached.counter_lines <= floor.counter_lines


def measured(gold: list[Gold], portal: Portal) -> Scores:
    parsed = [parse(each.page) for each in gold]
    return scores(gold, [extract(page, portal) for page in parsed if page])


def test_the_measure_sees_what_is_wrong(gold: list[Gold]) -> None:
    """Articles held against the gold of their neighbours score low."""
    right = measured(gold, PORTAL)
    shifted = [replace(each, page=other.page) for each, other in zip(gold[1:], gold, strict=False)]
    wrong = measured(shifted, PORTAL)
    assert wrong.titles < 0.1
    assert wrong.f1 < 0.6 < right.f1
