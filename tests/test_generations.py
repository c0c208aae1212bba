"""Which generation is in use: a whole one, the newest that is, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.build import is_damaged
from indexer.generations import begin, generations, mark_damaged, newest_whole, published
from indexer.query import Query
from indexer.search import IndexMissing
from indexer.verify import audit, audit_is_due
from tests.test_build import Place, place

__all__ = ["place"]

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda whole: b"",
    "half": lambda whole: whole[: len(whole) // 2],
    "cut short": lambda whole: whole[:-1],
    "zeroed": lambda whole: bytes(len(whole)),
    "a bit": lambda whole: bytes([whole[0] ^ 1]) + whole[1:],
}


@pytest.fixture
def two(place: Place) -> Place:
    """Two generations, of five articles and of eight."""
    place.put(range(5))
    place.build()
    place.put(range(5, 8))
    place.build()
    return place


def own(folder: Path) -> Iterator[Path]:
    """The files that hold something and that no generation before has."""
    return (each for each in folder.iterdir() if each.stat().st_nlink == 1 and each.stat().st_size)


def shared(folder: Path) -> Path:
    """The largest file that the generation before has, too."""
    files = [each for each in folder.iterdir() if each.stat().st_nlink > 1]
    return max(files, key=lambda each: each.stat().st_size)


def newest(place: Place) -> str:
    found = newest_whole(place.index)
    assert found
    return found.generation


@pytest.mark.parametrize("how", DAMAGES)
def test_where_a_file_of_the_newest_is_damaged_the_one_before_serves(how: str, two: Place) -> None:
    damaged = 0
    for path in own(two.folder):
        whole = path.read_bytes()
        path.write_bytes(DAMAGES[how](whole))
        assert newest(two) == "000001", path.name
        path.write_bytes(whole)
        damaged += 1
    assert damaged > 1
    assert newest(two) == "000002"


def test_heads_are_read_at_every_opening(two: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who believed a damaged one would look for arrays where there are none."""
    monkeypatch.setattr("indexer.generations.SMALL", 0)
    head = next(path for path in own(two.folder) if path.suffix == ".head")
    head.write_bytes(head.read_bytes().replace(b'"documents": 3', b'"documents": 7'))
    assert newest(two) == "000001"


def test_a_missing_file_is_a_damaged_one(two: Place) -> None:
    next(own(two.folder)).unlink()
    assert newest(two) == "000001"
    assert two.open().search(Query()).total == 5


def test_what_opening_does_not_read_the_audit_finds(
    two: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.generations.SMALL", 0)
    searcher = two.open()
    path = max(own(two.folder), key=lambda each: each.stat().st_size)
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 64]) + whole[-8:])
    assert searcher.refreshed() is searcher
    [found] = audit(two.index)
    assert path.name in found
    before = searcher.refreshed()
    assert before.search(Query()).total == 5
    assert before.refreshed() is before  # it is not opened anew at every request
    assert two.build().added == 8
    assert before.refreshed().search(Query()).total == 8


def test_damage_that_both_share_ends_the_service_and_is_built_anew(two: Place) -> None:
    path = shared(two.folder)
    whole = path.read_bytes()
    path.write_bytes(bytes([whole[0] ^ 64]) + whole[1:])
    assert len(audit(two.index)) == 2
    with pytest.raises(IndexMissing, match=rf"{path.name}.*run: tinphuong index --rebuild"):
        two.open()
    assert is_damaged(two.index)
    assert two.build().added == 8
    assert not is_damaged(two.index)
    assert audit(two.index) == ()
    assert two.open().search(Query()).total == 8


def test_a_mark_is_enough(two: Place) -> None:
    mark_damaged(two.folder, "hỏng")
    assert newest(two) == "000001"
    mark_damaged(two.index / "000001", "hỏng")
    with pytest.raises(IndexMissing, match="hỏng"):
        two.open()


def test_what_is_whole_passes_the_audit(two: Place) -> None:
    assert audit_is_due(two.index)
    assert audit(two.index) == ()
    assert not audit_is_due(two.index)


def test_what_killed_builds_left_goes_when_the_next_begins(two: Place) -> None:
    (two.index / "000003").mkdir()
    (two.index / "000007").mkdir()
    assert published(two.index) == ["000002", "000001"]
    assert begin(two.index).name == "000003"
    assert generations(two.index) == ["000003", "000002", "000001"]


def test_a_generation_deleted_by_hand_is_a_damaged_one(two: Place) -> None:
    two.folder.rename(two.index / "elsewhere")
    assert newest(two) == "000001"
