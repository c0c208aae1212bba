"""Samples in the store: the same whatever order the pages come in, never more than they may be."""

from __future__ import annotations

import random
from pathlib import Path

from crawler.frame import NOTHING, Frame, Sample, sample_of
from crawler.page import parse
from crawler.portals import Portal
from crawler.samples import SAMPLED, Samples
from crawler.store import Store, open_store
from tests.pages.pages import load_pages

FRAME = frozenset({1, 2, 3})
PAGES = [Sample(7919 * number % 1009, FRAME | {100 + number}) for number in range(40)]


def rows(store: Store) -> list[tuple[object, ...]]:
    return store.connection.execute("SELECT * FROM samples ORDER BY portal, page").fetchall()


def test_the_order_of_pages_does_not_matter(tmp_path: Path) -> None:
    kept = []
    for seed in range(3):
        pages = list(PAGES)
        random.Random(seed).shuffle(pages)
        with open_store(tmp_path / f"{seed}.db") as store:
            for page in pages:
                Samples(store).add("p", page)
            kept.append(rows(store))
    assert kept[0] == kept[1] == kept[2]
    assert len(kept[0]) == SAMPLED


def test_a_page_that_comes_again_changes_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path / "a.db") as store:
        samples = Samples(store)
        for page in PAGES[:3] * 5:
            samples.add("p", page)
        assert len(rows(store)) == 3
        assert samples.frame("p") == NOTHING


def test_portals_do_not_mix_and_another_process_knows_the_same(tmp_path: Path) -> None:
    with open_store(tmp_path / "a.db") as store:
        for page in PAGES:
            Samples(store).add("p", page)
        samples = Samples(store)
        assert samples.frame("p") == Frame(FRAME)
        assert samples.frame("q") == NOTHING


def test_what_a_crawl_reads_teaches_it(tmp_path: Path) -> None:
    """Pages of one site in a row: the last is read by who saw the others."""
    pages = [each for each in load_pages() if each.site == "drupal"]
    portal = Portal("p", "P", "W", "V", ("http://drupal.example.vn/",), ("drupal.example.vn",))
    with open_store(tmp_path / "a.db") as store:
        samples = Samples(store)
        cold, *_ = [samples.read(each.page, portal) for each in pages]
        warm = samples.read(pages[0].page, portal)
    assert cold.article is not None
    assert warm.article is not None
    assert "hành chính" in cold.article.body
    assert "hành chính" not in warm.article.body
    assert warm.article.title == cold.article.title


def test_a_known_layout_needs_no_sample(tmp_path: Path) -> None:
    pages = [each for each in load_pages() if each.site == "nukeviet"]
    portal = Portal("p", "P", "W", "V", ("http://nukeviet.example.vn/",), ("nukeviet.example.vn",))
    with open_store(tmp_path / "a.db") as store:
        assert all(Samples(store).read(each.page, portal).sample is None for each in pages)
        assert rows(store) == []


def test_what_a_page_shows_fits_four_bytes() -> None:
    parsed = parse(load_pages()[0].page)
    assert parsed is not None
    sample = sample_of(parsed.root, "Tên bài")
    assert all(0 <= text < 2**32 for text in sample.texts)
    assert 0 <= sample.page < 2**63
