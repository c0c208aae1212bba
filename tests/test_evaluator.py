"""What the engine finds, scores and counts, against a plain walk over the same texts."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query as q

from indexer.engine.codec import ArraySegment
from indexer.engine.evaluator import Evaluator
from indexer.engine.fields import Kept
from indexer.engine.formula import Formula, lengths_of
from indexer.engine.generation import Generation
from indexer.engine.invert import LENGTHS, Batch, Entry
from indexer.engine.queries import MostOf
from indexer.engine.sorting import MISSING
from indexer.results import TooSlow

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

    def held(self, field: str, row: int) -> list[str]:
        text = self.texts[row]
        return text if field == "text" else [f"{one} {two}" for one, two in pairwise(text)]

    def score(self, query: q.Query, row: int) -> float | None:
        """The score of a document, None where it does not match."""
        plain = self._score(query, row)
        return None if plain is None else plain * (1 if query == q.NullQuery else query.boost)

    def _score(self, query: q.Query, row: int) -> float | None:
        scores = [self.score(each, row) for each in getattr(query, "subqueries", ())]
        found = [each for each in scores if each is not None]
        match query:
            case q.Term():
                return self._bm25(query.fieldname, query.text, row)
            case q.Phrase() | q.Sequence():
                terms = _terms(query)
                parts = [self.score(term, row) for term in terms]
                return sum(map(float, filter(None, parts))) if self._near(query, row) else None
            case MostOf():
                return sum(found) if row in self._most(query) else None
            case q.And():
                return sum(found) if len(found) == len(scores) else None
            case q.DisjunctionMax():
                rest = query.tiebreak * (sum(found) - max(found, default=0))
                return max(found) + rest if found else None
            case q.Or():
                return sum(found) if found else None
            case q.AndNot():
                return scores[0] if scores[1] is None else None
            case q.Require():
                return scores[0] if scores[1] is not None else None
            case q.AndMaybe():
                return None if scores[0] is None else scores[0] + (scores[1] or 0)
            case q.Not():
                return 0 if self.score(query.query, row) is None else None
            case q.Every():
                return 1
            case q.Prefix():
                return 1 if any(key.startswith(query.text) for key in self.texts[row]) else None
            case q.NumericRange():
                return 1 if self.days[row] != MISSING and _within(self.days[row], query) else None
        assert query == q.NullQuery
        return None

    def _near(self, query: q.Query, row: int) -> bool:
        terms, text = _terms(query), self.texts[row]
        reached = {at for at, key in enumerate(text) if key == terms[0].text}
        for term in terms[1:]:
            behind = {at + step for at in reached for step in range(1, query.slop + 1)}
            reached = {at for at in behind if at < len(text) and text[at] == term.text}
        return bool(reached)

    def _most(self, query: MostOf) -> set[int]:
        weight = {row: 0.0 for row in self.live if self.score(query.within, row) is not None}
        for each in query.subqueries:
            found = [row for row in self.live if self.score(each, row) is not None]
            for row in set(found) & set(weight):
                weight[row] += math.log1p(len(self.live) / (len(found) + 1))
        least = query.share * max(weight.values(), default=0) - 1e-9
        return {row for row, has in weight.items() if has > 0 and has >= least}

    def _bm25(self, field: str, text: str, row: int) -> float | None:
        frequency = self.held(field, row).count(text)
        if not frequency:
            return None
        every = range(len(self.texts))
        holding = sum(text in self.held(field, each) for each in every)
        average = sum(len(self.held(field, each)) for each in every) / len(self.texts)
        length = min(int(each) for each in LENGTHS if each >= len(self.held(field, row)))
        idf = math.log1p((len(self.texts) - holding + 0.5) / (holding + 0.5))
        k1 = FORMULA.k1_of.get(field, FORMULA.k1)
        shortness = k1 * (1 - FORMULA.b + FORMULA.b * length / average)
        return idf * frequency * (k1 + 1) / (frequency + shortness)


def _terms(query: q.Query) -> list[q.Term]:
    if isinstance(query, q.Phrase):
        return [q.Term(query.fieldname, word) for word in query.words]
    return list(query.subqueries)


def _within(day: int, query: q.NumericRange) -> bool:
    after = query.start is None or day > query.start or (day == query.start and not query.startexcl)
    before = query.end is None or day < query.end or (day == query.end and not query.endexcl)
    return after and before


@pytest.fixture(
    scope="module",
    params=[((70,), set()), ((70,), {3, 20, 69}), ((30, 1, 50), {0, 29, 30, 44})],
    ids=["whole", "with deletions", "segments"],
)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("engine"), *request.param)


BOOSTS = st.sampled_from((1.0, 0.5, 2.0))
KEYS = st.sampled_from((*WORDS, "none"))
TEXT = st.builds(q.Term, st.just("text"), KEYS, BOOSTS)
PAIRS = st.builds(lambda one, two: q.Term("pairs", f"{one} {two}"), KEYS, KEYS)
PHRASES = st.builds(
    q.Phrase,
    st.just("text"),
    st.lists(KEYS, min_size=1, max_size=4),
    slop=st.integers(1, 3),
    boost=BOOSTS,
)
SEQUENCES = st.builds(q.Sequence, st.lists(TEXT, min_size=1, max_size=3), slop=st.integers(1, 2))
DAYS = st.none() | st.integers(0, 5)
LEAVES = st.one_of(
    TEXT,
    PAIRS,
    PHRASES,
    SEQUENCES,
    st.builds(q.Prefix, st.just("text"), st.sampled_from(("", "a", "b", "no"))),
    st.builds(q.NumericRange, st.just("day"), DAYS, DAYS, st.booleans(), st.booleans()),
    st.just(q.Every()),
    st.just(q.NullQuery),
)


def _trees(inner: st.SearchStrategy[q.Query]) -> st.SearchStrategy[q.Query]:
    several = st.lists(inner, min_size=1, max_size=4)
    return st.one_of(
        st.builds(q.And, several, boost=BOOSTS),
        st.builds(q.Or, several, boost=BOOSTS),
        st.builds(q.DisjunctionMax, several, boost=BOOSTS, tiebreak=st.sampled_from((0.0, 0.3))),
        st.builds(q.Not, inner),
        st.builds(q.AndNot, inner, inner),
        st.builds(q.AndMaybe, inner, inner),
        st.builds(q.Require, inner, inner),
        st.builds(MostOf, several, inner, st.sampled_from((0.3, 0.5, 1.0))),
    )


QUERIES = st.recursive(LEAVES, _trees, max_leaves=6)


@given(QUERIES, st.integers(0, 30))
def test_finds_ranks_and_counts_as_a_plain_walk(world: World, query: q.Query, limit: int) -> None:
    scored = {row: world.score(query, row) for row in world.live}
    scores = {row: score for row, score in scored.items() if score is not None}
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
    expected = [world.score(q.Term("text", "a"), row) for row in found.tolist()]
    assert scores.tolist() == pytest.approx(expected, rel=1e-12)


def test_what_is_not_known_and_what_takes_too_long(world: World) -> None:
    with pytest.raises(TypeError, match="FuzzyTerm"):
        world.engine.matches(q.FuzzyTerm("text", "a"))
    world.generation.deadline = 0.0
    with pytest.raises(TooSlow):
        world.engine.matches(q.Or([q.Term("text", "a"), q.Term("text", "b")]))
    world.generation.deadline = math.inf


def test_lengths_are_those_of_whoosh() -> None:
    assert lengths_of(np.array([0x0105, 0xFF05])).tolist() == [LENGTHS[5], LENGTHS[5]]
