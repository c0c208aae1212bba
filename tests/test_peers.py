"""benchmarks/search.py compares like with like: every engine answers as brute force does."""

from __future__ import annotations

import importlib
import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
WORDS = ("mĩ_đình", "ngân_sách", "họp", "phường", "2.317,8", "đã", "là")
ENGINES = ("ours", "Tantivy", "FTS5", "Xapian", "stock Whoosh")


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Imports a module of benchmarks/, as a benchmark that is run does."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


def texts(grown: Any) -> list[Any]:
    draw = random.Random(6)
    return [
        grown.Text(
            [*draw.choices(WORDS, k=draw.randint(1, 9))],
            f"ward-{draw.randint(0, 4)}",
            f"2021-0{draw.randint(1, 3)}",
            tuple(draw.sample(("an-ninh", "y-te", "le-hoi"), draw.randint(1, 3))),
        )
        for _ in range(60)
    ]


def matches(words: Sequence[str], how: str, asked: Sequence[str]) -> bool:
    if how == "phrase":
        return tuple(asked) in pairwise(words)
    return (all if how == "all" else any)(word in words for word in asked)


@pytest.mark.parametrize("engine", ENGINES)
def test_totals_and_counts_are_those_of_brute_force(
    engine: str, bench: Any, tmp_path: Path
) -> None:
    rounds, queries = bench("rounds"), bench("queries")
    try:
        peer = rounds.ENGINES[engine](tmp_path)
    except bench("table").Skipped as reason:
        pytest.skip(str(reason))
    corpus = texts(bench("grown"))
    peer.write(corpus)
    peer.open()
    for kind, how, asked in (
        ("one common word", "all", ("họp",)),
        ("one rarer word", "all", ("2.317,8",)),
        ("two words, all", "all", ("họp", "mĩ_đình")),
        ("three words, all", "all", ("họp", "mĩ_đình", "là")),
        ("three words, any", "any", ("đã", "mĩ_đình", "2.317,8")),
        ("phrase", "phrase", ("ngân_sách", "phường")),
    ):
        found = [text for text in corpus if matches(text.words, how, asked)]
        answer = peer.found(peer.search(peer.asked(queries.Asked(kind, asked))))
        assert answer.total == len(found) > 0
        assert answer.counts == {
            "ward": Counter(text.ward for text in found),
            "month": Counter(text.month for text in found),
            "topic": Counter(topic for text in found for topic in text.topics),
        }
    peer.close()


def test_there_are_enough_queries(bench: Any) -> None:
    queries = bench("queries")
    asked = queries.queries()
    assert len(set(asked)) == len(asked) >= 40
    assert {kind for kind, count in Counter(q.kind for q in asked).items() if count >= 4} == set(
        queries.KINDS
    )
    assert all(len(query.words) == queries.KINDS[query.kind].words for query in asked)


def test_a_copy_has_a_tenth_of_its_words_drawn_anew(bench: Any) -> None:
    numbers = np.arange(20_000, dtype=np.uint32)
    ends = np.array([15_000, 20_000])
    words = bench("grown").Words(tuple(map(str, range(20_000))), numbers, ends)
    assert words.copy(0) is words
    one, again, other = (words.copy(number).numbers for number in (1, 1, 2))
    assert (one == again).all()
    assert 0.09 < (one != numbers).mean() < 0.11
    assert (one != other).any()
    assert [len(each) for each in words.copy(1).lists()] == [15_000, 5_000]


def test_syllables_and_what_stands_between_them_make_the_text(bench: Any) -> None:
    prose = bench("prose")
    text = "Ngày 9/11: “Phường” họp.\n\n(bài mẫu)"
    article = SimpleNamespace(text=text)
    (syllables,) = prose.spelled_in([article]).lists()
    (gaps,) = prose.between_in([article]).lists()
    assert syllables == ["Ngày", "9", "11", "Phường", "họp", "bài", "mẫu"]
    assert gaps == ["", " ", "/", ": “", "” ", ".\n\n(", " ", ")"]
    assert prose.joined(gaps, syllables) == text
