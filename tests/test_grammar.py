"""Whatever the grammar of query.py can say, the engine can answer; and stock Whoosh is not asked.

The texts walk the grammar that stands at the head of query.py: groups, parts, signs, fields, words
and quotes, over syllables, short forms, numbers of documents and what no text has.
"""

from __future__ import annotations

import ast
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.plan import plan
from indexer.query import LONGEST_QUERY, MOST_SYLLABLES, parse
from indexer.results import TooSlow
from indexer.search import Searcher, open_searcher
from tests.test_architecture import MODULES

WORDS = (
    *("ngân", "sách", "ngan", "sach", "phường", "thu", "gom", "rác", "cua", "zzz", "đuờng"),
    *("bồ", "đề", "bến", "nghé", "bo-de", "2026", "3/2025", "2025-10-12"),
    *("UBND", "HĐND", "GD&ĐT", "ủy", "ban", "nhân", "dân", "154-KH/ĐU", "123/HĐND-VP", "7.950"),
)
TERMS_OF_A_SYLLABLE = 30
"""So many terms a syllable may become at most: fields, short forms and what they stand for."""

FIELDS = ("tieude:", "so:", "phuong:", "nguon:", "truoc:", "sau:")

WORD = st.sampled_from(WORDS)
QUOTED = st.lists(WORD, min_size=1, max_size=5).map(lambda words: f'"{" ".join(words)}"')
PART = st.builds(
    "{}{}{}".format, st.sampled_from(("", "-")), st.sampled_from(("", *FIELDS)),
    WORD | QUOTED,
)  # fmt: skip
GROUP = st.lists(PART, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from((" OR ", " HOẶC ")).map(lambda sign: sign.join(parts))
)
QUERY = st.lists(GROUP, max_size=14).map(" ".join)


@pytest.fixture(scope="module")
def searcher(small_site: dict[str, Any]) -> Searcher:
    return open_searcher(small_site["INDEX"], small_site["STORE"])


@given(text=QUERY, literal=st.booleans())
def test_all_that_can_be_asked_is_answered(searcher: Searcher, text: str, literal: bool) -> None:
    planned = plan(parse(text), literal, searcher.spellings, searcher.filters)
    matching = searcher.evaluator.matching
    for query in (planned.complete, planned.partial):
        if query is not None:
            rows = matching.rows(query)
            assert rows.tolist() == np.flatnonzero(matching.mask(query)).tolist()
            found, scores = searcher.evaluator.best(planned.ranking, rows, 20)
            assert len(found) == min(20, len(rows))
            assert set(found.tolist()) <= set(rows.tolist())
            assert np.isfinite(scores).all()


@pytest.mark.parametrize("word", [*WORDS, "a"])
@pytest.mark.parametrize("sign", ["", "-", "tieude:", "phuong:", "sau:"])
def test_the_longest_query_is_bounded(searcher: Searcher, word: str, sign: str) -> None:
    text = (f"{sign}{word} " * LONGEST_QUERY)[:LONGEST_QUERY]
    planned = plan(parse(text), False, searcher.spellings, searcher.filters)
    for query in (planned.complete, planned.partial, planned.ranking):
        leaves = len(list(query.leaves())) if query else 0
        assert leaves <= MOST_SYLLABLES * TERMS_OF_A_SYLLABLE


@pytest.mark.parametrize("text", ["thu", '"thu gom"', "ngan sach", "thu -gom", "thu OR gom"])
def test_a_query_ends_at_its_deadline(small_site: dict[str, Any], text: str) -> None:
    searcher = open_searcher(small_site["INDEX"], small_site["STORE"])
    planned = plan(parse(text), False, searcher.spellings, searcher.filters)
    searcher.generation.deadline = 0.0
    with pytest.raises(TooSlow):
        searcher.evaluator.matches(planned.complete)
    searcher.generation.deadline = inf
    assert searcher.evaluator.matches(planned.complete).any()


def test_stock_whoosh_searches_nowhere_but_in_tests() -> None:
    """Its searchers, readers and parsers; what merely answers for our segments is in leaf.py."""
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in ("whoosh.searching", "whoosh.qparser"), module
                assert "open_index" not in {alias.name for alias in node.names}, module
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("searcher", "reader", "leaf_readers"), module
