"""Generations of the index: whole or not at all, whatever happens while one is made."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from crawler.store import Stored, open_store
from indexer.build import Built, IndexBusy, build, only_builder
from indexer.document import Document, Source
from indexer.generations import (
    IndexDamaged,
    current_generation,
    generations,
    verify,
    verify_in_fresh_process,
)
from indexer.query import Query
from indexer.search import IndexMissing, Searcher, open_searcher
from tests.small_site import FETCHED, make_article

SOURCES = {"a": Source("a", "Nguồn a", "", "", "snippet")}
QUERIES = [
    Query(text, sort=sort)
    for text in ("", "rác", "rac", '"thu gom"', "rác -ngân", "ngân OR rác")
    for sort in ("newest", "relevance")
]


def annotate(stored: Stored) -> Document:
    return Document(stored.id, stored.article, (), (), (), (), "tin-tuc", (), ())


class Place:
    """A store with articles and the index made of it."""

    def __init__(self, folder: Path) -> None:
        self.store, self.index = folder / "store" / "articles.db", folder / "whoosh"

    def put(self, numbers: Sequence[int], word: str = "rác") -> None:
        with open_store(self.store) as store, store.transaction():
            for number in numbers:
                day = date(2026, 1, 1) + timedelta(days=number)
                store.put(
                    make_article("a", str(number), f"Bài {number}", f"Thu gom {word}.", day=day)
                )

    def build(self, rebuild: bool = False) -> Built:
        with open_store(self.store) as store:
            return build(store, self.index, annotate, SOURCES, rebuild)

    def open(self) -> Searcher:
        return open_searcher(self.index, self.store)

    @property
    def folder(self) -> Path:
        """The generation in use."""
        name = current_generation(self.index)
        assert name
        return self.index / name

    def waiting(self) -> int:
        with open_store(self.store) as store:
            return store.waiting()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place whose builds verify without a second process: that takes a second each time."""
    monkeypatch.setattr("indexer.build.verify_in_fresh_process", lambda folder, _: verify(folder))
    return Place(tmp_path)


def answers(searcher: Searcher) -> list[object]:
    """What a reader sees of every query, order and scores aside: what was deleted weighs a little
    until a merge drops it."""
    return [
        (
            results.total,
            sorted((hit.id, hit.title, hit.snippet) for hit in results.hits),
            results.facets,
        )
        for query in QUERIES
        for results in [searcher.search(query)]
    ]


def test_an_index_brought_up_in_steps_answers_as_one_made_at_once(place: Place) -> None:
    place.put(range(10))
    assert place.build().added == 10
    place.put(range(3), word="ngân sách")
    place.put(range(10, 14))
    assert place.build().added == 7
    place.put([2], word="rác thải")
    place.put([13], word="ngân")
    assert place.build().added == 2
    in_steps = answers(place.open())
    place.build(rebuild=True)
    assert answers(place.open()) == in_steps
    assert in_steps[0][0] == 14  # type: ignore[index]


@pytest.mark.parametrize("rebuild", [False, True])
def test_what_was_withdrawn_or_forgotten_is_found_no_more(rebuild: bool, place: Place) -> None:
    place.put(range(4))
    place.build()
    with open_store(place.store) as store, store.transaction() as connection:
        store.withdraw(1, FETCHED)
        connection.execute("DELETE FROM articles WHERE id = 2")
        connection.execute("INSERT INTO deletions VALUES (2)")
    assert place.waiting() == 2
    place.build(rebuild)
    results = place.open().search(Query("rác"))
    assert sorted(hit.id for hit in results.hits) == [3, 4]
    assert place.waiting() == 0
    with open_store(place.store) as store, store.transaction():
        store.put(make_article("a", "0", "Bài 0", "Thu gom rác.", day=date(2026, 1, 1)))
    place.build()
    assert place.open().search(Query("rác")).total == 3  # its portal has it again


def test_between_two_builds_no_passage_of_what_was_withdrawn_is_shown(place: Place) -> None:
    place.put(range(1))
    place.build()
    with open_store(place.store) as store, store.transaction():
        store.withdraw(1, FETCHED)
    [hit] = place.open().search(Query("rác")).hits
    assert (hit.title, hit.snippet) == ("Bài 0", "")


def test_nothing_new_writes_nothing(place: Place) -> None:
    place.put(range(2))
    first = place.build()
    before = sorted(place.index.iterdir())
    assert place.build() == Built(first.generation, 0, 2)
    assert sorted(place.index.iterdir()) == before


def test_the_generation_before_is_kept_and_older_ones_go(place: Place) -> None:
    names = []
    for number in range(4):
        place.put([number])
        names.append(place.build().generation)
    folders = sorted(path.name for path in place.index.iterdir() if path.is_dir())
    assert folders == names[-2:]
    assert current_generation(place.index) == names[-1]


def test_a_small_change_copies_no_unchanged_file(place: Place) -> None:
    place.put(range(300))
    old = place.build() and place.folder
    inodes = {path.stat().st_ino for path in old.iterdir() if path.suffix == ".pst"}
    place.put([300])
    place.build()
    assert inodes <= {path.stat().st_ino for path in place.folder.iterdir()}


def test_killed_between_swap_and_mark(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.put(range(5))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("crawler.store.Store.mark_indexed", die)
        with pytest.raises(KeyboardInterrupt):
            place.build()
    assert place.open().search(Query()).total == 5  # published, though not marked
    assert place.waiting() == 5
    place.build()
    assert (place.open().search(Query()).total, place.waiting()) == (5, 0)


def kill_a_build(place: Place, point: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Fork a build that kills itself at `point`; how the child ended."""

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        monkeypatch.setattr(f"indexer.build.{point}", die)
        place.build()
    finally:
        os._exit(0)


@pytest.mark.parametrize("point", ["write", "seal", "publish", "remove_old"])
def test_killed_at_any_step_loses_nothing(
    place: Place, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.put(range(10))
    place.build()
    place.put(range(10, 14))
    assert kill_a_build(place, point, monkeypatch) == -signal.SIGKILL
    assert place.open().search(Query()).total == (14 if point == "remove_old" else 10)
    place.build()  # no lock is left
    assert (place.open().search(Query()).total, place.waiting()) == (14, 0)
    assert len(generations(place.index)) == 2  # what the killed one left is gone


def refuse(stored: Stored) -> Document:
    raise ValueError(f"bài mẫu {stored.id}")


def test_what_fails_while_articles_are_read_leaves_nothing(place: Place) -> None:
    place.put(range(9))
    with open_store(place.store) as store, pytest.raises(ValueError, match="bài mẫu"):
        build(store, place.index, refuse, SOURCES)
    assert generations(place.index) == []
    assert place.build().added == 9


def test_without_a_published_generation_everything_is_indexed(place: Place) -> None:
    place.put(range(3))
    place.build()
    shutil.rmtree(place.index)
    assert place.waiting() == 0  # the marks say that all is done
    assert place.build().added == 3


def test_one_builder_at_a_time(place: Place) -> None:
    place.put([1])
    place.build()
    place.put([2])
    with only_builder(place.index), pytest.raises(IndexBusy, match="tinphuong index"):
        place.build()
    assert place.build().total == 2


def test_readers_do_not_notice_a_build(place: Place) -> None:
    place.put(range(5))
    place.build()
    searcher = place.open()
    before = [searcher.search(query).total for query in QUERIES]
    place.put(range(8), word="ngân")
    seen = []

    def annotate_while_reading(stored: Stored) -> Document:
        found = [searcher.search(query).total for query in QUERIES]
        seen.append((found, searcher.refreshed() is searcher))
        return annotate(stored)

    with open_store(place.store) as store:
        build(store, place.index, annotate_while_reading, SOURCES)
    assert seen == [(before, True)] * 8
    assert [searcher.search(query).total for query in QUERIES] == before  # what it opened, it keeps
    newer = searcher.refreshed()
    assert newer.search(Query("thu")).total == 8


def test_no_index_names_the_command(place: Place) -> None:
    place.put([1])
    with pytest.raises(IndexMissing, match="tinphuong index"):
        place.open()


def damaged(folder: Path) -> Iterator[Path]:
    """The files of the generation that hold its postings, terms and columns."""
    return (path for path in sorted(folder.iterdir()) if path.suffix in {".pst", ".trm", ".toc"})


def test_a_file_cut_short_is_refused_and_named(place: Place) -> None:
    place.put(range(3))
    place.build()
    for path in damaged(place.folder):
        whole = path.read_bytes()
        path.write_bytes(whole[:-7])
        with pytest.raises((IndexMissing, IndexDamaged), match=path.name):
            place.open()
        path.write_bytes(whole)
    assert place.open().search(Query()).total == 3


def test_a_changed_byte_is_found_by_verify(place: Place) -> None:
    place.put(range(3))
    place.build()
    verify(place.folder)
    for path in damaged(place.folder):
        whole = path.read_bytes()
        path.write_bytes(whole[:9] + bytes([whole[9] ^ 64]) + whole[10:])
        with pytest.raises(IndexDamaged, match=path.name):
            verify(place.folder)
        path.write_bytes(whole)


def test_a_damaged_generation_is_made_anew(place: Place) -> None:
    place.put(range(3))
    place.build()
    (place.folder / "manifest.json").write_text("{")
    place.put([3])
    assert place.build().added == 4
    assert place.open().search(Query()).total == 4


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_reading_needs_no_write_permission(place: Place) -> None:
    place.put(range(3))
    place.build()
    with tempfile.TemporaryDirectory() as made:  # tmp_path lies where only its owner may enter
        shutil.copytree(place.index.parent, made, dirs_exist_ok=True)
        Path(made).chmod(0o755)
        assert as_nobody(lambda: Place(Path(made)).open().search(Query("rác")).total == 3)


def as_nobody(works: Callable[[], bool]) -> bool:
    """Whether it works in a child that is the user nobody."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    try:
        nobody = pwd.getpwnam("nobody")
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
        os._exit(not works())
    finally:
        os._exit(1)


def test_what_was_written_is_read_back_in_a_fresh_process(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.put([1])
    place.build()
    verify_in_fresh_process(place.folder, None)
    manifest = place.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"documents": 1', '"documents": 2'))
    with pytest.raises(IndexDamaged, match="1 documents"):
        verify_in_fresh_process(place.folder, None)


def test_an_edited_article_is_found_by_its_new_words_alone(place: Place) -> None:
    place.put([1])
    place.build()
    place.put([1], word="ngân")
    place.build()
    searcher = place.open()
    assert [searcher.search(Query(word)).total for word in ("rác", "ngân")] == [0, 1]


def test_sources_are_named_as_they_are_called_now(place: Place) -> None:
    place.put([1])
    place.build()
    renamed = {"a": replace(SOURCES["a"], name="Tên mới")}
    with open_store(place.store) as store:
        build(store, place.index, annotate, renamed)
    (value,) = place.open().search(Query()).facets["sources"]
    assert value.label == "Tên mới"
