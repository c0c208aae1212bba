"""What the engine finds, scores and counts, against a plain walk over the same texts."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as q
from whoosh.util.numeric import length_to_byte

from indexer.engine.codec import ArraySegment
from indexer.engine.evaluator import Evaluator
from indexer.engine.field_writer import length_bytes
from indexer.engine.fields import Kept
from indexer.engine.formula import Formula
from indexer.engine.generation import Generation
from indexer.engine.invert import Batch, Entry
from indexer.engine.sorting import MISSING
from indexer.results import TooSlow
from tests.brute_force import BruteForce, Sample
from tests.random_queries import queries

FIELDS = (Kept("text", True, ""), Kept("pairs", False, "text"))
WORDS = "abcdefgh"
FORMULA = Formula(k1_of={"pairs": 0.5})


class World:
    """Documents in segments, some deleted; each with wards and a day."""

    def __init__(self, folder: Path, segments: Sequence[int], deleted: set[int]) -> None:
        choose = random.Random(3)
        self.texts: list[list[str]] = []
        self.wards: list[list[str]] = []
        self.days: list[int] = []
        made = []
        for size in segments:
            batch, segment = Batch(FIELDS), ArraySegment(size)
            gone = [number - len(self.texts) for number in sorted(deleted)]
            segment.delete(np.array([each for each in gone if 0 <= each < size], np.uint32))
            for _ in range(size):
                self._draw(choose)
                batch.add(self._entry())
            batch.write(folder / segment.segment_id())
            made.append(segment)
        self.live = [row for row in range(len(self.texts)) if row not in deleted]
        self.generation = Generation(folder, made)
        self.engine = Evaluator(self.generation, FORMULA)
        documents = [Sample(*each) for each in zip(self.texts, self.wards, self.days, strict=True)]
        self.plain = BruteForce(documents, self.live, FORMULA)

    def _draw(self, choose: random.Random) -> None:
        length = choose.choice((0, 3, 8, 40))
        weights = [2.0**-place for place in range(len(WORDS))]
        text = choose.choices(WORDS, weights, k=length)
        self.texts.append(["a"] * 300 + text if choose.random() < 0.05 else text)
        self.wards.append(choose.sample(["x", "y", "z"], choose.randint(0, 2)))
        self.days.append(choose.choice((MISSING, 1, 2, 3, 4)))

    def _entry(self) -> Entry:
        row = len(self.texts) - 1
        keys, wards = {"text": self.texts[-1]}, {"ward": self.wards[-1]}
        return Entry(100 - row, keys, wards, {"day": self.days[-1]}, b"stored %d" % row)


@pytest.fixture(
    scope="module",
    params=[((70,), set()), ((70,), {3, 20, 69}), ((30, 1, 50), {0, 29, 30, 44})],
    ids=["whole", "with deletions", "segments"],
)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("engine"), *request.param)


QUERIES = queries((*WORDS, "none"))


@given(QUERIES, st.integers(0, 30))
@settings(max_examples=50)
def test_finds_ranks_and_counts_as_a_plain_walk(world: World, query: q.Query, limit: int) -> None:
    scores = world.plain.scores(query)
    found = world.engine.search(query, limit, ["ward"])
    values = world.generation.facet("ward").values
    counts = dict(zip(values, found.counts["ward"].tolist(), strict=True))
    assert found.total == len(scores)
    assert np.flatnonzero(world.engine.matches(query)).tolist() == sorted(scores)
    held = Counter(ward for row in scores for ward in world.wards[row])
    assert counts == {value: held[value] for value in values}
    assert len(found.rows) == min(limit, len(scores))
    best = sorted(scores, key=lambda row: (-round(scores[row], 9), row))[:limit]
    assert [round(scores[row], 9) for row in best] == pytest.approx(found.scores.tolist())
    assert [scores[row] for row in found.rows.tolist()] == pytest.approx(found.scores.tolist())


def test_equals_come_in_the_order_of_documents(world: World) -> None:
    found = world.engine.search(q.Every(), 5)
    assert found.rows.tolist() == world.live[:5]


def test_rows_that_the_ranking_does_not_name_come_last(world: World) -> None:
    rows = np.array(world.live)
    found, scores = world.engine.best(q.Term("text", "h"), rows, len(rows))
    assert sorted(found.tolist()) == world.live
    assert scores[-1] == 0
    assert scores.tolist() == sorted(scores, reverse=True)


def test_what_is_stored_comes_back(world: World) -> None:
    rows = range(len(world.texts))
    assert [world.generation.stored(row) for row in rows] == [b"stored %d" % row for row in rows]
    assert world.generation.numbers.tolist() == [100 - row for row in rows]


def test_every_term_with_its_frequency(world: World) -> None:
    terms = list(world.generation.terms("text"))
    assert terms == sorted({key for text in world.texts for key in text})
    for term in terms:
        held = sum(term in text for text in world.texts)
        assert world.generation.frequency("text", term) == held
    assert list(world.generation.terms("text", "b")) == ["b"]


def test_a_frequency_beyond_a_code_counts_in_full(world: World) -> None:
    rows = np.array([row for row in world.live if world.texts[row].count("a") >= 255])
    assert len(rows)
    found, scores = world.engine.best(q.Term("text", "a"), rows, len(rows))
    expected = [world.plain.score(q.Term("text", "a"), row) for row in found.tolist()]
    assert scores.tolist() == pytest.approx(expected, rel=1e-12)


def test_what_is_not_known_and_what_takes_too_long(world: World) -> None:
    with pytest.raises(TypeError, match="FuzzyTerm"):
        world.engine.matches(q.FuzzyTerm("text", "a"))
    world.generation.deadline = 0.0
    with pytest.raises(TooSlow):
        world.engine.matches(q.Or([q.Term("text", "a"), q.Term("text", "b")]))
    world.generation.deadline = math.inf


def test_lengths_are_those_of_whoosh() -> None:
    lengths = range(0, 100_000, 7)
    assert length_bytes(np.array(lengths)).tolist() == list(map(length_to_byte, lengths))
