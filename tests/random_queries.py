"""Random queries, as strategies of hypothesis."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from whoosh import query as q

from indexer.engine.queries import MostOf

BOOSTS = st.sampled_from((1.0, 0.5, 2.0))


def terms(words: Sequence[str]) -> st.SearchStrategy[q.Query]:
    """Terms of the field `text`, and of its neighbours `pairs`."""
    word = st.sampled_from(words)
    return st.one_of(
        st.builds(q.Term, st.just("text"), word, BOOSTS),
        st.builds(lambda one, other: q.Term("pairs", f"{one} {other}"), word, word),
    )


def sums(queries: st.SearchStrategy[q.Query]) -> st.SearchStrategy[q.Query]:
    """Several of these, all or any wanted."""
    several = st.lists(queries, min_size=2, max_size=3)
    return several.map(q.And) | several.map(q.Or)


def phrases(words: Sequence[str]) -> st.SearchStrategy[q.Query]:
    some = st.lists(st.sampled_from(words), min_size=1, max_size=4)
    return st.builds(q.Phrase, st.just("text"), some, slop=st.integers(1, 3), boost=BOOSTS)


def queries(words: Sequence[str]) -> st.SearchStrategy[q.Query]:
    """Every query that the engine knows, and trees of them."""
    leaves = _leaves(words)
    return st.one_of(leaves, sums(terms(words)), st.recursive(leaves, _trees, max_leaves=6))


def _leaves(words: Sequence[str]) -> st.SearchStrategy[q.Query]:
    text = st.builds(q.Term, st.just("text"), st.sampled_from(words), BOOSTS)
    days = st.none() | st.integers(0, 5)
    return st.one_of(
        terms(words),
        phrases(words),
        st.builds(q.Sequence, st.lists(text, min_size=1, max_size=3), slop=st.integers(1, 2)),
        st.builds(q.Prefix, st.just("text"), st.sampled_from(("", "a", "b", "no"))),
        st.builds(q.NumericRange, st.just("day"), days, days, st.booleans(), st.booleans()),
        st.sampled_from((q.Every(), q.NullQuery)),
    )


def _trees(inner: st.SearchStrategy[q.Query]) -> st.SearchStrategy[q.Query]:
    several = st.lists(inner, min_size=1, max_size=4)
    ties = st.sampled_from((0.0, 0.3))
    return st.one_of(
        st.builds(q.And, several, boost=BOOSTS),
        st.builds(q.Or, several, boost=BOOSTS),
        st.builds(q.DisjunctionMax, several, boost=BOOSTS, tiebreak=ties),
        st.builds(q.Not, inner),
        st.builds(q.AndNot, inner, inner),
        st.builds(q.AndMaybe, inner, inner),
        st.builds(q.Require, inner, inner),
        st.builds(MostOf, several, inner, st.sampled_from((0.3, 0.5, 1.0))),
    )
