"""Families in the store: copies find each other as they arrive, are edited, and are forgotten."""

from __future__ import annotations

import json
import lzma
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import count, islice
from pathlib import Path
from random import Random

import pytest

from crawler.article import PrintedDate
from crawler.forget import forget
from crawler.store import Store, open_store
from indexer.build import build
from indexer.document import Annotator
from indexer.families import HOLDERS, clear, copies, family_of, place
from indexer.wards import load_gazetteer
from tests.copies import TEMPLATES, edited, filled
from tests.portals.sites import load_sites
from tests.replay_site import PORTAL
from tests.test_store import ARTICLE

SAMPLES = [tuple(article.body) for site in load_sites() for article in site.articles]
WORDS = [word for body in SAMPLES for paragraph in body for word in paragraph.split()]
DAY = date(2026, 3, 2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "articles.db") as store:
        yield store


def put(store: Store, *texts: str, start: int = 1) -> list[int]:
    """Store and place one article a text; their ids. The same number is the same article."""
    with store.transaction() as connection:
        for number, text in zip(count(start), texts, strict=False):
            article = replace(
                ARTICLE, identity=f"bai-{number}", lead="", body=tuple(text.split("\n"))
            )
            store.put(article)
        rows = connection.execute("SELECT id, identity FROM articles").fetchall()
    ids = {identity: id for id, identity in rows}
    placed = [ids[f"bai-{start + number}"] for number in range(len(texts))]
    place(store, placed)
    return placed


def families(store: Store) -> dict[int, int]:
    return dict(store.connection.execute("SELECT article, family FROM families").fetchall())


def found(store: Store, pairs: Sequence[tuple[str, str]]) -> float:
    """The share of pairs whose copy is found, all originals being there first."""
    originals = put(store, *(one for one, _ in pairs))
    others = put(store, *(other for _, other in pairs), start=len(pairs) + 1)
    known = families(store)
    joined = [known[one] == known.get(other) for one, other in zip(originals, others, strict=True)]
    return sum(joined) / len(pairs)


def test_copies_are_found(store: Store) -> None:
    pick = Random(7)
    pairs = [("\n".join(body), edited(pick, body, WORDS)) for body in SAMPLES]
    assert found(store, pairs) >= 0.95
    assert len(set(families(store).values())) >= len(SAMPLES)  # no two originals are joined


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template[:20])
def test_series_are_no_families(store: Store, template: str) -> None:
    pick = Random(8)
    put(store, *(filled(pick, template) for _ in range(100)))
    sizes = Counter(families(store).values()).values()
    assert sum(size for size in sizes if size > 1) <= 0.005 * 100 + 1


@pytest.mark.data
def test_copies_of_news_are_found(store: Store, data: Path) -> None:
    with lzma.open(data / "news-50k.jsonl.xz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in islice(lines, 500)]
    words, pick = " ".join(texts[:50]).split(), Random(9)
    assert found(store, [(text, edited(pick, text.split("\n"), words)) for text in texts]) >= 0.95


TEXT = "\n".join(SAMPLES[0])
OTHER = "\n".join(SAMPLES[1])


def test_short_texts_have_no_family(store: Store) -> None:
    one, other = put(store, "Lịch tiếp công dân", "Lịch tiếp công dân")
    assert families(store) == {}
    assert [each.id for each in family_of(store, one)] == [one]
    assert copies(store, [one, other]) == {}


def test_placing_again_changes_nothing(store: Store) -> None:
    ids = put(store, TEXT, OTHER, TEXT)
    before = list(store.connection.iterdump())
    place(store, ids)
    assert list(store.connection.iterdump()) == before


def test_an_edit_that_stays_a_copy_stays(store: Store) -> None:
    one, other = put(store, TEXT, TEXT)
    put(store, TEXT.replace("tháng", "quý"))
    assert [each.id for each in family_of(store, other)] == [one, other]


def test_an_edited_article_leaves_and_the_others_still_find_copies(store: Store) -> None:
    one, other = put(store, TEXT, TEXT)
    put(store, OTHER)
    assert families(store)[one] != families(store)[other]
    (late,) = put(store, TEXT, start=3)
    assert [each.id for each in family_of(store, late)] == [other, late]
    (of_new_text,) = put(store, OTHER, start=4)
    assert {each.id for each in family_of(store, one)} == {one, of_new_text}


def test_a_text_cut_short_leaves_no_trace(store: Store) -> None:
    put(store, TEXT)
    put(store, "Đã gỡ.")
    assert families(store) == {}
    assert store.connection.execute("SELECT count(*) FROM family_keys").fetchone() == (0,)


def test_those_withdrawn_are_told_but_not_counted(store: Store) -> None:
    one, two, three = put(store, TEXT, TEXT, TEXT)
    assert copies(store, [one, two, three]) == {one: 2, two: 2, three: 2}
    with store.transaction():
        store.withdraw(two, ARTICLE.fetched_at)
    assert copies(store, [one, two, three]) == {one: 1, two: 2, three: 1}
    assert len(family_of(store, one)) == 3


def test_the_first_publisher_comes_first(store: Store) -> None:
    printed = [
        PrintedDate(DAY, time(9, 0), "layout", 1.0),
        PrintedDate(DAY, time(8, 0), "layout", 1.0),
        PrintedDate(DAY, None, "layout", 1.0),  # no hour: behind those of the day that name one
        None,  # no day: where it was first seen
        PrintedDate(DAY - timedelta(1), None, "layout", 1.0),
    ]
    seen = ARTICLE.fetched_at.replace(year=2027)
    with store.transaction():
        for number, each in enumerate(printed):
            body = tuple(TEXT.split("\n"))
            store.put(
                replace(ARTICLE, identity=str(number), published=each, body=body, fetched_at=seen)
            )
    place(store, store.ids(unindexed=True))
    order = [each.article.identity for each in family_of(store, 1)]
    assert order == ["4", "1", "0", "2", "3"]


def test_a_press_release_on_many_portals(store: Store) -> None:
    """Copies share the keys of the first, so that they do not become everybody's phrases."""
    pick = Random(3)
    copied = [edited(pick, [paragraph], WORDS) for paragraph in [TEXT] * 3 * HOLDERS]
    ids = put(store, TEXT, *copied)
    assert Counter(families(store).values()).most_common(1)[0][1] >= 0.95 * len(ids)


def test_all_can_be_found_again(store: Store) -> None:
    ids = put(store, TEXT, OTHER, TEXT)
    clear(store)
    assert families(store) == {}
    place(store, ids)
    assert copies(store, ids) == {ids[0]: 1, ids[2]: 1}


def test_what_is_forgotten_leaves_no_key(store: Store, tmp_path: Path) -> None:
    portal = replace(PORTAL, id=ARTICLE.portal)
    one, two, three, other = put(store, TEXT, TEXT, TEXT, OTHER)
    with store.transaction() as connection:
        connection.execute("UPDATE articles SET url = 'http://127.0.0.2/' || id")
    forget(store, tmp_path / "pages", portal, f"http://127.0.0.2/{one}", "Theo đơn")
    held = store.connection.execute("SELECT DISTINCT article FROM family_keys").fetchall()
    assert held == [(other,)]
    build(store, tmp_path / "whoosh", Annotator(load_gazetteer(), {}).annotate, {})
    assert copies(store, [two, three, other]) == {two: 1, three: 1}


def test_an_index_is_built_with_its_families(store: Store, tmp_path: Path) -> None:
    put(store, TEXT, TEXT)
    clear(store)
    annotate = Annotator(load_gazetteer(), {}).annotate
    build(store, tmp_path / "whoosh", annotate, {})
    before = families(store)
    assert len(before) == 2
    with store.transaction() as connection:
        connection.execute("UPDATE families SET family = article")
    build(store, tmp_path / "whoosh", annotate, {}, rebuild=True)
    assert families(store) == before
