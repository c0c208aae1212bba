"""Articles become segments in other processes as they do in this one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path
from unittest import mock

import pytest

from crawler.store import open_store
from indexer.build import build
from indexer.generations import generations
from tests.small_site import FETCHED
from tests.test_build import SOURCES, Place, annotate, answers, place
from tests.test_spider import SPAWN

__all__ = ["place"]


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few articles count as many, whatever machine this is."""
    monkeypatch.setattr("indexer.workers.MANY", 1)
    monkeypatch.setattr("indexer.build.CHUNK", 4)
    monkeypatch.setattr("os.cpu_count", lambda: 2)


def test_several_processes_make_the_index_that_one_makes(
    place: Place, request: pytest.FixtureRequest
) -> None:
    place.put(range(14))
    place.put(range(5), word="ngân sách")
    with open_store(place.store) as store, store.transaction():
        for number in range(1, 6):  # all of the first chunk, and one of the second
            store.withdraw(number, FETCHED)
    place.build()
    alone = answers(place.open())
    request.getfixturevalue("several")
    told: list[tuple[int, int]] = []
    with open_store(place.store) as store:
        built = build(store, place.index, annotate, SOURCES, True, lambda *done: told.append(done))
    assert (built.added, built.total) == (14, 9)
    assert told == [(4, 14), (8, 14), (12, 14), (14, 14)]
    assert answers(place.open()) == alone


def build_and_be_killed(folder: Path) -> None:
    """A process that is killed once its first workers have given something back."""

    def die(*_: object) -> None:
        pids = [str(each.pid) for each in multiprocessing.active_children()]
        (folder / "workers").write_text(" ".join(pids))
        os.kill(os.getpid(), signal.SIGKILL)

    with (
        mock.patch("indexer.workers.MANY", 1),
        mock.patch("indexer.build.CHUNK", 4),
        mock.patch("os.cpu_count", return_value=2),
        open_store(folder / "store" / "articles.db") as store,
    ):
        build(store, folder / "whoosh", annotate, SOURCES, progress=die)


def test_workers_end_with_a_process_that_is_killed(place: Place, tmp_path: Path) -> None:
    place.put(range(40))
    process = SPAWN.Process(target=build_and_be_killed, args=(tmp_path,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    workers = (tmp_path / "workers").read_text().split()
    assert len(workers) == 2
    while any(Path("/proc", pid).exists() for pid in workers):
        time.sleep(0.05)
    assert place.build().total == 40
    assert len(generations(place.index)) == 1
