"""The array engine against stock Whoosh, where that is right: Term, And, Or, And with Not.

With limit=None; docs/whoosh.md says where stock Whoosh errs.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.fields import TEXT, Schema
from whoosh.index import create_in
from whoosh.query import And, Every, Not, NullQuery, Or, Prefix, Query, Sequence, Term
from whoosh.scoring import BM25F

from indexer.engine.postings import PostingsReader
from indexer.engine.scorer import K1, K1_OF, B, MostOf, Scorer

WORDS = "abcdefgh"
DOCUMENTS = 60


class OurIdf(BM25F):  # type: ignore[misc]
    """Stock Whoosh with the one thing that differs: how much a rare term weighs."""

    def idf(self, searcher: Any, fieldname: str, text: bytes) -> float:
        count, holding = searcher.doc_count_all(), searcher.doc_frequency(fieldname, text)
        return float(np.log1p((count - holding + 0.5) / (holding + 0.5)))


class World:
    """A small index of three segments, read both ways."""

    def __init__(self, folder: Path, deleted: set[int]) -> None:
        choose = random.Random(3)
        index = create_in(folder, Schema(text=TEXT(phrase=True), words=TEXT))
        self.texts = [choose.choices(WORDS, k=choose.randint(1, 10)) for _ in range(DOCUMENTS)]
        for part in range(3):
            writer = index.writer()
            for text in self.texts[part::3]:
                writer.add_document(text=text, words=text)
            writer.commit(merge=False)
        self.texts = [text for part in range(3) for text in self.texts[part::3]]
        writer = index.writer()
        self.deleted = deleted
        for number in self.deleted:
            writer.delete_document(number)
        writer.commit(merge=False)
        self.stock = index.searcher(weighting=OurIdf(B=B, K1=K1))
        self.stock_words = index.searcher(weighting=OurIdf(B=B, K1=K1_OF["words"]))
        self.ours = Scorer(PostingsReader(self.stock.reader()))

    def found(self, query: Query) -> set[int]:
        return set(map(int, np.flatnonzero(self.ours.matches(query) & self.ours.live)))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """With deletions, one in each segment."""
    world = World(tmp_path_factory.mktemp("scorer"), {0, 21, 59})
    yield world
    world.stock.close()
    world.stock_words.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Without: stock Whoosh counts deleted documents in its statistics, we do not."""
    world = World(tmp_path_factory.mktemp("whole"), set())
    yield world
    world.stock.close()
    world.stock_words.close()


TERMS = st.builds(Term, st.just("text"), st.sampled_from((*WORDS, "none")))
LISTS = st.lists(TERMS, min_size=1, max_size=4, unique_by=lambda term: term.text)
QUERIES = st.one_of(
    TERMS,
    LISTS.map(And),
    LISTS.map(Or),
    st.builds(lambda wanted, unwanted: And([*wanted, Not(unwanted)]), LISTS, TERMS),
    st.builds(lambda some, others: And([Or(some), Or(others)]), LISTS, LISTS),
)


@given(QUERIES)
def test_matches_what_stock_whoosh_matches(world: World, query: Query) -> None:
    assert world.found(query) == {hit.docnum for hit in world.stock.search(query, limit=None)}


@given(LISTS)
def test_scores_as_stock_whoosh_scores(whole: World, terms: list[Term]) -> None:
    query = Or(terms)
    scores = whole.ours.scores(query)
    for hit in whole.stock.search(query, limit=None):
        assert scores[hit.docnum] == pytest.approx(hit.score, rel=1e-5)


def test_words_gain_less_by_standing_again(whole: World) -> None:
    query = Or([Term("words", "a"), Term("words", "b")])
    scores = whole.ours.scores(query)
    for hit in whole.stock_words.search(query, limit=None):
        assert scores[hit.docnum] == pytest.approx(hit.score, rel=1e-5)
    assert not np.allclose(scores, whole.ours.scores(Or([Term("text", "a"), Term("text", "b")])))


@given(st.lists(st.sampled_from(WORDS), min_size=2, max_size=4))
def test_neighbours_by_brute_force(world: World, words: list[str]) -> None:
    holding = {
        number
        for number, text in enumerate(world.texts)
        if any(text[at : at + len(words)] == words for at in range(len(text)))
    }
    query = Sequence([Term("text", word) for word in words])
    assert world.found(query) == holding - world.deleted


@given(LISTS, TERMS, st.sampled_from((0.3, 0.5, 1.0)))
def test_most_of_by_brute_force(
    world: World, terms: list[Term], within: Term, share: float
) -> None:
    live = set(range(DOCUMENTS)) - world.deleted
    weight = dict.fromkeys(live & world.found(within), 0.0)
    for term in terms:
        found = world.found(term)
        for number in found & set(weight):
            weight[number] += np.log1p(len(live) / (len(found) + 1))
    best = max(weight.values(), default=0)
    expected = {number for number, has in weight.items() if has > 0 and has >= share * best - 1e-9}
    assert world.found(MostOf(terms, within, share)) == expected


def test_everything_nothing_and_what_is_not_known(world: World) -> None:
    assert len(world.found(Every())) == DOCUMENTS - len(world.deleted)
    assert world.found(NullQuery) == set()
    with pytest.raises(TypeError, match="Prefix"):
        world.ours.matches(Prefix("text", "a"))
