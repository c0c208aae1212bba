"""A backup is a folder like the one it is of; restoring is backing up the other way round."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from crawler.archive import Archive, files, read_captures
from crawler.store import StoreMissing, open_readonly, open_store
from indexer.backup import Copied, NotEmpty, copy_all
from indexer.generations import current_generation, mark_damaged
from indexer.query import Query
from indexer.search import open_searcher
from tests.small_site import make_article
from tests.test_build import Place, place
from tests.test_faults import PAGE
from tinphuong import Place as Folder

__all__ = ["place"]


def folder(path: Path) -> Folder:
    return Folder(path / "portals.toml", path)


@pytest.fixture
def index(tmp_path: Path, place: Place) -> Folder:
    """An index of three articles, one of which waits to be indexed, with an archive."""
    place.put(range(2))
    place.build()
    place.put([2])
    index = folder(tmp_path)
    archive = Archive(index.archive)
    archive.write(PAGE)
    archive.close()
    index.topics.write_text("{}")
    return index


def found(place: Folder) -> int:
    return open_searcher(place.whoosh, place.store).search(Query("rác")).total


def test_what_was_backed_up_and_restored_is_what_was(index: Folder, tmp_path: Path) -> None:
    backup, restored = folder(tmp_path / "backup"), folder(tmp_path / "restored")
    copied = Copied(files=1, generation="000001")
    assert copy_all(index.parts, backup.parts) == copied
    assert copy_all(backup.parts, restored.parts) == copied
    for copy in (backup, restored):
        assert found(copy) == 2
        assert len(list(read_captures(files(copy.archive)[0]))) == 1
        assert copy.topics.exists()
        with open_readonly(copy.store) as store:
            assert store.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert [each.id for each in store.all_articles()] == [1, 2, 3]
    restored_place = Place(tmp_path / "restored")
    assert restored_place.build().added == 1
    assert found(restored) == 3


def test_writers_go_on_and_are_not_in_it_half(index: Folder, tmp_path: Path) -> None:
    """What another process has not committed yet is not in the copy."""
    with open_store(index.store) as writing, writing.transaction():
        writing.put(make_article("a", "9", "Bài 9", "Thu gom rác.", day=date(2026, 1, 1)))
        copy_all(index.parts, folder(tmp_path / "backup").parts)
    with open_readonly(tmp_path / "backup" / "store" / "articles.db") as store:
        assert len(store.ids(unindexed=False)) == 3


def test_nothing_is_overwritten(index: Folder, tmp_path: Path) -> None:
    copy_all(index.parts, folder(tmp_path / "backup").parts)
    with pytest.raises(NotEmpty, match="nothing was written"):
        copy_all(index.parts, folder(tmp_path / "backup").parts)
    with pytest.raises(NotEmpty):
        copy_all(folder(tmp_path / "backup").parts, index.parts)


def test_a_copy_that_was_broken_off_is_none_and_can_be_made_again(
    index: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = folder(tmp_path / "backup")
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("indexer.backup.copy_files", interrupted)
        copy_all(index.parts, backup.parts)
    assert not backup.store.exists()
    assert copy_all(index.parts, backup.parts) == Copied(1, "000001")
    assert found(backup) == 2


def interrupted(*_: object) -> int:
    raise KeyboardInterrupt


def test_without_a_whole_generation_the_index_is_left_out(index: Folder, tmp_path: Path) -> None:
    """The one before would know less than the marks in the store say."""
    Place(tmp_path).build()
    mark_damaged(index.whoosh / "000002", "hỏng")
    backup = folder(tmp_path / "backup")
    assert copy_all(index.parts, backup.parts) == Copied(1, "")
    assert current_generation(backup.whoosh) is None
    assert Place(tmp_path / "backup").build().added == 3


def test_a_damaged_file_is_found_while_it_is_copied(
    index: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.generations.SMALL", 0)
    path = max((index.whoosh / "000001").glob("*MAIN*"), key=lambda each: each.stat().st_size)
    path.write_bytes(bytes(path.stat().st_size))
    assert copy_all(index.parts, folder(tmp_path / "backup").parts).generation == ""


def test_without_a_store_there_is_nothing_to_copy(index: Folder, tmp_path: Path) -> None:
    nowhere = replace(index.parts, store=tmp_path / "none.db")
    with pytest.raises(StoreMissing):
        copy_all(nowhere, folder(tmp_path / "backup").parts)
