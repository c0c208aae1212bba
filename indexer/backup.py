"""Backup: store, archive and index as they are at one moment, in a folder made like their own.

So a backup can be searched, checked and served where it lies, and restoring is backing up the other
way round.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from crawler.store import open_readonly
from indexer.build import only_builder, usable
from indexer.generations import MANIFEST, IndexDamaged, publish, sync, verify


@dataclass(frozen=True, slots=True)
class Parts:
    """The files of an index: the store, the archive's folder, the generations' folder, and what was
    learned of topics."""

    store: Path
    archive: Path
    index: Path
    topics: Path


@dataclass(frozen=True, slots=True)
class Copied:
    """Files of the archive that were copied, and the generation; "" where none is whole."""

    files: int
    generation: str


class NotEmpty(Exception):
    """There is a store already where the copy should go. Raised by copy_all()."""


def copy_all(source: Parts, target: Parts) -> Copied:
    """Copy everything, once nobody builds; crawling goes on meanwhile.

    The store gets its name last, so a folder with a store is a whole copy. Its rows know no file of
    the archive that is not copied after it, unless that was dropped. Raises NotEmpty and
    StoreMissing.
    """
    if target.store.exists():
        raise NotEmpty(f"there is a store at {target.store}; nothing was written")
    for folder in (source.index, target.store.parent, target.archive, target.index):
        folder.mkdir(parents=True, exist_ok=True)
    unnamed = target.store.with_suffix(".partial")
    with (
        open_readonly(source.store) as store,
        only_builder(source.index, patient=True),
        only_builder(target.index),
    ):
        store.copy(unnamed)
        generation = _copy_generation(source.index, target.index)
    files = copy_files(sorted(source.archive.glob("*")), target.archive)
    copy_files([source.topics], target.topics.parent)
    unnamed.replace(target.store)
    sync(target.store.parent)
    return Copied(files, generation)


def _copy_generation(source: Path, target: Path) -> str:
    """Only the one in use: one before knows less than the marks in the store say."""
    manifest = usable(source)
    if manifest is None:
        return ""
    folder = target / manifest.generation
    folder.mkdir(exist_ok=True)
    names = [*manifest.files, MANIFEST]
    copy_files([source / manifest.generation / name for name in names], folder)
    try:
        verify(folder)
    except IndexDamaged:
        rmtree(folder)
        return ""
    publish(target, manifest.generation)
    return manifest.generation


def copy_files(files: Iterable[Path], target: Path) -> int:
    """Copy files into a folder and put them on the disk; how many there were. Those that are gone
    are left out."""
    copied = 0
    for path in files:
        with suppress(FileNotFoundError):
            sync(Path(shutil.copy2(path, target)))
            copied += 1
    sync(target)
    return copied
