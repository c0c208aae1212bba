"""Verify: is the index still what was written, and does it hold what the store holds?

A disk forgets bits, and no program notices. Files that generations share are one file on the disk,
so that damage to one is damage to all of them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crawler.store import Store
from indexer.build import only_builder
from indexer.engine.codec import segments_of
from indexer.engine.generation import Generation
from indexer.generations import (
    IndexDamaged,
    checked_manifest,
    current_generation,
    mark_damaged,
    published,
    verify,
)
from indexer.schema import DIGEST, digest_of

AUDITED = "audited"
"""A file whose time is that of the last audit."""

AUDIT_EVERY = 24 * 3600.0
"""Seconds from one audit in the background to the next."""


@dataclass(frozen=True, slots=True)
class Drift:
    """Where a generation is not as the store is: `told` names the articles, by what is wrong."""

    generation: str
    documents: int
    told: Mapping[str, tuple[int, ...]]


def audit(index: Path) -> tuple[str, ...]:
    """Hold every file of every generation against its checksum; what is wrong, in words.

    A generation that is damaged is marked: it is searched no more, and the next build makes the
    index anew.
    """
    found, whole = [], set[str]()
    for name in published(index):
        try:
            verify(index / name, whole)
            whole.update(checked_manifest(index / name).files)
        except IndexDamaged as error:
            if name in published(index):  # else a newer one was published, and this one deleted
                mark_damaged(index / name, str(error))
                found.append(str(error))
    (index / AUDITED).touch()
    return tuple(found)


def audit_is_due(index: Path) -> bool:
    """Whether there is an index, and it was not audited for AUDIT_EVERY."""
    if current_generation(index) is None:
        return False
    try:
        return time.time() - (index / AUDITED).stat().st_mtime > AUDIT_EVERY
    except FileNotFoundError:
        return True


def drift(store: Store, index: Path) -> Drift:
    """Hold the generation in use against the store, once nobody builds. Articles that wait to be
    indexed are left out. Raises IndexDamaged."""
    with only_builder(index, patient=True):
        folder = index / (current_generation(index) or "")
        checked_manifest(folder)
        numbers, digests = held(folder)
        wanted = np.array([(id, digest_of(sha)) for id, sha in store.indexed()], np.int64)
        waiting = [*store.ids(unindexed=True), *store.deleted()]
    expected, texts = wanted.reshape(-1, 2).T
    _, here, there = np.intersect1d(numbers, expected, return_indices=True)
    told = {
        "missing": np.setdiff1d(expected, numbers),
        "with another text": np.sort(numbers[here][digests[here] != texts[there]]),
        "that the store has no more": np.setdiff1d(numbers, [*expected.tolist(), *waiting]),
    }
    found = {what: tuple(ids.tolist()) for what, ids in told.items() if len(ids)}
    return Drift(folder.name, len(numbers), found)


def held(folder: Path) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The store's number and the digest of every document of a generation."""
    generation = Generation(folder, segments_of(folder))
    return generation.numbers[generation.live], generation.sorts(DIGEST)[generation.live]
