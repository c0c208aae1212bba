"""The index survives what machines do: kills, a full disk, flipped bits, readers meanwhile."""

from __future__ import annotations

import errno
import gc
import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from crawler.store import open_store
from indexer.build import LOCK
from indexer.generations import (
    CURRENT,
    MANIFEST,
    IndexDamaged,
    generations,
    newest_whole,
    verify,
)
from indexer.query import Query
from indexer.search import open_searcher
from indexer.verify import drift
from tests.test_build import Place, place
from tests.test_faults import small_disk
from tests.test_spider import SPAWN

__all__ = ["place"]


@pytest.fixture
def merging(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place where two segments of a like size are merged at once, so that most builds merge."""
    monkeypatch.setattr("indexer.engine.writer.FAN", 2)
    return place


def numbers(place: Place) -> set[int]:
    """Which articles a reader finds, hit by hit."""
    found = set[int]()
    searcher = open_searcher(place.index, place.store)
    for page in range(1, 1000):
        hits = searcher.search(Query("bài", page=page)).hits
        found |= {hit.id for hit in hits}
        if not hits:
            return found
    raise AssertionError("too many pages")


def is_as_the_store(place: Place) -> bool:
    """Whether the index holds every article of the store, as it is, and no other."""
    with open_store(place.store) as store:
        return not store.waiting() and not drift(store, place.index).told


def strays(place: Place) -> list[Path]:
    """Files in the index's folder that belong to no generation that is kept."""
    kept = {place.index / LOCK, place.index / CURRENT}
    for name in generations(place.index):
        folder = place.index / name
        files = json.loads((folder / MANIFEST).read_text())["files"]
        kept |= {folder / MANIFEST, *(folder / file for file in files)}
    return [path for path in place.index.rglob("*") if path.is_file() and path not in kept]


# --- kills -----------------------------------------------------------------------------------


def in_a_child(work: Callable[[], object]) -> int:
    """How a child that does this ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work()
        os._exit(0)
    finally:
        os._exit(1)


@contextmanager
def watched(step: Callable[[], None]) -> Iterator[None]:
    """Calls `step` whenever a function, also one of C, is called or has returned."""

    def see(frame: FrameType, event: str, argument: object) -> None:
        step()

    sys.setprofile(see)
    try:
        yield
    finally:
        sys.setprofile(None)


def steps_of(place: Place) -> int:
    """Build, and count the steps that took."""
    taken = [0]

    def count() -> None:
        taken[0] += 1

    with watched(count):
        place.build()
    return taken[0]


def build_until(place: Place, last: int) -> None:
    """Build, and be killed at a step of the work."""
    left = [last]

    def step() -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    with watched(step):
        place.build()


@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=pytest.mark.soak)])
def test_kills_at_any_moment_lose_nothing(kills: int, merging: Place) -> None:
    """What was published is found whole after every kill; what was put is, after a build."""
    chance, killed, next_one = random.Random(31), 0, 24
    merging.put(range(12))
    merging.build()
    merging.put(range(12, 24))
    steps = steps_of(merging)
    before = numbers(merging)
    while killed < kills:
        merging.put([*range(next_one, next_one + 8), *chance.sample(range(next_one), 4)])
        next_one += 8
        while in_a_child(lambda: build_until(merging, chance.randrange(1, steps))) == -9:
            killed += 1
            found = numbers(merging)
            assert found in (before, set(range(1, next_one + 1)))
            assert len(generations(merging.index)) <= 3
            if killed % 3 == 0:
                break  # more is put before it is built
        chance.random()
        before = numbers(merging)
    merging.put([0])
    merging.build()
    assert numbers(merging) == set(range(1, next_one + 1))
    assert is_as_the_store(merging)
    assert strays(merging) == []


# --- a full disk -----------------------------------------------------------------------------


@pytest.mark.parametrize("fills", [4, pytest.param(20, marks=pytest.mark.soak)])
def test_a_full_disk_stops_the_build_and_the_index_of_before_serves(
    fills: int, merging: Place, tmp_path: Path
) -> None:
    """Full at so many places of the work, evenly spread; with room again the build goes on."""
    with small_disk(tmp_path / "disk", 8) as disk:
        merging.index = disk / "whoosh"
        merging.put(range(60))
        merging.build()
        merging.put(range(60, 120), word="ngân sách")
        needed = room_for_a_build(merging, disk)
        for fill in range(fills):
            leave_free(disk, needed * fill // fills)
            with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
                merging.build()
            assert numbers(merging) == set(range(1, 61))
            (disk / "ballast").unlink()
        assert merging.build().added == 60
        assert numbers(merging) == set(range(1, 121))
        assert is_as_the_store(merging)
        assert strays(merging) == []
        gc.collect()  # the last searcher, or the disk could not be unmounted


def free(disk: Path) -> int:
    found = os.statvfs(disk)
    return found.f_bavail * found.f_bsize


def leave_free(disk: Path, room: int) -> None:
    gc.collect()  # what searchers have mapped takes room, though it is deleted
    (disk / "ballast").write_bytes(bytes(free(disk) - room))


def room_for_a_build(place: Place, disk: Path) -> int:
    """The least room a build takes: what stays of it. It is thrown away again."""
    before, room = (place.index / CURRENT).read_text(), free(disk)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("crawler.store.Store.mark_indexed", lambda *_: None)
        place.build()
    room -= free(disk)
    shutil.rmtree(place.folder)
    (place.index / CURRENT).write_text(before)
    return room


# --- flipped bits ----------------------------------------------------------------------------


@pytest.mark.parametrize("flips", [30, pytest.param(300, marks=pytest.mark.soak)])
def test_every_flipped_bit_is_found(flips: int, place: Place) -> None:
    place.put(range(50))
    place.build()
    place.put(range(50, 60))
    place.build()
    chance, folder = random.Random(32), place.folder
    files = [path for path in folder.iterdir() if path.name != MANIFEST and path.stat().st_size]
    for _ in range(flips):
        path = chance.choice(files)
        whole = path.read_bytes()
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(IndexDamaged, match=path.name):
            verify(folder)
        path.write_bytes(whole)
    verify(folder)


# --- readers meanwhile -----------------------------------------------------------------------


def read_on(folder: Path, name: str) -> None:
    """Search until told to stop; what was found once is found from then on."""
    place, least = Place(folder), 0
    searcher = open_searcher(place.index, place.store)
    while not (folder / "stop").exists():
        searcher = searcher.refreshed()
        results = searcher.search(Query("rác thu gom"))
        assert results.total >= max(least, 1)
        assert all(hit.snippet for hit in results.hits)
        least = results.total
        (folder / name).write_text(f"{least}")


@pytest.mark.parametrize("commits", [12, pytest.param(400, marks=pytest.mark.soak)])
def test_readers_see_no_error_during_constant_commits(
    commits: int, merging: Place, tmp_path: Path
) -> None:
    merging.put([0])
    merging.build()
    names = ["reader-1", "reader-2", "reader-3"]
    readers = [SPAWN.Process(target=read_on, args=(tmp_path, name)) for name in names]
    for reader in readers:
        reader.start()
    while not all((tmp_path / name).exists() for name in names):
        assert all(reader.is_alive() for reader in readers)
    for number in range(1, commits + 1):
        merging.put([number])
        merging.build()
    (tmp_path / "stop").touch()
    for reader in readers:
        reader.join()
    assert [reader.exitcode for reader in readers] == [0, 0, 0]
    assert newest_whole(merging.index)
    assert max(int((tmp_path / name).read_text()) for name in names) > 1
