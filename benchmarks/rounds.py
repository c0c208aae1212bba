"""Rounds: engines write the same documents, and then take turns at the same queries."""

from __future__ import annotations

import gc
import os
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from grown import Words, texts
from native import Native
from peers import PEERS, Found, Peer
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
    """The engines take turns at asking every query, round after round, in another order each time.

    No engine's time holds what another left behind: each asks all queries in a row, as in a process
    of its own, so that the processor's caches hold its own code; answers are freed before; and
    garbage is collected between searches, not during one (as `timeit` has it).
    """
    taken = {name: [array("d") for _ in asked] for name in sides}
    first: dict[str, list[Found]] = {}
    order = Random(1)
    for round_ in range(WARM_UP + rounds):
        for name in order.sample(list(sides), len(sides)):
            answers = asked_in_a_row(sides[name].peer, asked, taken[name])
            if round_:
                deque(answers, maxlen=0)
            else:
                first[name] = [sides[name].peer.found(answer) for answer in answers]
    return Times(
        first={name: [each[0] for each in lists] for name, lists in taken.items()},
        usual={name: [median(each[WARM_UP:]) for each in lists] for name, lists in taken.items()},
        differing=sum(
            any(each != one for each in others)
            for one, *others in zip(*first.values(), strict=True)
        ),
    )


def asked_in_a_row(
    peer: Peer, asked: Sequence[Asked], taken: Sequence[array[float]]
) -> Iterator[Any]:
    """The answer to each query; what it took, in ms, is added to `taken`."""
    for query, times in zip(asked, taken, strict=True):
        prepared = peer.asked(query)
        gc.disable()
        started = time.perf_counter()
        answer = peer.search(prepared)
        times.append(1000 * (time.perf_counter() - started))
        gc.enable()
        yield answer
        del answer
