"""The whole engine: whatever came and went, it answers as a walk over all documents does, and as
stock Whoosh where that is right (tests/test_whoosh.py lists where it is not)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as q
from whoosh.scoring import BM25F

from indexer.engine import (
    accumulator,
    adjacency,
    document_blocks,
    generation,
    matching,
    merge,
    occurrences,
    weights,
    writer,
)
from indexer.engine.codec import ArrayIndex, open_index, segments_of
from indexer.engine.evaluator import Evaluator, Found
from indexer.engine.formula import Formula, whoosh_idf
from indexer.engine.generation import Generation
from indexer.engine.invert import Entry
from indexer.engine.sorting import MISSING
from tests.brute_force import BruteForce, Sample
from tests.corpora import SCHEMA, WORDS, texts
from tests.random_queries import phrases, queries, sums, terms

FORMULA = Formula(k1_of={"pairs": 0.5})
AS_WHOOSH = Formula(idf=whoosh_idf)

SAMPLES = st.builds(
    Sample,
    texts(),
    st.lists(st.sampled_from(("x", "y", "z")), unique=True),
    st.sampled_from((MISSING, 1, 2, 3, 4)),
)
NUMBERS = st.integers(0, 12)


@dataclass(frozen=True, slots=True)
class Commit:
    """What comes (anew, where there is one of that number) and goes, and whether all is merged."""

    added: Mapping[int, Sample]
    gone: frozenset[int]
    whole: bool


HISTORIES = st.lists(
    st.builds(
        Commit,
        st.dictionaries(NUMBERS, SAMPLES, max_size=6),
        st.frozensets(NUMBERS, max_size=3),
        st.sampled_from((False, False, False, True)),
    ),
    min_size=1,
    max_size=8,
)
SHARES = [
    (accumulator, "FEW"),
    (matching, "FEW"),
    (matching, "FEWEST"),
    (matching, "COMMON"),
    (weights, "COMMON"),
]
"""Shares of all documents from which on they are handled all at once."""

KNOBS: Mapping[str, Sequence[tuple[ModuleType, str, float]]] = {
    "merged soon": [(writer, "FAN", 2)],
    "seldom merged": [(writer, "LIVING", 0.0)],
    "in small pieces": [(writer, "FULL", 20), (merge, "RANGE", 3), (adjacency, "PIECE", 5)],
    "in many blocks": [(document_blocks, "BLOCK", 2)],
    "all at once": [(module, share, 0.0) for module, share in SHARES],
    "row by row": [(module, share, 9.0) for module, share in SHARES],
    "looked up": [(module, "RARER", 0) for module in (weights, matching, occurrences)],
    "nothing kept": [
        (generation, "POSTINGS_KEPT", 0),
        (weights, "WEIGHTS_KEPT", 0),
        (matching, "FLAGS_KEPT", 0),
    ],
}
"""Where the engine chooses between ways by size, what makes small corpora go each of them."""
TURNED = st.sets(st.sampled_from(sorted(KNOBS)))


class World:
    """An index with that history, and the documents that its rows are."""

    def __init__(self, folder: Path, history: Sequence[Commit]) -> None:
        self.index_folder = folder
        versions: list[Sample] = []
        self.living: dict[int, Sample] = {}
        for commit in history:
            write = writer.Writer(folder, SCHEMA)
            write.delete(commit.gone | commit.added.keys())
            for number, sample in commit.added.items():
                write.add(entry(number, sample, len(versions)))
                versions.append(sample)
            write.commit(commit.whole)
            kept = self.living.items()
            self.living = {number: each for number, each in kept if number not in commit.gone}
            self.living.update(commit.added)
        self.generation = Generation(folder, segments_of(folder))
        self.live = np.flatnonzero(self.generation.live).tolist()
        rows = range(self.generation.document_count)
        self.documents = [versions[int(self.generation.stored(row))] for row in rows]

    def index(self) -> ArrayIndex:
        return open_index(self.index_folder, SCHEMA)


def entry(number: int, sample: Sample, version: int) -> Entry:
    """The entry of a document; what is stored says which version of it."""
    keys, wards = {"text": sample.text}, {"ward": sample.wards}
    return Entry(number, keys, wards, {"day": sample.day}, b"%d" % version)


@contextmanager
def worlds(history: Sequence[Commit], turned: Collection[str]) -> Iterator[World]:
    """The world of a history, with these knobs turned."""
    with ExitStack() as stack:
        for module, name, value in chain.from_iterable(map(KNOBS.__getitem__, sorted(turned))):
            stack.enter_context(patch.object(module, name, value))
        yield World(Path(stack.enter_context(TemporaryDirectory())), history)


def assert_living(world: World) -> None:
    """What came and did not go is there, in its last version, and once."""
    numbers = world.generation.numbers
    found = {int(numbers[row]): world.documents[row] for row in world.live}
    assert found == world.living
    assert len(world.live) == len(world.living)


def assert_ranked(found: Found, scores: Mapping[int, float], limit: int) -> None:
    """The best of these scores, best first; of equals the lower row first."""
    rows, given = found.rows.tolist(), found.scores.tolist()
    assert found.total == len(scores)
    assert len(rows) == min(limit, len(scores))
    assert given == pytest.approx([scores[row] for row in rows], rel=1e-6)
    assert given == pytest.approx(sorted(scores.values(), reverse=True)[:limit], rel=1e-6)
    assert sorted(zip((-each for each in given), rows, strict=True)) == [
        (-score, row) for score, row in zip(given, rows, strict=True)
    ]


def answers_as_brute_force(
    history: Sequence[Commit], turned: set[str], asked: Sequence[q.Query], limit: int
) -> None:
    with worlds(history, turned) as world:
        assert_living(world)
        plain = BruteForce(world.documents, world.live, FORMULA)
        engine = Evaluator(world.generation, FORMULA)
        for query in asked:
            scores = plain.scores(query)
            assert np.flatnonzero(engine.matches(query)).tolist() == sorted(scores)
            found = engine.search(query, limit, ["ward"] if world.documents else [])
            assert_ranked(found, scores, limit)
            held = Counter(ward for row in scores for ward in world.documents[row].wards)
            for name, counts in found.counts.items():
                values = world.generation.facet(name).values
                assert dict(zip(values, counts.tolist(), strict=True)) == {
                    value: held[value] for value in values
                }


TERMS, PHRASES = terms((*WORDS, "none")), phrases(WORDS)
ASKED = st.lists(queries((*WORDS, "none")), min_size=4, max_size=16)


@given(HISTORIES, TURNED, ASKED, st.integers(0, 15))
@settings(max_examples=40)
def test_answers_as_brute_force(
    history: list[Commit], turned: set[str], asked: list[q.Query], limit: int
) -> None:
    answers_as_brute_force(history, turned, asked, limit)


@pytest.mark.soak
@given(HISTORIES, TURNED, ASKED, st.integers(0, 15))
@settings(max_examples=2_000)
def test_answers_as_brute_force_2000_times(
    history: list[Commit], turned: set[str], asked: list[q.Query], limit: int
) -> None:
    answers_as_brute_force(history, turned, asked, limit)


TRUSTED = TERMS | PHRASES | sums(TERMS | PHRASES) | sums(TERMS | sums(TERMS | PHRASES))


def answers_as_whoosh(
    history: Sequence[Commit], turned: set[str], asked: Sequence[tuple[q.Query, Sequence[q.Query]]]
) -> None:
    """What is asked is what is wanted, and what is not; each Not gains 1.0 with stock Whoosh."""
    with worlds(history, turned) as world:
        engine = Evaluator(world.generation, AS_WHOOSH)
        with world.index().searcher(weighting=BM25F()) as stock:
            for wanted, unwanted in asked:
                query = q.And([wanted, *map(q.Not, unwanted)]) if unwanted else wanted
                hits = stock.search(query, limit=None)
                scores = {hit.docnum: hit.score - len(unwanted) for hit in hits}
                assert_ranked(engine.search(query, 15), scores, 15)


PAIRS = st.lists(
    st.tuples(TRUSTED, st.just([]) | st.lists(TERMS, max_size=2)), min_size=4, max_size=16
)


@given(HISTORIES, TURNED, PAIRS)
@settings(max_examples=25)
def test_answers_as_stock_whoosh(
    history: list[Commit], turned: set[str], asked: list[tuple[q.Query, list[q.Query]]]
) -> None:
    answers_as_whoosh(history, turned, asked)


@pytest.mark.soak
@given(HISTORIES, TURNED, PAIRS)
@settings(max_examples=2_000)
def test_answers_as_stock_whoosh_2000_times(
    history: list[Commit], turned: set[str], asked: list[tuple[q.Query, list[q.Query]]]
) -> None:
    answers_as_whoosh(history, turned, asked)


def test_frequencies_that_no_code_holds_choose_the_best(tmp_path: Path) -> None:
    """Taken for 255 times, the second would be the first, by its shorter text."""
    write = writer.Writer(tmp_path, SCHEMA)
    for number, text in enumerate((["a"] * 2_000, ["a"] * 255)):
        write.add(entry(number, Sample(text), number))
    write.commit()
    engine = Evaluator(Generation(tmp_path, segments_of(tmp_path)), FORMULA)
    for query in (q.Term("text", "a"), q.Or([q.Term("text", "a"), q.Term("text", "b")])):
        assert engine.search(query, 1).rows.tolist() == [0]


MANY = 70_000
"""More documents, terms and pairs than 16 bits number."""


def test_more_documents_and_terms_than_16_bits_number(tmp_path: Path) -> None:
    """In two segments, then in one."""
    write = writer.Writer(tmp_path, SCHEMA)
    for row in range(MANY):
        if row == MANY - 100:
            write.commit()
        write.add(entry(row, Sample(["chung", f"r{row}", f"m{row % 7}"]), row))
    for whole in (False, True):
        write.commit(whole)
        segments = segments_of(tmp_path)
        engine = Evaluator(Generation(tmp_path, segments), FORMULA)
        assert len(segments) == (1 if whole else 2)
        for row in (0, 6_553, 65_535, 65_536, MANY - 101, MANY - 100, MANY - 1):
            assert_found_by_its_own_word(engine, row)
        assert engine.search(q.Term("text", "chung"), 3).total == MANY
        assert np.flatnonzero(engine.matches(q.Term("text", "m3"))).tolist() == [*range(3, MANY, 7)]
        begun = np.flatnonzero(engine.matches(q.Prefix("text", "r6553"))).tolist()
        assert begun == [6_553, *range(65_530, 65_540)]


def assert_found_by_its_own_word(engine: Evaluator, row: int) -> None:
    own, seventh = q.Term("text", f"r{row}"), q.Term("text", f"m{row % 7}")
    for query in (
        own,
        q.And([own, seventh]),
        q.Phrase("text", ["chung", own.text, seventh.text]),
        q.Term("pairs", f"chung {own.text}"),
        q.Term("pairs", f"{own.text} {seventh.text}"),
    ):
        assert engine.search(query, 3).rows.tolist() == [row]
    assert engine.search(q.And([own, q.Not(q.Term("text", "chung"))]), 3).total == 0
