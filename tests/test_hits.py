"""What a page shows: the passage by stored offsets is that of the text read anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.article import Article
from crawler.store import Stored, open_readonly, open_store
from indexer import hits
from indexer.build import build
from indexer.document import Document
from indexer.plan import Targets
from indexer.search import Searcher, open_searcher
from indexer.snippet import Asked, asked_of, marks, passage
from tests.small_site import make_article

SYLLABLES = ("rác", "rạc", "Uỷ", "ủy", "ra\u0301c", "thải", "154-KH/TU", "Ⅱ", "và", "\n", "🙂", "—")


def articles() -> Iterator[Article]:
    """With what normalising shortens and lengthens, short and long, with a caption and without."""
    choose = random.Random(8)
    for number in range(30):
        title, *text = choose.choices(SYLLABLES, k=choose.choice((3, 20, 300)))
        article = make_article("a", str(number), title, " ".join(text), day=date(2026, 1, 1))
        yield replace(article, captions=("Rác thải và rạc",) if number % 3 else ())


def understood(stored: Stored) -> Document:
    return Document(stored.id, stored.article, (), (), (), (), "tin-tuc", (), ())


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("hits")
    with open_store(folder / "articles.db") as store:
        with store.transaction():
            for article in articles():
                store.put(article)
        build(store, folder / "whoosh", understood, {})
    return open_searcher(folder / "whoosh", folder / "articles.db")


TARGETS = st.builds(
    Targets,
    exact=st.sets(st.sampled_from(("rác", "thải", "kh", "ii", "khác"))),
    folded=st.sets(st.sampled_from(("rac", "uy", "154"))),
    phrases=st.sets(st.sampled_from((("rác", "thải"), ("kh", "tu", "rác"), ("ủy",)))),
)


def read_anew(text: str, targets: Targets) -> Asked:
    raise AssertionError("the text was looked through")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(targets=TARGETS, data=st.data())
def test_offsets_give_the_passage_of_the_text_read_anew(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch, targets: Targets, data: st.DataObject
) -> None:
    numbers = st.integers(0, searcher.generation.document_count - 1)
    rows = np.array(data.draw(st.lists(numbers, max_size=5, unique=True)), np.intp)
    with open_readonly(searcher.store) as store:
        stored = store.articles(searcher.generation.numbers[rows].tolist())
    titles = {id: marks(asked_of(each.article.title, targets)) for id, each in stored.items()}
    texts = {id: passage(asked_of(each.article.text, targets)) for id, each in stored.items()}
    with monkeypatch.context() as patched:
        patched.setattr(hits, "asked_of", read_anew)
        shown = hits.hits(searcher.generation, searcher.store, rows, [0.0] * len(rows), targets)
    assert [hit.id for hit in shown] == searcher.generation.numbers[rows].tolist()
    for hit in shown:
        assert hit.title_marks == titles[hit.id]
        assert (hit.snippet, hit.snippet_marks) == texts[hit.id][:2]


def test_a_text_edited_since_is_read_anew(searcher: Searcher) -> None:
    edited = make_article("a", "0", "Bài", "Trước kia thu gom rác.", day=date(2026, 1, 1))
    with open_store(searcher.store) as store, store.transaction():
        store.put(edited)
    asked, row = Targets(exact={"rác"}), np.array([0])
    (hit,) = hits.hits(searcher.generation, searcher.store, row, [0.0], asked)
    assert (hit.url, hit.snippet) == (edited.url, "Trước kia thu gom rác.")
    assert [hit.snippet[start:end] for start, end in hit.snippet_marks] == ["rác"]
