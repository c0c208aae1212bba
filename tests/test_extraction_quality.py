"""Pinned floors: extraction on real pages may get better, never worse.

The floors are tests/extraction_floors.toml, which `python -m tests.extraction_floors` moves. The
whole set is measured by benchmarks/extraction.py. The sample pages (tests/pages) need no data: each
is read with its own family left out of layouts.toml.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import escape

from benchmarks.families import Read, frame_lines, read_all, read_knowing
from benchmarks.gold import PORTAL, Gold, read_gold
from tests.extraction_floors import (
    EVERY,
    below,
    by_site,
    load_floors,
    measured,
    on_real_pages,
    on_sample_pages,
)

FLOORS = load_floors()


@pytest.fixture(scope="module")
def gold(data: Path) -> list[Gold]:
    return read_gold(data, EVERY)


@pytest.mark.data
def test_floors_on_real_pages(gold: list[Gold]) -> None:
    assert below(FLOORS, on_real_pages(gold)) == {}


@pytest.mark.data
def test_the_measure_sees_what_is_wrong(gold: list[Gold]) -> None:
    """Articles held against the gold of their neighbours score low."""
    right = measured(gold, PORTAL)
    shifted = [replace(each, page=other.page) for each, other in zip(gold[1:], gold, strict=False)]
    wrong = measured(shifted, PORTAL)
    assert wrong.titles < 0.1
    assert wrong.f1 < 0.6 < right.f1


@pytest.fixture(scope="module")
def left_out() -> list[Read]:
    return read_all()


@pytest.fixture(scope="module")
def learned() -> list[Read]:
    return read_knowing()


def test_floors_on_sample_pages(left_out: list[Read], learned: list[Read]) -> None:
    assert len(left_out) >= 60
    assert len(by_site(left_out)) >= 12
    assert below(FLOORS, on_sample_pages(left_out, learned)) == {}


@pytest.mark.data
def test_every_floor_is_measured(
    gold: list[Gold], left_out: list[Read], learned: list[Read]
) -> None:
    reached = on_real_pages(gold[:20]) | on_sample_pages(left_out, learned)
    assert reached.keys() == FLOORS.keys()


def test_titles_of_unknown_systems(left_out: list[Read]) -> None:
    for each in left_out:
        assert each.article is not None, each.sample.page.url
        assert each.article.title == each.sample.text.title


def test_the_frame_of_a_known_portal_stays_outside(learned: list[Read]) -> None:
    """What its other pages repeat is learned: not a line of it is left, whatever the floor."""
    assert not [line for each in learned for line in frame_lines(each)]


def test_the_gold_is_on_its_page(left_out: list[Read]) -> None:
    """Whatever is asked for can be seen there, or the gate would ask the impossible."""
    for each in left_out:
        markup = each.sample.page.body.decode()
        words = {word for line in each.sample.text.lines for word in line.split()}
        assert not [word for word in words if str(escape(word)) not in markup]
