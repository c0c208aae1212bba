"""Builds a generation of the index: write, make durable, verify, publish, and only then mark.

A new generation starts from hard links to the files of the one before, which are never written into
again, so it costs what changed. It becomes visible by one atomic rename, after a fresh process has
read back what was written. The one before is kept.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from crawler.store import Store
from indexer import families
from indexer.document import Source
from indexer.engine.writer import Writer
from indexer.generations import (
    KEPT,
    IndexDamaged,
    Manifest,
    begin,
    checked_manifest,
    current_generation,
    link_files,
    publish,
    remove_old,
    seal,
    verify_in_fresh_process,
)
from indexer.schema import SCHEMA
from indexer.workers import CHUNK, Annotate, making

LOCK = "lock"

Progress = Callable[[int, int], None]


class IndexBusy(Exception):
    """Another process is building. Raised by build()."""


@dataclass(frozen=True, slots=True)
class Built:
    """What build() did: articles written, articles held, and the generation now in use."""

    generation: str
    added: int
    total: int


def build(
    store: Store,
    index: Path,
    annotate: Annotate,
    sources: Mapping[str, Source],
    rebuild: bool = False,
    progress: Progress | None = None,
) -> Built:
    """Bring the index up to the store: all articles, or those changed since the last time.

    `progress` is told articles done and articles to do. `annotate` is sent to other processes where
    there are many. Raises IndexBusy. Where nothing changed, nothing is written. Where articles were
    forgotten, their words would stay in the files they share with others: then the index is made
    anew, and the generations that hold them are deleted.
    """
    labels = {source.id: source.name for source in sources.values()}
    index.mkdir(parents=True, exist_ok=True)
    with only_builder(index):
        deleted = store.deleted()
        before = None if rebuild or deleted else usable(index)
        if before and before.sources == labels and not store.waiting():
            return Built(before.generation, 0, before.documents)
        if before is None:
            families.clear(store)  # their keys may be of an earlier version of this program
        with new_folder(index) as folder:
            if before:
                link_files(before, index / before.generation, folder)
            changes = write(folder, before is not None, store, annotate, progress)
            store.sync()  # the index never knows more than what is on the disk of the store
            manifest = seal(folder, labels, before)
            verify_in_fresh_process(folder, before)
        publish(index, folder.name)
        remove_old(index, 1 if deleted else KEPT)
        store.mark_indexed(changes, deleted)
    return Built(folder.name, len(changes), manifest.documents)


@contextmanager
def only_builder(index: Path, patient: bool = False) -> Iterator[None]:
    """Holds the index's lock, which dies with its process; a patient one waits for it. Raises
    IndexBusy."""
    lock = os.open(index / LOCK, os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        _take(lock, index, patient)
        yield
    finally:
        os.close(lock)


def _take(lock: int, index: Path, patient: bool) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if patient else fcntl.LOCK_NB))
    except BlockingIOError:
        raise IndexBusy(
            f"another `tinphuong index` or `backup` is at work on {index}; wait for it to end"
        ) from None


def usable(index: Path) -> Manifest | None:
    """The manifest of the generation in use, where it can be built upon."""
    name = current_generation(index)
    try:
        return checked_manifest(index / name) if name else None
    except IndexDamaged:
        return None


def is_damaged(index: Path) -> bool:
    """Whether the generation in use cannot be built upon, so that build() makes all anew."""
    return current_generation(index) is not None and usable(index) is None


@contextmanager
def new_folder(index: Path) -> Iterator[Path]:
    """The folder of the next generation; where making it fails, its room on the disk is given
    back."""
    folder = begin(index)
    try:
        yield folder
    except BaseException:
        rmtree(folder)
        raise


def write(
    folder: Path, begun: bool, store: Store, annotate: Annotate, progress: Progress | None
) -> Sequence[tuple[int, int]]:
    """Write the articles, or where the index is begun those that changed, and find their families.

    Gives (id, change) of each, to be marked once they are published.
    """
    ids = store.ids(unindexed=begun)
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    writer = Writer(folder, SCHEMA)
    writer.delete(ids)
    changes: list[tuple[int, int]] = []
    with making(store, folder, annotate, len(ids)) as make:
        segments = make(chunks)
        for chunk in chunks:
            families.place(store, chunk)  # while other processes make its segment
            made = next(segments)
            if made.segment:
                writer.adopt(made.segment)
            changes += made.changes
            if progress:
                progress(len(changes), len(ids))
    writer.commit(whole=not begun)
    return changes
