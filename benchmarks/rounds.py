"""Rounds: engines write the same documents, and then take turns at the same queries."""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from grown import Words, texts
from native import Native
from peers import PEERS, Peer
from queries import Asked
from table import Skipped

OURS, RIVAL = "ours", "Tantivy"
"""The engines that hold copies, too."""
ENGINES = {OURS: Native, **PEERS}

WARM_UP = 3
"""Rounds before those that count."""


@dataclass(frozen=True, slots=True)
class Side:
    """An engine with its index: seconds to write it and to open it, bytes of its files."""

    peer: Peer
    writing: float
    opening: float
    size: int


@dataclass(frozen=True, slots=True)
class Times:
    """ms that each engine took for each query: the first time, and the median of the rounds.

    `differing` queries were answered by another total or other counts by some engine.
    """

    first: Mapping[str, Sequence[float]]
    usual: Mapping[str, Sequence[float]]
    differing: int


def written(words: Words, copies: int, folder: Path) -> tuple[dict[str, Side], dict[str, str]]:
    """The engines that hold so many copies, and why others cannot."""
    sides, absent = {}, {}
    whole = list(texts(words, 1)) if copies == 1 else None  # so that what it costs is not timed
    for name, make in ENGINES.items():
        if whole is None and name not in (OURS, RIVAL):
            continue
        place = folder / name
        place.mkdir()
        try:
            peer = make(place)
        except Skipped as reason:
            absent[name] = str(reason)
            continue
        with one_core():
            writing = seconds(partial(peer.write, whole or texts(words, copies)))
        sides[name] = Side(peer, writing, seconds(peer.open), bytes_of(place))
    return sides, absent


@contextmanager
def one_core() -> Iterator[None]:
    """What begins inside has one core, however many threads it starts."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def seconds(action: Callable[[], object]) -> float:
    """What it took, by the clock on the wall."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def bytes_of(folder: Path) -> int:
    """The size of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def timed(sides: Mapping[str, Side], asked: Sequence[Asked], rounds: int) -> Times:
    """Ask every engine every query, round after round, another engine first in each."""
    taken = {name: [array("d") for _ in asked] for name in sides}
    names = list(sides)
    differing = 0
    for round_ in range(WARM_UP + rounds):
        names = [*names[1:], names[0]]
        for number, query in enumerate(asked):
            found = []
            for name in names:
                peer = sides[name].peer
                prepared = peer.asked(query)
                started = time.perf_counter()
                answer = peer.search(prepared)
                taken[name][number].append(1000 * (time.perf_counter() - started))
                found.append(peer.found(answer) if not round_ else None)
            differing += any(each != found[0] for each in found)
    return Times(
        first={name: [each[0] for each in lists] for name, lists in taken.items()},
        usual={name: [median(each[WARM_UP:]) for each in lists] for name, lists in taken.items()},
        differing=differing,
    )
